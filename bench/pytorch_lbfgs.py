"""Holds easel's L-BFGS against PyTorch's: the same objective, start and number
of evaluations.

    go build ./cmd/easel
    python bench/pytorch_lbfgs.py --easel ./easel --weights vgg19.safetensors \
        --content a.jpg --style b.jpg --content c.jpg --style d.jpg

The objective is the preset gatys (the authors' released weights of losses), the
start the content picture, both pictures squares of --size pixels, Caffe weights
with the names of torchvision. PyTorch's optimiser runs as everyone runs it:
pixels from 0 to 255, rate 1, a history of 100, no line search, no tolerances.
easel runs with the preset's options and with --pyramid 6, as in its own preset.
Prints the lowest loss after 50, 100 and 200 evaluations of each, the share of
steps that easel took back, and after how many evaluations the pyramid has what
the others have in the end. Wants torch, safetensors, numpy and pillow.
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


def easel(a, content, style, *more):
    """The losses of all evaluations, and the number of steps that were taken back."""
    command = [a.easel, "stylize", "--content", content, "--style", style, "--out", os.path.join(os.path.dirname(content), "out.png"),
               "--weights", a.weights, "--weights-kind", "caffe", "--preset", "gatys", "--size", "0",
               "--iterations", str(a.evaluations), "--threads", str(a.threads), "--json", "--force", *more]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    events = [e for e in map(json.loads, lines) if e["event"] == "iteration"]
    return [e["losses"]["total"] for e in events], sum(e.get("status") == "retreated" for e in events)


def compare(a, weights, content, style):
    """Prints a pair's losses; reports whether the preset's are at most PyTorch's."""
    with tempfile.TemporaryDirectory() as folder:
        paths, pixels = [], []
        for name, path in [("content", content), ("style", style)]:
            picture = Image.open(path).convert("RGB").resize((a.size, a.size), Image.LANCZOS)
            paths.append(os.path.join(folder, name + ".png"))
            picture.save(paths[-1])
            pixels.append(np.asarray(picture))
        plain, back = easel(a, *paths)
        pyramid, pyramid_back = easel(a, *paths, "--pyramid", "6")
        theirs = pytorch(*pixels, weights, a.evaluations)
    plain, pyramid, theirs = map(np.minimum.accumulate, (plain, pyramid, theirs))
    print("%s × %s" % tuple(os.path.splitext(os.path.basename(p))[0] for p in (content, style)))
    print("  evaluations      PyTorch        gatys          with the pyramid")
    for n in a.at:
        print("  %11d %12.5g %12.5g %6.3f %12.5g %6.3f" % (n, theirs[n - 1], plain[n - 1], plain[n - 1] / theirs[n - 1],
                                                           pyramid[n - 1], pyramid[n - 1] / theirs[n - 1]))
    for name, losses in [("PyTorch", theirs), ("gatys", plain)]:
        reached = np.flatnonzero(pyramid <= losses[-1])
        print("  what %s has in the end the pyramid has after %s" % (name, reached[0] + 1 if len(reached) else "more"))
    print("  steps taken back: %d, with the pyramid %d" % (back, pyramid_back), flush=True)
    return all(plain[n - 1] <= theirs[n - 1] for n in a.at)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["easel", "weights"]:
        p.add_argument("--" + name, required=True)
    for name in ["content", "style"]:
        p.add_argument("--" + name, required=True, action="append")
    p.add_argument("--size", type=int, default=256)
    p.add_argument("--at", type=lambda text: [int(n) for n in text.split(",")], default=[50, 100, 200])
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    a.evaluations = max(a.at)
    torch.set_num_threads(a.threads)
    weights = load_file(a.weights)
    no_worse = [compare(a, weights, *pair) for pair in zip(a.content, a.style, strict=True)]
    raise SystemExit(0 if all(no_worse) else "easel's loss is higher")


main()
