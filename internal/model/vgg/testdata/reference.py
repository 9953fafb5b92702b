"""Writes the references of parity_test.go: a narrow VGG-19 by PyTorch.

    pip install torch safetensors numpy
    python reference.py
    python reference.py --full FULL.safetensors --weights vgg19.safetensors --picture P.png

The second form is VGG-19 itself, with weights of the Caffe kind, on 128 rows and
160 columns from the middle of a picture (wants pillow; 135 MB). It also records how
far PyTorch's own float32 is from float64 (relative, 2-norm): deviation/gradient.

Each file has the weights as they go about (features.N.weight, [out, in, 3, 3],
with the numbering of torchvision), a picture in RGB from 0 to 1, the value of
every layer, and loss and gradient to the picture of a style-transfer objective:

    mean (relu4_2 - target)^2 + sum over relu1_1 .. relu5_1 of mean (G/M - target)^2

All arithmetic is in float64; stored are float32 and the channels last.
"""

import argparse
import json

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

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
        return (x - torch.tensor(mean).to(x).view(3, 1, 1)) / torch.tensor(deviation).to(x).view(3, 1, 1)
    x = x[:, [2, 1, 0]] * 255
    return x - torch.tensor([103.939, 116.779, 123.68]).to(x).view(3, 1, 1)


def layers(x, w, case):
    """Every layer's value by name."""
    x, index, found = preprocess(x, case["kind"]), 0, {}
    for block, count in enumerate(BLOCKS):
        for i in range(count):
            border = case["border"] if index == 0 else case["inner_border"]
            x = F.conv2d(F.pad(x, (1, 1, 1, 1), MODES[border]),
                         torch.from_numpy(w["features.%d.weight" % index]).to(x),
                         torch.from_numpy(w["features.%d.bias" % index]).to(x))
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


def objective(found, targets):
    """targets are by layer."""
    return sum(((value(found, layer) - t.to(value(found, layer))) ** 2).mean() for layer, t in targets.items())


def value(found, layer):
    return found[layer] if layer == "relu4_2" else gram(found[layer])


def write(path, case, width, w, picture, rng):
    # Stored as float32, so the numbers that both sides see are those.
    x = torch.from_numpy(picture).double().requires_grad_()
    found = layers(x, w, case)
    out = dict(w, picture=last(x))
    targets = {}
    for layer in ["relu4_2"] + STYLE:
        v = value(found, layer).detach()
        targets[layer] = t = (v * torch.from_numpy(rng.uniform(0.5, 1.5, v.shape))).float()
        out["target/" + layer] = last(t) if layer == "relu4_2" else t.numpy()
    loss = objective(found, targets)
    loss.backward()
    single = torch.from_numpy(picture).requires_grad_()
    objective(layers(single, w, case), targets).backward()
    for layer, v in found.items():
        out["layer/" + layer] = last(v)
    out["loss"] = np.array([loss.item()], np.float32)
    out["gradient"] = last(x.grad)
    out["deviation/gradient"] = np.array([(single.grad - x.grad).norm() / x.grad.norm()], np.float32)
    save_file(out, path, {"reference": json.dumps(dict(width=width, **case))})


def small():
    for seed, (name, case) in enumerate(CASES.items()):
        rng = np.random.default_rng(seed)
        w = weights(case["kind"], rng)
        write("%s.safetensors" % name, case, WIDTH, w, rng.random((1, 3, 33, 38)).astype(np.float32), rng)


def full(path, weights_file, picture):
    from PIL import Image
    pixels = np.asarray(Image.open(picture).convert("RGB"), np.float32) / 255
    top, left = (pixels.shape[0] - 128) // 2, (pixels.shape[1] - 160) // 2
    pixels = pixels[top:top + 128, left:left + 160].transpose(2, 0, 1)[None]
    case = dict(CASES["torchvision"], kind="caffe")
    write(path, case, 64, load_file(weights_file), np.ascontiguousarray(pixels), np.random.default_rng(0))


parser = argparse.ArgumentParser()
parser.add_argument("--full")
parser.add_argument("--weights")
parser.add_argument("--picture")
a = parser.parse_args()
if a.full:
    full(a.full, a.weights, a.picture)
else:
    small()
