"""Makes TIFF files of numbers that are not 8 or 16 bits, with tifffile and libtiff.

    pip install numpy pillow tifffile
    python tiffs.py          # in this folder; wants tiffcp (libtiff-tools)

The numbers are (4099x + 3341y + 9001c) mod 65536, less 32768 in signed files,
times 65537 in uint32.tif, over 65535 in unit.tif and double.tif; hounsfield.tif
has (97x + 211y) mod 4096 - 1024, packed12.tif the same without the -1024.
"""
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
import tifffile
from PIL import Image

W, H = 12, 9
here = pathlib.Path(__file__).parent


def pattern(channels):
    y, x, c = np.mgrid[:H, :W, :channels]
    return (4099 * x + 3341 * y + 9001 * c) % 65536


def write(name, data, **options):
    options = {"photometric": "minisblack", "metadata": None} | options
    tifffile.imwrite(here / name, data, **options)


grey = pattern(1)[..., 0]
write("int16.tif", (grey - 32768).astype(np.int16))
write("int16_big.tif", (grey - 32768).astype(np.int16), bigtiff=True, byteorder=">", tile=(16, 16))
write("uint32.tif", (grey * 65537).astype(np.uint32))
write("unit.tif", (grey / 65535).astype(np.float32))
write("double.tif", np.moveaxis(pattern(3), 2, 0) / 65535, photometric="rgb", planarconfig="separate", byteorder=">")
subprocess.run(["tiffcp", "-c", "lzw:3", here / "unit.tif", here / "float_predictor.tif"], check=True)

y, x = np.mgrid[:H, :W]
hounsfield = (97 * x + 211 * y) % 4096 - 1024
write("hounsfield.tif", hounsfield.astype(np.int16))
write("hounsfield_float.tif", hounsfield.astype(np.float32))

bits = "".join(f"{v:012b}" for v in (hounsfield + 1024).ravel())
rows = int(bits, 2).to_bytes(len(bits) // 8, "big")  # 12 numbers of 12 bits are whole bytes
tags = [(256, 3, W), (257, 3, H), (258, 3, 12), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1), (278, 3, H), (279, 4, len(rows))]
directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in tags) + struct.pack("<I", 0)
(here / "packed12.tif").write_bytes(b"II*\0" + struct.pack("<I", 8 + len(rows)) + rows + directory)

write("geo.tif", grey.astype(np.uint16), byteorder=">", extratags=[
    (33550, 12, 3, (10.0, 10.0, 0.0), True), (33922, 12, 6, (0.0, 0.0, 0.0, 500000.0, 4600000.0, 0.0), True),
    (34735, 3, 8, (1, 1, 0, 1, 3072, 0, 1, 32633), True), (42113, 2, 6, "-9999", True)])

y, x = np.mgrid[:40, :56]
smooth = np.stack([128 + 90 * np.sin(x / 9), 128 + 90 * np.cos(y / 8), 60 + 2 * x], -1).astype(np.uint8)
Image.fromarray(smooth).save(here / "jpeg.tif", compression="jpeg", quality=92)
with Image.open(here / "jpeg.tif") as seen:
    seen.convert("RGB").save(here / "jpeg.tif.png")
Image.fromarray(smooth[..., 0]).save(here / "jpeg_grey.tif", compression="jpeg", quality=92)
with Image.open(here / "jpeg_grey.tif") as seen:
    seen.save(here / "jpeg_grey.tif.png")
raw = pathlib.Path(tempfile.mkdtemp()) / "raw.tif"
Image.fromarray(smooth).save(raw)
for name, kind in (("jpeg_rgb.tif", "jpeg:r:92"), ("jpeg_ycc.tif", "jpeg:92")):
    subprocess.run(["tiffcp", "-c", kind, "-t", "-w", "32", "-l", "16", raw, here / name], check=True)
    with Image.open(here / name) as seen:
        seen.convert("RGB").save(here / f"{name}.png")
