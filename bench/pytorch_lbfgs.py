"""Holds easel's L-BFGS against PyTorch's: the same objective, start and number
of evaluations.

    go build ./cmd/easel
    python bench/pytorch_lbfgs.py --easel ./easel --weights vgg19.safetensors \
        --content a.jpg --style b.jpg --size 256 --evaluations 100

The objective is the preset gatys (the authors' released weights of losses), the
start the content picture, both pictures squares of --size pixels, Caffe weights
with the names of torchvision. PyTorch's optimiser runs as everyone runs it:
pixels from 0 to 255, rate 1, a history of 100, no line search, no tolerances.
Prints the lowest loss after 10, 20, 30 … evaluations of each. Wants torch,
safetensors, numpy and pillow.
"""

import argparse
import json
import os
import subprocess
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

BLOCKS = [2, 2, 4, 4, 4]
STYLE = ["relu%d_1" % b for b in range(1, 6)]
CONTENT = "relu4_2"


def features(x, weights):
    index, found = 0, {}
    for block, count in enumerate(BLOCKS):
        for i in range(count):
            x = F.relu(F.conv2d(x, weights["features.%d.weight" % index], weights["features.%d.bias" % index], padding=1))
            name = "relu%d_%d" % (block + 1, i + 1)
            if name in STYLE or name == CONTENT:
                found[name] = x
            if name == STYLE[-1]:
                return found
            index += 2
        x = F.max_pool2d(x, 2)
        index += 1


def gram(f):
    f = f[0].flatten(1)
    return f @ f.T / f.shape[1]


def pytorch(content, style, weights, evaluations):
    """The losses of all evaluations."""
    def tensor(p):
        bgr = torch.from_numpy(p[..., ::-1].copy()).float().permute(2, 0, 1)[None]
        return bgr - torch.tensor([103.939, 116.779, 123.68]).view(3, 1, 1)
    x = tensor(content).contiguous().requires_grad_()
    with torch.no_grad():
        target = features(tensor(content), weights)[CONTENT]
        grams = {k: gram(v) for k, v in features(tensor(style), weights).items() if k in STYLE}
    losses = []

    def closure():
        optimiser.zero_grad()
        found = features(x, weights)
        loss = F.mse_loss(found[CONTENT], target)
        for k in STYLE:
            loss = loss + 1e3 / found[k].shape[1] ** 2 * F.mse_loss(gram(found[k]), grams[k])
        loss.backward()
        losses.append(loss.item())
        return loss

    optimiser = torch.optim.LBFGS([x], lr=1, max_iter=evaluations, max_eval=evaluations, history_size=100,
                                  tolerance_grad=-1, tolerance_change=-1)
    while len(losses) < evaluations:
        optimiser.step(closure)
    return losses[:evaluations]


def easel(a, content, style):
    command = [a.easel, "stylize", "--content", content, "--style", style, "--out", os.path.join(os.path.dirname(content), "out.png"),
               "--weights", a.weights, "--weights-kind", "caffe", "--preset", "gatys", "--size", "0",
               "--iterations", str(a.evaluations), "--threads", str(a.threads), "--json", "--force"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [e["losses"]["total"] for e in map(json.loads, lines) if e["event"] == "iteration"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["easel", "weights", "content", "style"]:
        p.add_argument("--" + name, required=True)
    p.add_argument("--size", type=int, default=256)
    p.add_argument("--evaluations", type=int, default=100)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    weights = load_file(a.weights)
    with tempfile.TemporaryDirectory() as folder:
        paths, pixels = [], []
        for name in ["content", "style"]:
            picture = Image.open(getattr(a, name)).convert("RGB").resize((a.size, a.size), Image.LANCZOS)
            paths.append(os.path.join(folder, name + ".png"))
            picture.save(paths[-1])
            pixels.append(np.asarray(picture))
        ours = np.minimum.accumulate(easel(a, *paths))
        theirs = np.minimum.accumulate(pytorch(*pixels, weights, a.evaluations))
    print("evaluations      easel    PyTorch")
    for i in [0] + list(range(9, a.evaluations, 10)):
        print("%11d %10.5g %10.5g" % (i + 1, ours[i], theirs[i]))
    raise SystemExit(0 if ours[-1] <= theirs[-1] else "easel's loss is higher")


main()
