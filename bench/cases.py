"""The cases: what is measured, what it is called and what is aimed at.

Definitions, the same for everybody:

train-256-b<N>     one optimisation step of unet_256 with the 70x70 PatchGAN on a batch
                   of N: D on real and fake, its Adam update, then G through the updated
                   D, its Adam update. Batch statistics, dropout on.
generator-<S>      unet_256 forward on one picture of S x S, with the picture's own
                   statistics and dropout on, as the paper translates.
vgg-forward-<S>    VGG-19 (Simonyan & Zisserman 2015) to relu5_1, S x S, max pooling, giving the
                   six layers that the losses below read.
vgg-<S>            the same forward and backward to the pixels, from the mean squared
                   differences of the Gram matrices of relu1_1 … relu5_1 and of relu4_2
                   to given targets (Gatys et al. 2016). The weights get no gradient.
translate-256      easel translate of one picture from process start, with the weights
                   in the page cache, less the forward pass.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    goal: float  # how many times faster than the best peer
    memory_goal: float  # of PyTorch's memory

    @property
    def kind(self):
        return self.name.rsplit("-256", 1)[0] if self.name.startswith("train") else self.name.rsplit("-", 1)[0]

    @property
    def size(self):
        return 256 if self.kind == "train" else int(self.name.rsplit("-", 1)[1])

    @property
    def batch(self):
        return int(self.name.rsplit("-b", 1)[1]) if self.kind == "train" else 1


CASES = [
    Case("train-256-b1", "training step, `unet_256` + 70×70, batch 1", 4, 1),
    Case("train-256-b4", "the same, batch 4", 3, 1),
    Case("generator-256", "generator forward, 256²", 1.5, 1),
    Case("generator-512", "generator forward, 512²", 1.5, 1),
    Case("generator-1024", "generator forward, 1024²", 1.5, 1),
    Case("vgg-forward-256", "VGG-19 forward, 256²", 2.5, 1 / 3),
    Case("vgg-forward-512", "VGG-19 forward, 512²", 2.5, 1 / 3),
    Case("vgg-256", "VGG-19 forward and backward, Grams, 256²", 2.5, 1 / 3),
    Case("vgg-512", "VGG-19 forward and backward, Grams, 512²", 2.5, 1 / 3),
]

TRANSLATE = "translate-256"
TRANSLATE_GOAL = 0.5  # seconds over the forward pass

# VGG-19 to relu5_1: the widths of its layers, "pool" between the blocks.
VGG = [64, 64, "pool", 128, 128, "pool", 256, 256, 256, 256, "pool", 512, 512, 512, 512, "pool", 512]
STYLE = [1, 3, 5, 9, 13]  # relu1_1 … relu5_1, counted in convolutions
CONTENT = 10  # relu4_2
READ = sorted([*STYLE, CONTENT])  # by the losses


def find(name):
    for case in CASES:
        if case.name == name:
            return case
    raise SystemExit(f"unknown case {name}; there are {', '.join([c.name for c in CASES] + [TRANSLATE])}")
