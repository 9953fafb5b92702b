"""Writes small.json, the reference of small_test.go: easel's small network by PyTorch.

    pip install torch safetensors numpy
    python small.py

For a picture that both sides draw, it has the root mean square and the mean of every
layer behind a ReLU. All arithmetic is in float64.
"""

import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = 48
BLOCKS = [2, 2, 4, 4, 1]

weights = {k: torch.tensor(v.astype(np.float64)) for k, v in load_file(HERE + "/../small/small.safetensors").items()}

y, x, c = np.meshgrid(np.arange(SIZE), np.arange(SIZE), np.arange(3), indexing="ij")
picture = 0.5 + 0.3 * np.sin(x / 3 + c) * np.cos(y / 5 - c) + 0.1 * np.sin(x * y / 7)
f = torch.tensor(picture) + weights["input/shift"]
f = f.permute(2, 0, 1)[None]

out = {}
for block, count in enumerate(BLOCKS, 1):
    for i in range(1, count + 1):
        name = "conv%d_%d/" % (block, i)
        if name + "down" in weights:
            f = torch.einsum("bchw,cr->brhw", f, weights[name + "down"][0, 0])
        border = "replicate" if (block, i) == (1, 1) else "constant"
        f = F.conv2d(F.pad(f, (1, 1, 1, 1), mode=border), weights[name + "kernel"].permute(3, 2, 0, 1))
        if name + "up" in weights:
            f = torch.einsum("brhw,rc->bchw", f, weights[name + "up"][0, 0])
        f = F.relu(f + weights[name + "bias"][:, None, None])
        out["relu%d_%d" % (block, i)] = {"rms": float((f * f).mean().sqrt()), "mean": float(f.mean())}
    f = 2 * F.avg_pool2d(f, 2)

with open(HERE + "/small.json", "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
