#!/usr/bin/env python3
"""Makes unet.t7 as the paper's Torch 7 program saves a generator (an nn.gModule of
cuDNN's classes, all weights views of one storage), and styles as Johnson's saves
them (a table with the options and an nn.Sequential); and what those programs make of
one picture, without dropout: torch7.json.

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
    def __init__(self, kind):
        self.out, self.count, self.kind, self.storages = b"", 0, kind, {}

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
        self.object("torch.%sTensor" % self.kind)
        shape = list(view.shape)
        stride = [1] * len(shape)
        for i in range(len(shape) - 2, -1, -1):
            stride[i] = stride[i + 1] * shape[i + 1]
        self.int(len(shape))
        self.long(*shape)
        self.long(*stride)
        self.long(view.storage_offset() + 1)
        self.int(4)
        whole = view.untyped_storage()
        if whole.data_ptr() in self.storages:
            self.int(self.storages[whole.data_ptr()])
            return
        self.storages[whole.data_ptr()] = self.new()
        self.int(self.count)
        self.string("V 1")
        self.string("torch.%sStorage" % self.kind)
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


class Johnson:
    """A style of Johnson's program: width c, padding_type reflect-start or zero, instance or batch norms."""

    def __init__(self, c, padding, batch):
        self.c, self.start, self.batch, self.list = c, padding == "reflect-start", batch, []
        self.opt = {"arch": "c9s1-%d,d%d,d%d,%su%d,u%d,c9s1-3" % (c, 2 * c, 4 * c, ("R%d," % (4 * c)) * 5, 2 * c, c),
                    "padding_type": padding, "preprocessing": "vgg", "tanh_constant": 150, "use_instance_norm": int(not batch)}

    def conv(self, x, inputs, outputs, kernel, stride, padding, transposed=False):
        shape = (inputs, outputs, kernel, kernel) if transposed else (outputs, inputs, kernel, kernel)
        w = torch.empty(shape).normal_(0, 1.4 / (inputs * (kernel / stride if transposed else kernel) ** 2) ** 0.5)
        b = torch.empty(outputs).normal_(0, 0.3)
        fields = dict(weight=w, bias=b, nInputPlane=inputs, nOutputPlane=outputs, kW=kernel, kH=kernel, dW=stride, dH=stride, padW=padding, padH=padding)
        if transposed:
            fields.update(adjW=1, adjH=1)
        m = ("nn.SpatialFullConvolution" if transposed else "nn.SpatialConvolution", fields)
        return m, F.conv_transpose2d(x, w, b, stride, padding, 1) if transposed else F.conv2d(x, w, b, stride, padding)

    def norm(self, x):
        c = x.shape[1]
        w, b = torch.empty(c).normal_(1, 0.2), torch.empty(c).normal_(0, 0.2)
        # Stored statistics are near those of the picture, so that nothing saturates.
        mean, var = x.mean((0, 2, 3)) + torch.empty(c).normal_(0, 0.1), x.var((0, 2, 3)) * torch.empty(c).uniform_(0.7, 1.4)
        fields = dict(weight=w, bias=b, eps=1e-5, momentum=0.1, running_mean=mean, running_var=var)
        if self.batch:
            return ("nn.SpatialBatchNormalization", fields), F.batch_norm(x, mean, var, w, b, False)
        return ("nn.InstanceNormalization", fields), F.batch_norm(x, None, None, w, b, True)

    def layer(self, x, *args):
        m, x = self.conv(x, *args)
        n, x = self.norm(x)
        self.list += [m, n, ("nn.ReLU", {"inplace": True})]
        return torch.relu(x)

    def block(self, x):
        c, p = x.shape[1], 0 if self.start else 1
        m1, y = self.conv(x, c, c, 3, 1, p)
        n1, y = self.norm(y)
        m2, y = self.conv(torch.relu(y), c, c, 3, 1, p)
        n2, y = self.norm(y)
        branch = sequential([m1, n1, ("nn.ReLU", {}), m2, n2])
        kept = ("nn.ShaveImage", {"size": 2}) if self.start else ("nn.Identity", {})
        self.list.append(sequential([("nn.ConcatTable", listed([branch, kept])), ("nn.CAddTable", {})]))
        return y + (x[:, :, 2:-2, 2:-2] if self.start else x)

    def run(self, x):
        """RGB from -1 to 1 here; BGR from 0 to 255 without VGG's mean in the program."""
        mean = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
        y, c = (x.flip(1) + 1) * 127.5 - mean, self.c
        if self.start:
            self.list.append(("nn.SpatialReflectionPadding", dict(pad_l=40, pad_r=40, pad_t=40, pad_b=40)))
            y = F.pad(y, (40, 40, 40, 40), mode="reflect")
        y = self.layer(y, 3, c, 9, 1, 4)
        y = self.layer(y, c, 2 * c, 3, 2, 1)
        y = self.layer(y, 2 * c, 4 * c, 3, 2, 1)
        for _ in range(5):
            y = self.block(y)
        y = self.layer(y, 4 * c, 2 * c, 3, 2, 1, True)
        y = self.layer(y, 2 * c, c, 3, 2, 1, True)
        m, y = self.conv(y, c, 3, 9, 1, 4)
        self.list += [m, ("nn.Tanh", {}), ("nn.MulConstant", {"constant_scalar": 150}), ("nn.TotalVariation", {"strength": 1e-6})]
        return ((torch.tanh(y) * 150 + mean) / 127.5 - 1).flip(1)


def listed(modules):
    return {"modules": {float(i + 1): m for i, m in enumerate(modules)}}


def sequential(modules):
    return "nn.Sequential", listed(modules)


def style(file, *args):
    net = Johnson(*args)
    y = net.run(picture(3, 48, 48))
    w = Writer("Float")
    w.value({"opt": net.opt, "model": sequential(net.list), "train_loss_history": {1.0: 3.5}})
    open(file, "wb").write(w.out)
    return case(file, 48, 3, y, "stored" if net.batch else "picture")


def case(file, size, every, y, statistics="picture"):
    y = y[0, :, ::every, ::every].permute(1, 2, 0).reshape(-1)
    return {"file": file, "size": size, "every": every, statistics: [round(v, 6) for v in y.tolist()]}


modules = build()
objects = []
for m in modules:  # activations stand between, and have no weights
    objects += [("nn.LeakyReLU", {"negval": 0.2, "inplace": True}), module(*m)]
w = Writer("Cuda")
w.value(("nn.gModule", {"modules": {float(i + 1): m for i, m in enumerate(objects)}, "nInputs": 1, "verbose": False}))
open("unet.t7", "wb").write(w.out)
cases = [
    case("unet.t7", 32, 2, run(modules, picture(3, 32, 32))),
    style("johnson_instance.t7", 1, "reflect-start", False),
    style("johnson_eccv16.t7", 1, "reflect-start", True),
    style("johnson_zero.t7", 2, "zero", False),
]
json.dump(cases, open("torch7.json", "w"))
