"""Writes the references of parity_test.go: a narrow VGG-19 by PyTorch.

    pip install torch safetensors numpy
    python reference.py

Each file has the weights as they go about (features.N.weight, [out, in, 3, 3],
with the numbering of torchvision), a picture in RGB from 0 to 1, the value of
every layer, and loss and gradient to the picture of a style-transfer objective:

    mean (relu4_2 - target)^2 + sum over relu1_1 .. relu5_1 of mean (G/M - target)^2

All arithmetic is in float64; stored are float32 and the channels last.
"""

import json

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

BLOCKS = [2, 2, 4, 4, 4]
MULTIPLES = [1, 2, 4, 8, 8]
STYLE = ["relu%d_1" % b for b in range(1, 6)]
WIDTH = 2
MODES = {"zero": "constant", "replicate": "replicate", "reflect": "reflect"}

CASES = {
    "torchvision": dict(kind="torchvision", pooling="max", pool_scale=1, ceil=False,
                        border="zero", inner_border="zero"),
    "caffe": dict(kind="caffe", pooling="average", pool_scale=2, ceil=True,
                  border="replicate", inner_border="zero"),
    "reflect": dict(kind="caffe", pooling="max", pool_scale=0.5, ceil=True,
                    border="reflect", inner_border="reflect"),
    "replicate": dict(kind="torchvision", pooling="average", pool_scale=1, ceil=False,
                      border="replicate", inner_border="replicate"),
}


def weights(kind, rng):
    """features.N of a random network, on the scale that its input has."""
    deviation = {"torchvision": 1.0, "caffe": 60.0}[kind]
    index, channels, out = 0, 3, {}
    for block, count in enumerate(BLOCKS):
        for _ in range(count):
            width = WIDTH * MULTIPLES[block]
            scale = np.sqrt(2 / (9 * channels)) / (deviation if index == 0 else 1)
            out["features.%d.weight" % index] = rng.normal(0, scale, (width, channels, 3, 3)).astype(np.float32)
            out["features.%d.bias" % index] = rng.normal(0.05, 0.1, width).astype(np.float32)
            channels, index = width, index + 2
        index += 1
    return out


def preprocess(x, kind):
    """x is [1, 3, height, width], RGB in 0..1."""
    if kind == "torchvision":
        mean, deviation = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
        return (x - torch.tensor(mean).double().view(3, 1, 1)) / torch.tensor(deviation).double().view(3, 1, 1)
    x = x[:, [2, 1, 0]] * 255
    return x - torch.tensor([103.939, 116.779, 123.68]).double().view(3, 1, 1)


def layers(x, w, case):
    """Every layer's value by name."""
    x, index, found = preprocess(x, case["kind"]), 0, {}
    for block, count in enumerate(BLOCKS):
        for i in range(count):
            border = case["border"] if index == 0 else case["inner_border"]
            x = F.conv2d(F.pad(x, (1, 1, 1, 1), MODES[border]),
                         torch.from_numpy(w["features.%d.weight" % index]).double(),
                         torch.from_numpy(w["features.%d.bias" % index]).double())
            found["conv%d_%d" % (block + 1, i + 1)] = x
            x = F.relu(x)
            found["relu%d_%d" % (block + 1, i + 1)] = x
            index += 2
        if case["pooling"] == "max":
            x = F.max_pool2d(x, 2, 2, ceil_mode=case["ceil"])
        else:
            x = F.avg_pool2d(x, 2, 2, ceil_mode=case["ceil"])
        x = x * case["pool_scale"]
        found["pool%d" % (block + 1)] = x
        index += 1
    return found


def gram(f):
    f = f[0].flatten(1)
    return f @ f.T / f.shape[1]


def last(t):
    """Channels last."""
    return np.ascontiguousarray(t.detach().numpy().transpose(0, 2, 3, 1)).astype(np.float32)


def write(name, case, seed):
    rng = np.random.default_rng(seed)
    w = weights(case["kind"], rng)
    # Stored as float32, so the numbers that both sides see are those.
    picture = rng.random((1, 3, 33, 38)).astype(np.float32)
    x = torch.from_numpy(picture).double().requires_grad_()
    found = layers(x, w, case)
    out = dict(w, picture=last(x))
    loss = 0
    for layer in ["relu4_2"] + STYLE:
        value = found[layer] if layer == "relu4_2" else gram(found[layer])
        target = (value.detach() * torch.from_numpy(rng.uniform(0.5, 1.5, value.shape))).float()
        loss = loss + ((value - target.double()) ** 2).mean()
        out["target/" + layer] = last(target) if layer == "relu4_2" else target.numpy()
    loss.backward()
    for layer, value in found.items():
        out["layer/" + layer] = last(value)
    out["loss"] = np.array([loss.item()], np.float32)
    out["gradient"] = last(x.grad)
    about = dict(width=WIDTH, **case)
    save_file(out, "%s.safetensors" % name, {"reference": json.dumps(about)})


for seed, (name, case) in enumerate(CASES.items()):
    write(name, case, seed)
