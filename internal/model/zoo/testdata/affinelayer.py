#!/usr/bin/env python3
"""Makes small models as affinelayer's TensorFlow port saves them, and what that
program makes of one picture without dropout: affinelayer.json. TensorFlow computes
and saves; the network is written down here after the port's names and layers.

Run in this folder with TensorFlow 2.21; the files are kept beside."""
import json
import os
import struct

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
LEVELS, WIDTH = 5, 1
rng = np.random.default_rng(3)


def width(k):
    return WIDTH * min(2 ** (k - 1), 8)


def names(old):
    """Names of a convolution's kernel, bias, and of its norm's scale, shift; old is the
    scheme of before mid-2017, or "separable"."""
    def of(side, k):
        base = "generator/%s_%d/" % (side, k)
        if old == "separable":
            conv, norm = base + "separable_conv2d", base + "batch_normalization/"
            return conv + "/depthwise_kernel", conv + "/bias", norm + "gamma", norm + "beta"
        if old:
            conv = base + ("conv/filter" if side == "encoder" else "deconv/filter")
            return conv, None, base + "batchnorm/scale", base + "batchnorm/offset"
        conv = base + ("conv2d" if side == "encoder" else "conv2d_transpose")
        norm = base + "batch_normalization/"
        return conv + "/kernel", conv + "/bias", norm + "gamma", norm + "beta"
    return of


def pointwise(kernel):
    return kernel.replace("depthwise", "pointwise")


def weights(old):
    of, w = names(old), {}

    def add(side, k, shape, out, reached, norm):
        kernel, bias, scale, shift = of(side, k)
        if old == "separable":
            inputs = shape[3] if side == "decoder" else shape[2]
            w[kernel] = rng.normal(0, 0.35, (4, 4, inputs, 1))
            w[pointwise(kernel)] = rng.normal(0, 1.4 / inputs ** 0.5, (1, 1, inputs, out))
        else:
            w[kernel] = rng.normal(0, 1.4 / reached ** 0.5, shape)
        if bias:
            w[bias] = rng.normal(0, 0.3, out)
        if norm:
            w[scale], w[shift] = rng.normal(1, 0.2, out), rng.normal(0, 0.2, out)
            if old is not True:
                folder = scale[:-len("gamma")]
                w[folder + "moving_mean"], w[folder + "moving_variance"] = np.zeros(out), np.ones(out)

    for k in range(1, LEVELS + 1):
        inputs = 3 if k == 1 else width(k - 1)
        add("encoder", k, (4, 4, inputs, width(k)), width(k), 16 * inputs, k > 1)
    for k in range(LEVELS, 0, -1):
        out, inputs = 3 if k == 1 else width(k - 1), width(k) * (1 if k == LEVELS else 2)
        add("decoder", k, (4, 4, out, inputs), out, 4 * inputs, k > 1)
    return {k: v.astype("f4") for k, v in w.items()}


def generate(v, old, x):
    of = names(old)

    def finish(y, side, k, norm):
        _, bias, scale, shift = of(side, k)
        if bias:
            y = tf.nn.bias_add(y, v[bias])
        if not norm:
            return y
        mean, variance = tf.nn.moments(y, [0, 1, 2])
        return tf.nn.batch_normalization(y, mean, variance, v[shift], v[scale], 1e-5)

    layers = []
    for k in range(1, LEVELS + 1):
        y = x if k == 1 else tf.nn.leaky_relu(layers[-1], 0.2)
        kernel = of("encoder", k)[0]
        if old == "separable":
            y = tf.nn.separable_conv2d(y, v[kernel], v[pointwise(kernel)], [1, 2, 2, 1], "SAME")
        else:
            y = tf.nn.conv2d(y, v[kernel], 2, "SAME")
        layers.append(finish(y, "encoder", k, k > 1))
    d = layers[-1]
    for k in range(LEVELS, 0, -1):
        if k < LEVELS:
            d = tf.concat([d, layers[k - 1]], 3)
        size = 2 * int(d.shape[1])
        out = 3 if k == 1 else width(k - 1)
        kernel = of("decoder", k)[0]
        if old == "separable":
            d = tf.image.resize_nearest_neighbor(tf.nn.relu(d), [size, size])
            d = tf.nn.separable_conv2d(d, v[kernel], v[pointwise(kernel)], [1, 1, 1, 1], "SAME")
        else:
            d = tf.nn.conv2d_transpose(tf.nn.relu(d), v[kernel], [1, size, size, out], 2, "SAME")
        d = finish(d, "decoder", k, k > 1)
    return tf.tanh(d)


def picture(channels, height, width):
    y, x, c = np.meshgrid(*(np.arange(n, dtype="f8") for n in (height, width, channels)), indexing="ij")
    return np.sin(0.37 * x + 0.61 * y * (c + 1) + c).astype("f4")[None]


def pict(w, file):
    """export-checkpoint.py's recipe; returns the weights that the file holds."""
    flat = np.concatenate([w[n].ravel() for n in sorted(w)])
    scale, mu = np.abs(flat).max(), 255
    companded = np.sign(flat) * np.log1p(mu * np.abs(flat / scale)) / np.log1p(mu)
    edges = np.linspace(companded.min(), companded.max(), 257)
    centres = (edges[1:] + edges[:-1]) / 2
    book = (np.sign(centres) * ((1 + mu) ** np.abs(centres) - 1) / mu * scale).astype("f4")
    index = np.abs(flat[:, None] - book[None]).argmin(1).astype("u1")
    listed = json.dumps([{"name": n, "shape": list(w[n].shape)} for n in sorted(w)]).encode()
    with open(file, "wb") as f:
        for block in (listed, book.tobytes(), index.tobytes()):
            f.write(struct.pack(">I", len(block)) + block)
    held, at = {}, 0
    for n in sorted(w):
        held[n] = book[index[at:at + w[n].size]].reshape(w[n].shape)
        at += w[n].size
    return held


def case(file, old, size):
    w = weights(old)
    if file.endswith(".pict"):
        w = pict(w, file)
    with tf.Graph().as_default(), tf.Session() as s:
        v = {n: tf.Variable(value, name=n) for n, value in w.items()}
        tf.Variable(7, name="global_step")
        tf.Variable(np.zeros(2, "f4"), name="discriminator/layer_1/conv2d/bias")
        tf.Variable(np.zeros(2, "f4"), name="generator/encoder_1/conv2d/bias/Adam")
        out = generate(v, old, tf.constant(picture(3, size, size)))
        s.run(tf.global_variables_initializer())
        if not file.endswith(".pict"):
            os.makedirs(file, exist_ok=True)
            tf.train.Saver().save(s, file + "/model-7", write_meta_graph=False)
        y = s.run(out)[0, ::2, ::2].ravel()
    return {"file": file, "size": size, "every": 2, "picture": [round(float(v), 6) for v in y]}


cases = [case("affinelayer", False, 32), case("affinelayer_old", True, 64), case("small.pict", False, 32), case("affinelayer_separable", "separable", 32)]
json.dump(cases, open("affinelayer.json", "w"))
