"""PyTorch's side of one case: python pytorch_worker.py CASE [--channels-last] [--compile] [--bf16] [--threads N]

Speaks as worker.py says. pix2pix's networks and its training step are those of
internal/model/pix2pix/testdata/reference.py, the one definition that the parity tests use
too; VGG-19 is here.
"""

import argparse
import importlib.util
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

import cases
import worker

REFERENCE = pathlib.Path(__file__).parents[1] / "internal/model/pix2pix/testdata/reference.py"


def load_reference():
    spec = importlib.util.spec_from_file_location("reference", REFERENCE)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


pix2pix = load_reference()


class VGG(nn.Module):
    """VGG-19 up to relu5_1, giving the activations that the losses read."""

    def __init__(self):
        super().__init__()
        self.layers, channels = nn.ModuleList(), 3
        for width in cases.VGG:
            if width == "pool":
                self.layers.append(nn.MaxPool2d(2))
                continue
            self.layers.append(nn.Conv2d(channels, width, 3, padding=1))
            nn.init.kaiming_normal_(self.layers[-1].weight, nonlinearity="relu")
            nn.init.zeros_(self.layers[-1].bias)
            channels = width
        self.requires_grad_(False)

    def forward(self, x):
        found, convolutions = [], 0
        for layer in self.layers:
            x = layer(x)
            if isinstance(layer, nn.Conv2d):
                x, convolutions = F.relu(x, inplace=True), convolutions + 1
                if convolutions in cases.READ:
                    found.append(x)
        return found


class StyleLoss(nn.Module):
    """Content and style losses of Gatys et al. 2016, eq. 1 to 7, each layer weighted alike."""

    def __init__(self, vgg, picture):
        super().__init__()
        self.vgg = vgg
        self.content = cases.READ.index(cases.CONTENT)
        with torch.no_grad():
            features = vgg(picture)
            self.target = features[self.content].clone()
            self.grams = [gram(f) for i, f in enumerate(features) if i != self.content]

    def forward(self, x):
        features = self.vgg(x)
        loss = F.mse_loss(features.pop(self.content), self.target)
        for f, target in zip(features, self.grams):
            loss = loss + F.mse_loss(gram(f), target)
        return loss


def gram(f):
    rows = f.flatten(2)[0]
    return rows @ rows.T / rows.numel()


def adam_options():
    """The fastest form of Adam that this PyTorch has on the CPU."""
    try:
        w = nn.Parameter(torch.zeros(1))
        w.grad = torch.zeros(1)
        torch.optim.Adam([w], fused=True).step()
        return {"fused": True}
    except (RuntimeError, TypeError):
        return {"foreach": True}


def build(case, o):
    memory_format = torch.channels_last if o.channels_last else torch.contiguous_format

    def shaped(thing):
        return thing.to(memory_format=memory_format)

    def compiled(module, **options):
        return torch.compile(module, **options) if o.compile else module

    def picture(batch=1):
        return pix2pix.picture(batch, 3, case.size).contiguous(memory_format=memory_format)

    if case.kind == "train":
        # Batch norm, the port's default, at batch 1 too.
        networks = pix2pix.build(pix2pix.DEFAULT | {"norm": "batch"}, case.batch)
        networks = {name: compiled(shaped(n)) for name, n in networks.items()}
        a, b = picture(case.batch), picture(case.batch)
        training = pix2pix.Training(pix2pix.DEFAULT, networks, **adam_options())
        return lambda: training.step(a, b)
    if case.kind == "vgg":
        x = picture().requires_grad_()
        loss = compiled(StyleLoss(shaped(VGG()), picture()))

        def step():
            x.grad = None
            loss(x).backward()

        return step
    if case.kind == "generator":
        network = pix2pix.build(pix2pix.DEFAULT | {"norm": "batch"}, 1)["generator"]
    else:
        network = VGG()
    # Freezing packs the constant weights and wants eval(), which changes neither:
    # the generator's norms keep no statistics and its dropout is always on.
    network = compiled(shaped(network).requires_grad_(False).eval(), options={"freezing": True})
    x = picture()

    def forward():
        with torch.inference_mode():
            network(x)

    return forward


def cast(step, o):
    if not o.bf16:
        return step

    def rounded():
        with torch.autocast("cpu", dtype=torch.bfloat16):
            step()

    return rounded


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--bf16", action="store_true", help="autocast: weights, moments and sums stay float32")
    parser.add_argument("--threads", default=2, type=int)
    o = parser.parse_args()
    if o.compile and not hasattr(torch, "compile"):
        raise SystemExit(f"PyTorch {torch.__version__} has no torch.compile")
    torch.set_num_threads(o.threads)
    torch.manual_seed(0)
    worker.serve(lambda: cast(build(cases.find(o.case), o), o), {"version": f"PyTorch {torch.__version__}"})


if __name__ == "__main__":
    main()
