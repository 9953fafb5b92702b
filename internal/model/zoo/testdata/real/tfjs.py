#!/usr/bin/env python3
"""Computes what two real layers models of TensorFlow.js make of a real sketch, with
the picture's statistics: cats.json. The models and the sketch are not kept here;
they lie in shared/data/zoo/tfjs (from zaidalyafeai/ml-projects, MIT).

Run in this folder with NumPy, Pillow and SciPy."""
import json
import os

import numpy as np
from PIL import Image

ZOO = "../../../../../../shared/data/zoo/tfjs"


def load(folder):
    manifest = json.load(open(os.path.join(folder, "model.json")))["weightsManifest"]
    weights = {}
    for group in manifest:
        body = b"".join(open(os.path.join(folder, p), "rb").read() for p in group["paths"])
        at = 0
        for w in group["weights"]:
            n = int(np.prod(w["shape"]))
            weights[w["name"]] = np.frombuffer(body, "<f4", n, at).reshape(w["shape"]).astype("f8")
            at += 4 * n
    return weights


def conv(x, kernel, bias):
    """4x4, stride 2, SAME at even sizes: x [h, w, in], kernel [4, 4, in, out]."""
    h, w, _ = x.shape
    x = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    y = np.zeros((h // 2, w // 2, kernel.shape[3])) + bias
    for r in range(4):
        for c in range(4):
            y += x[r:r + h:2, c:c + w:2] @ kernel[r, c]
    return y


def deconv(x, kernel, bias):
    """The adjoint: kernel [4, 4, out, in]."""
    h, w, _ = x.shape
    y = np.zeros((2 * h + 2, 2 * w + 2, kernel.shape[2]))
    for r in range(4):
        for c in range(4):
            y[r:r + 2 * h:2, c:c + 2 * w:2] += x @ kernel[r, c].T
    return y[1:-1, 1:-1] + bias


def norm(x, w, i):
    m, v = x.mean((0, 1)), x.var((0, 1))
    p = "batch_normalization_%d/" % i
    return (x - m) / np.sqrt(v + 1e-5) * w[p + "gamma"] + w[p + "beta"]


def generate(w, x):
    encoded = [conv(x, w["conv2d_1/kernel"], w["conv2d_1/bias"])]
    for k in range(2, 9):
        y = encoded[-1]
        y = conv(np.where(y > 0, y, 0.2 * y), w["conv2d_%d/kernel" % k], w["conv2d_%d/bias" % k])
        encoded.append(norm(y, w, k - 1))
    d = encoded[-1]
    for j in range(1, 9):
        if j > 1:
            d = np.concatenate([d, encoded[8 - j]], 2)
        d = deconv(np.maximum(d, 0), w["conv2d_transpose_%d/kernel" % j], w["conv2d_transpose_%d/bias" % j])
        if j < 8:
            d = norm(d, w, j + 7)
    return np.tanh(d)


x = np.asarray(Image.open(os.path.join(ZOO, "cat.png")).convert("RGB"), "f8")
x = x[:256, :256] / 127.5 - 1
out = {}
for name in ("cats", "webcam-style"):
    out[name] = [round(v, 6) for v in generate(load(os.path.join(ZOO, name)), x)[::16, ::16].ravel().tolist()]
json.dump(out, open("cats.json", "w"))
