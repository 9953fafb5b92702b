"""Makes JPEG files of many kinds, and what libjpeg-turbo's djpeg reads of them.

    pip install numpy pillow
    python reference.py        # in this folder; wants cjpeg and djpeg

reference.json has for every file the SHA-256 of its rows, grey or RGB from the top;
for those of inks, NAME.ppm is what Pillow makes of them.
"""
import hashlib
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
source = pathlib.Path(tempfile.mkdtemp()) / "source.ppm"
found = {}


def picture(width, height):
    y, x = np.mgrid[:height, :width]
    p = np.stack([128 + 100 * np.sin(x / 3), 128 + 100 * np.cos(y / 4), 128 + 100 * np.sin((x + y) / 5)], -1)
    p += np.random.default_rng(1).normal(0, 15, p.shape)
    p[:, width // 2:width // 2 + 3] = (230, 20, 40)
    return Image.fromarray(np.clip(p, 0, 255).astype(np.uint8))


def write(name, size, *words):
    picture(*size).save(source)
    subprocess.run(["cjpeg", *words, "-outfile", here / f"{name}.jpg", source], check=True)
    rows = subprocess.run(["djpeg", "-pnm", here / f"{name}.jpg"], check=True, capture_output=True).stdout
    channels = 1 if rows.startswith(b"P5") else 3
    found[name] = hashlib.sha256(rows[-size[0] * size[1] * channels:]).hexdigest()


modes = [["-quality", "95"], ["-progressive"], ["-restart", "1B"], ["-progressive", "-restart", "2B"], ["-quality", "30", "-optimize"]]
samplings = """1x1,1x1,1x1 2x1,1x1,1x1 1x2,1x1,1x1 2x2,1x1,1x1 4x1,1x1,1x1 1x4,1x1,1x1 4x2,1x1,1x1 2x4,1x1,1x1
    1x1,2x2,1x1 1x1,1x1,2x2 2x2,2x1,1x2 2x2,1x2,2x1 3x1,1x1,1x1 1x3,1x1,1x1 4x1,2x1,1x1
    2x1,1x1,2x1 1x1,2x1,1x2"""
for i, sampling in enumerate(samplings.split()):
    write(sampling.replace(",", "-"), (37, 27), "-sample", sampling, *modes[i % len(modes)])
# More blocks than a scan may have at once, so one component a scan.
scans = source.with_name("scans")
scans.write_text("0; 1; 2;")
for sampling in "2x2,2x2,2x2", "3x3,1x1,1x1", "4x4,1x1,1x1", "2x4,2x2,1x1":
    write(sampling.replace(",", "-"), (37, 27), "-sample", sampling, "-scans", scans, "-restart", "3B")
write("narrow", (3, 9), "-sample", "2x2,1x1,1x1")
write("narrow-progressive", (2, 17), "-sample", "2x2,1x1,1x1", "-progressive")
write("one-pixel", (1, 1), "-sample", "4x2,1x1,1x1")
write("grey", (21, 10), "-grayscale")
write("grey-progressive", (21, 10), "-grayscale", "-progressive", "-sample", "2x2")
write("rgb", (21, 10), "-rgb", "-quality", "90")
(here / "reference.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")

picture(21, 10).convert("CMYK").save(here / "cmyk.jpg", quality=95)
picture(21, 10).save(source)
subprocess.run(["convert", source, "-colorspace", "CMYK", "-sampling-factor", "2x2", "-quality", "95", here / "ycck.jpg"], check=True)
for name in "cmyk", "ycck":
    Image.open(here / f"{name}.jpg").convert("RGB").save(here / f"{name}.ppm")
