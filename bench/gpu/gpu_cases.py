"""The cases on a GPU: train-<size>-b<batch>, generator-<size>, vgg-<size>, as ../cases.py has them.

Below 256 pix2pix's networks are small ones, for trying the script out, as easel bench
has them.
"""

import re
from dataclasses import dataclass

ALL = ["train-256-b1", "train-256-b4", "train-256-b16", "generator-256", "vgg-512", "vgg-1024"]
SMALL = ["train-32-b1", "train-32-b2", "generator-32", "vgg-32"]

TITLES = {"train": "training step", "generator": "generator forward", "vgg": "style iteration (VGG-19 forward and backward)"}
GOAL = 1.2  # times the best form of PyTorch


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    size: int
    batch: int

    @property
    def title(self):
        batch = f", batch {self.batch}" if self.kind == "train" else ""
        return f"{TITLES[self.kind]}, {self.size}²{batch}"


def smaller(case):
    """What differs from the paper's networks."""
    if case.size >= 256:
        return {}
    return {"image_size": case.size, "width": 8, "discriminator_width": 8, "patch_layers": 1}


def parse(name):
    m = re.fullmatch(r"(train|generator|vgg)-(\d+)(?:-b(\d+))?", name)
    if not m or (m[1] == "train") != bool(m[3]):
        raise SystemExit(f"unknown case {name}; there are {', '.join(ALL)}, and the same of other sizes")
    return Case(name, m[1], int(m[2]), int(m[3] or 1))
