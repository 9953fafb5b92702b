#!/usr/bin/env python3
"""onnxrun.py FILE SEED SIZE...: checks an ONNX model, runs it on the wave of pytorch.py
at each size, two pictures in a batch (the second upside down) with the noise of a seed,
and prints as JSON what comes out of the first, [height, width, channels]; then its
metadata."""
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
metadata = {p.key: p.value for p in model.metadata_props}
seed = int(sys.argv[2])


def words(stream, count):
    """The first words of a stream: Philox4x32-10 (Salmon et al. 2011)."""
    mask, blocks = np.uint64(0xFFFFFFFF), -(-count // 4)
    c = [np.arange(blocks, dtype="u8"), np.full(blocks, stream, "u8"), np.zeros(blocks, "u8"), np.zeros(blocks, "u8")]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(key[0]), b & mask, (a >> np.uint64(32)) ^ c[3] ^ np.uint64(key[1]), a & mask]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, 1).ravel()[:count].astype("f8")


def drawn(noise, size):
    """An input of noise for one picture, [1, channels, height, width]."""
    side = size // noise["shrink"]
    shape = (side, side, noise["channels"])
    n = side * side * noise["channels"]
    w = words(noise["stream"], n + n % 2)
    if noise["rate"]:
        keep = 1 - noise["rate"]
        values = np.where(w[:n] < keep * 2**32, 1 / keep, 0)
    else:
        radius, angle = np.sqrt(-2 * np.log((w[::2] + 1) / 2**32)), 2 * np.pi * w[1::2] / 2**32
        values = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()[:n]
    return values.reshape(shape).transpose(2, 0, 1)[None].astype("f4")


channels = session.get_inputs()[0].shape[1]
pictures = []
for size in map(int, sys.argv[3:]):
    y, x, c = np.meshgrid(*(np.arange(n, dtype="f8") for n in (size, size, channels)), indexing="ij")
    p = np.sin(0.37 * x + 0.61 * y * (c + 1) + c).astype("f4").transpose(2, 0, 1)
    noise = {n["input"]: np.repeat(drawn(n, size), 2, 0) for n in json.loads(metadata.get("easel.noise", "[]"))}
    out = session.run(None, {"input": np.stack([p, p[:, ::-1]]), **noise})[0]
    pictures.append([float(v) for v in out[0].transpose(1, 2, 0).ravel()])
print(json.dumps({"pictures": pictures, "metadata": metadata}))
