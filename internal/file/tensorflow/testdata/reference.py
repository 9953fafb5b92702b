#!/usr/bin/env python3
"""Makes small.pict by affinelayer's recipe of export-checkpoint.py (mu-law code book,
nearest entry), and the layers model small/model.json with quantised weights.

Run in this folder, with NumPy only; the files are kept beside, with what they hold
in expected.json."""
import json
import os
import struct

import numpy as np

rng = np.random.default_rng(1)
weights = {"generator/decoder_1/conv2d_transpose/kernel": rng.normal(0, .1, (4, 4, 3, 2)).astype("f4"),
           "generator/encoder_1/conv2d/bias": rng.normal(1, .1, 2).astype("f4")}

# .pict
flat = np.concatenate([weights[n].ravel() for n in sorted(weights)])
scale, mu = np.abs(flat).max(), 255
companded = np.sign(flat) * np.log1p(mu * np.abs(flat / scale)) / np.log1p(mu)
edges = np.linspace(companded.min(), companded.max(), 257)
centres = (edges[1:] + edges[:-1]) / 2
book = (np.sign(centres) * ((1 + mu) ** np.abs(centres) - 1) / mu * scale).astype("f4")
index = np.abs(flat[:, None] - book[None]).argmin(1).astype("u1")
names = json.dumps([{"name": n, "shape": list(weights[n].shape)} for n in sorted(weights)]).encode()
with open("small.pict", "wb") as f:
    for block in (names, book.tobytes(), index.tobytes()):
        f.write(struct.pack(">I", len(block)) + block)
expected, at = {"pict": {}}, 0
for n in sorted(weights):
    expected["pict"][n] = book[index[at:at + weights[n].size]].tolist()
    at += weights[n].size

# layers model: one group in shards of 16 bytes, of float32, uint8, uint16 and float16
os.makedirs("small", exist_ok=True)
tensors, body, expected["layers"] = [], b"", {}
for name, dtype in (("plain", None), ("eight", "uint8"), ("sixteen", "uint16"), ("half", "float16")):
    w = rng.normal(0, 1, (2, 3)).astype("f4")
    entry = {"name": name, "shape": [2, 3], "dtype": "float32"}
    if dtype is None:
        raw, back = w, w
    elif dtype == "float16":
        entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        raw = w.astype("f2")
        back = raw.astype("f4")
    else:
        s, low = float((w.max() - w.min()) / np.iinfo(dtype).max), float(w.min())
        entry["quantization"] = {"dtype": dtype, "scale": s, "min": low}
        raw = np.round((w - low) / s).astype(dtype)
        back = raw.astype("f8") * s + low
    tensors.append(entry)
    body += raw.tobytes()
    expected["layers"][name] = back.ravel().astype("f4").tolist()
paths = []
for i in range(0, len(body), 16):
    paths.append("shard%d" % (i // 16))
    open("small/" + paths[-1], "wb").write(body[i:i + 16])
json.dump({"modelTopology": {}, "weightsManifest": [{"paths": paths, "weights": tensors}]}, open("small/model.json", "w"))
json.dump(expected, open("expected.json", "w"))
