#!/usr/bin/env python3
"""onnxrun.py FILE SIZE...: checks an ONNX model, runs it on the wave of pytorch.py at
each size, two pictures in a batch (the second upside down), and prints as JSON what
comes out of the first, [height, width, channels]; then its metadata."""
import json
import sys

import numpy as np
import onnx
import onnxruntime as ort

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
assert model.ir_version == 8 and model.opset_import[0].version == 17
options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 3
session = ort.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
channels = session.get_inputs()[0].shape[1]
pictures = []
for size in map(int, sys.argv[2:]):
    y, x, c = np.meshgrid(*(np.arange(n, dtype="f8") for n in (size, size, channels)), indexing="ij")
    p = np.sin(0.37 * x + 0.61 * y * (c + 1) + c).astype("f4").transpose(2, 0, 1)
    out = session.run(None, {"input": np.stack([p, p[:, ::-1]])})[0]
    pictures.append([float(v) for v in out[0].transpose(1, 2, 0).ravel()])
print(json.dumps({"pictures": pictures, "metadata": {p.key: p.value for p in model.metadata_props}}))
