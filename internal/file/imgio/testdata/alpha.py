"""Makes what the tests of alpha compare against, with Pillow and tifffile.

    pip install numpy pillow tifffile
    python alpha.py            # in this folder

The pictures are the pattern of reference.py; in bands.tif and two.tif the last
band is not marked as alpha, in la.tif, rgba8.tif and associated.tif it is.
"""
import json
import pathlib

import numpy as np
import tifffile
from PIL import Image, ImageColor

W, H = 12, 9
here = pathlib.Path(__file__).parent


def pattern(channels):
    y, x, c = np.mgrid[:H, :W, :channels]
    return ((17 * x + 29 * y + 71 * c) % 256).astype(np.uint8)


def tiffs():
    four, two = pattern(4), pattern(2)
    options = {"planarconfig": "contig", "metadata": None}
    tifffile.imwrite(here / "bands.tif", four, photometric="rgb", extrasamples=["unspecified"], **options)
    tifffile.imwrite(here / "two.tif", two, photometric="minisblack", extrasamples=["unspecified"], **options)
    tifffile.imwrite(here / "la.tif", two, photometric="minisblack", extrasamples=["unassalpha"], **options)
    alpha = four[..., 3:].astype(float) / 255
    multiplied = np.concatenate([np.round(four[..., :3] * alpha).astype(np.uint8), four[..., 3:]], -1)
    tifffile.imwrite(here / "associated.tif", multiplied, photometric="rgb", extrasamples=["assocalpha"], **options)


def laid():
    rgba = Image.fromarray(np.random.default_rng(1).integers(0, 256, (1, 16, 4)).astype(np.uint8), "RGBA")
    cases = {}
    for name in ("white", "black", "#204060"):
        ground = Image.new("RGBA", rgba.size, ImageColor.getcolor(name, "RGBA"))
        seen = Image.alpha_composite(ground, rgba).convert("RGB")
        cases[name] = {"rgb": np.asarray(seen).ravel().tolist(), "grey": np.asarray(seen.convert("L")).ravel().tolist()}
    grey = np.asarray(rgba.convert("RGB").convert("L")).astype(float) * np.asarray(rgba)[..., 3] / 255
    (here / "alpha.json").write_text(json.dumps(
        {"rgba": np.asarray(rgba).ravel().tolist(), "laid": cases, "mask": np.round(grey, 3).ravel().tolist()}))


tiffs()
laid()
