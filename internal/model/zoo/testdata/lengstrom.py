#!/usr/bin/env python3
"""Makes lengstrom/, a style of Lengstrom's TensorFlow program as deeplearn.js and ml5
keep it (manifest.json and a file of raw numbers for each variable), and what TensorFlow
makes of one picture with it: lengstrom.json. Run in this folder with TensorFlow 2.21."""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(4)
C = 2
variables = []


def variable(mean, deviation, *shape):
    variables.append(rng.normal(mean, deviation, shape).astype("f4"))
    return variables[-1]


def norm(y):
    """Variables of the shift, then of the scale."""
    c = y.shape[3]
    shift, scale = variable(0, 0.2, c), variable(1, 0.2, c)
    mean, var = tf.nn.moments(y, [1, 2], keepdims=True)
    return scale * (y - mean) / (var + 1e-3) ** 0.5 + shift


def conv(x, outputs, side, stride):
    inputs = x.shape[3]
    w = variable(0, 1.4 / (side * inputs ** 0.5), side, side, inputs, outputs)
    return norm(tf.nn.conv2d(x, w, stride, "SAME"))


def up(x, outputs):
    w = variable(0, 1.4 / (2.25 * x.shape[3]) ** 0.5, 3, 3, outputs, x.shape[3])
    return norm(tf.nn.conv2d_transpose(x, w, [1, 2 * x.shape[1], 2 * x.shape[2], outputs], 2, "SAME"))


def net(x):
    y = (x + 1) * 127.5
    y = tf.nn.relu(conv(y, C, 9, 1))
    y = tf.nn.relu(conv(y, 2 * C, 3, 2))
    y = tf.nn.relu(conv(y, 4 * C, 3, 2))
    for _ in range(5):
        y = y + conv(tf.nn.relu(conv(y, 4 * C, 3, 1)), 4 * C, 3, 1)
    y = tf.nn.relu(up(y, 2 * C))
    y = tf.nn.relu(up(y, C))
    return (tf.tanh(conv(y, 3, 9, 1)) * 150 + 127.5) / 127.5 - 1


def picture(channels, height, width):
    y, x, c = np.meshgrid(*(np.arange(n, dtype="f8") for n in (height, width, channels)), indexing="ij")
    return np.sin(0.37 * x + 0.61 * y * (c + 1) + c).astype("f4")[None]


y = net(picture(3, 32, 32)).numpy()[0, ::2, ::2].ravel()
os.makedirs("lengstrom", exist_ok=True)
manifest = {}
for i, v in enumerate(variables):
    name = "Variable_%d" % i if i else "Variable"
    manifest[name] = {"filename": name, "shape": list(v.shape)}
    open("lengstrom/" + name, "wb").write(v.astype("<f4").tobytes())
json.dump(manifest, open("lengstrom/manifest.json", "w"))
json.dump([{"file": "lengstrom", "size": 32, "every": 2, "picture": [round(v, 6) for v in y.tolist()]}], open("lengstrom.json", "w"))
