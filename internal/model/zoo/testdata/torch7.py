#!/usr/bin/env python3
"""Makes unet.t7 as the paper's Torch 7 program saves a generator (an nn.gModule of
cuDNN's classes, all weights views of one storage), and what that program makes of
one picture without dropout: torch7.json.

Torch 7 itself is not needed: its serialisation is written down here, and PyTorch
computes what its modules did. Run in this folder; the files are kept beside."""
import json
import struct

import torch
import torch.nn.functional as F

torch.manual_seed(2)
LEVELS, WIDTH = 5, 1


def width(k):
    return WIDTH * min(2 ** (k - 1), 8)


class Writer:
    def __init__(self):
        self.out, self.count, self.storage = b"", 0, None

    def int(self, *values):
        for v in values:
            self.out += struct.pack("<i", v)

    def long(self, *values):
        for v in values:
            self.out += struct.pack("<q", v)

    def string(self, s):
        self.int(len(s))
        self.out += s.encode()

    def new(self):
        self.count += 1
        return self.count

    def value(self, v):
        if v is None:
            self.int(0)
        elif isinstance(v, bool):
            self.int(5, int(v))
        elif isinstance(v, (int, float)):
            self.int(1)
            self.out += struct.pack("<d", v)
        elif isinstance(v, str):
            self.int(2)
            self.string(v)
        elif isinstance(v, dict):
            self.int(3, self.new(), len(v))
            for key, item in v.items():
                self.value(key)
                self.value(item)
        elif isinstance(v, tuple):  # an object: class, fields
            self.object(v[0])
            self.value(v[1])
        else:
            self.tensor(v)

    def object(self, cls):
        self.int(4, self.new())
        self.string("V 1")
        self.string(cls)

    def tensor(self, view):
        self.object("torch.CudaTensor")
        shape = list(view.shape)
        stride = [1] * len(shape)
        for i in range(len(shape) - 2, -1, -1):
            stride[i] = stride[i + 1] * shape[i + 1]
        self.int(len(shape))
        self.long(*shape)
        self.long(*stride)
        self.long(view.storage_offset() + 1)
        self.int(4)
        if self.storage is not None:
            self.int(self.storage)
            return
        self.storage = self.new()
        self.int(self.storage)
        self.string("V 1")
        self.string("torch.CudaStorage")
        whole = view.untyped_storage()
        self.long(len(whole) // 4)
        self.out += bytes(whole)


def build():
    """The modules in the order in which they run: kind, weight, bias."""
    shapes = []
    for k in range(1, LEVELS + 1):
        shapes.append(("cudnn.SpatialConvolution", (width(k), 3 if k == 1 else width(k - 1), 4, 4)))
        if 1 < k < LEVELS:
            shapes.append(("cudnn.SpatialBatchNormalization", (width(k),)))
    for j in range(1, LEVELS + 1):
        out = 3 if j == LEVELS else width(LEVELS - j)
        shapes.append(("cudnn.SpatialFullConvolution", (width(LEVELS - j + 1) * (1 if j == 1 else 2), out, 4, 4)))
        if j < LEVELS:
            shapes.append(("cudnn.SpatialBatchNormalization", (out,)))
    numbers = lambda s: torch.Size(s).numel()
    bias = lambda kind, s: s[1] if "Full" in kind else s[0]
    flat = torch.zeros(sum(numbers(s) + bias(k, s) for k, s in shapes))
    modules, at = [], 0
    for kind, s in shapes:
        w, at = flat[at:at + numbers(s)].view(s), at + numbers(s)
        b, at = flat[at:at + bias(kind, s)], at + bias(kind, s)
        if "Norm" in kind:
            w.normal_(1, 0.2)
            b.normal_(0, 0.2)
        else:
            reached = w[0].numel() if "Full" not in kind else w.shape[0] * 4
            w.normal_(0, 1.4 / reached ** 0.5)
            b.normal_(0, 0.3)
        modules.append((kind, w, b))
    return modules


def run(modules, x):
    """BGR in and out, [decoder, skip], statistics of the picture."""
    modules = iter(modules)
    x = x.flip(1)
    conv = lambda y: (lambda m: F.conv2d(y, m[1], m[2], 2, 1))(next(modules))
    full = lambda y: (lambda m: F.conv_transpose2d(y, m[1], m[2], 2, 1))(next(modules))
    norm = lambda y: (lambda m: F.batch_norm(y, None, None, m[1], m[2], True))(next(modules))
    encoded = [conv(x)]
    for k in range(2, LEVELS + 1):
        y = conv(F.leaky_relu(encoded[-1], 0.2))
        encoded.append(norm(y) if k < LEVELS else y)
    d = norm(full(F.relu(encoded[-1])))
    for j in range(2, LEVELS + 1):
        d = full(F.relu(torch.cat([d, encoded[LEVELS - j]], 1)))
        if j < LEVELS:
            d = norm(d)
    return torch.tanh(d).flip(1)


def module(kind, w, b):
    fields = {"weight": w, "bias": b, "gradWeight": w, "train": True}
    if "Norm" in kind:
        fields.update(eps=1e-5, momentum=0.1, nDim=4)
    else:
        out, inn = (w.shape[1], w.shape[0]) if "Full" in kind else (w.shape[0], w.shape[1])
        fields.update(nInputPlane=inn, nOutputPlane=out, kW=4, kH=4, dW=2, dH=2, padW=1, padH=1)
    return kind, fields


def picture(channels, height, width):
    c, y, x = torch.meshgrid(*(torch.arange(n, dtype=torch.float64) for n in (channels, height, width)), indexing="ij")
    return torch.sin(0.37 * x + 0.61 * y * (c + 1) + c).float()[None]


modules = build()
objects = []
for m in modules:  # activations stand between, and have no weights
    objects += [("nn.LeakyReLU", {"negval": 0.2, "inplace": True}), module(*m)]
w = Writer()
w.value(("nn.gModule", {"modules": {float(i + 1): m for i, m in enumerate(objects)}, "nInputs": 1, "verbose": False}))
open("unet.t7", "wb").write(w.out)
y = run(modules, picture(3, 32, 32))[0, :, ::2, ::2].permute(1, 2, 0).reshape(-1)
json.dump([{"file": "unet.t7", "size": 32, "every": 2, "picture": [round(v, 6) for v in y.tolist()]}], open("torch7.json", "w"))
