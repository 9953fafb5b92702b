#!/usr/bin/env python3
"""Makes lengstrom/, a style of Lengstrom's TensorFlow program as deeplearn.js and ml5
keep it (manifest.json and a file of raw numbers for each variable), and what the
program makes of one picture: lengstrom.json.

PyTorch computes what TensorFlow's operations are said to do: SAME puts the odd zero at
the end, a transposed convolution leaves out the last row and column. Run in this folder."""
import json
import os

import torch
import torch.nn.functional as F

torch.manual_seed(4)
C = 2
variables = []


def kernel(height, inputs, outputs, stride=1, transposed=False):
    shape = (height, height, outputs, inputs) if transposed else (height, height, inputs, outputs)
    reached = inputs * (height / (stride if transposed else 1)) ** 2
    variables.append(torch.empty(shape).normal_(0, 1.4 / reached ** 0.5))
    return variables[-1].permute(3, 2, 0, 1)


def norm(y):
    """Variables of the shift, then of the scale."""
    c = y.shape[1]
    shift, scale = torch.empty(c).normal_(0, 0.2), torch.empty(c).normal_(1, 0.2)
    variables.extend([shift, scale])
    mean, var = y.mean((2, 3), keepdim=True), y.var((2, 3), keepdim=True, unbiased=False)
    return (y - mean) / (var + 1e-3).sqrt() * scale.view(1, c, 1, 1) + shift.view(1, c, 1, 1)


def conv(x, outputs, side, stride):
    size = x.shape[2]
    pad = max((-(-size // stride) - 1) * stride + side - size, 0)
    before, after = pad // 2, pad - pad // 2
    return norm(F.conv2d(F.pad(x, (before, after, before, after)), kernel(side, x.shape[1], outputs), stride=stride))


def up(x, outputs):
    y = F.conv_transpose2d(x, kernel(3, x.shape[1], outputs, 2, True), stride=2)
    return norm(y[:, :, :2 * x.shape[2], :2 * x.shape[3]])


def net(x):
    y = (x + 1) * 127.5
    y = torch.relu(conv(y, C, 9, 1))
    y = torch.relu(conv(y, 2 * C, 3, 2))
    y = torch.relu(conv(y, 4 * C, 3, 2))
    for _ in range(5):
        y = y + conv(torch.relu(conv(y, 4 * C, 3, 1)), 4 * C, 3, 1)
    y = torch.relu(up(y, 2 * C))
    y = torch.relu(up(y, C))
    y = torch.tanh(conv(y, 3, 9, 1)) * 150 + 127.5
    return y / 127.5 - 1


def picture(channels, height, width):
    c, y, x = torch.meshgrid(*(torch.arange(n, dtype=torch.float64) for n in (channels, height, width)), indexing="ij")
    return torch.sin(0.37 * x + 0.61 * y * (c + 1) + c).float()[None]


y = net(picture(3, 32, 32))[0, :, ::2, ::2].permute(1, 2, 0).reshape(-1)
os.makedirs("lengstrom", exist_ok=True)
manifest = {}
for i, v in enumerate(variables):
    name = "Variable_%d" % i if i else "Variable"
    manifest[name] = {"filename": name, "shape": list(v.shape)}
    open("lengstrom/" + name, "wb").write(v.contiguous().numpy().astype("<f4").tobytes())
json.dump(manifest, open("lengstrom/manifest.json", "w"))
json.dump([{"file": "lengstrom", "size": 32, "every": 2, "picture": [round(v, 6) for v in y.tolist()]}], open("lengstrom.json", "w"))
