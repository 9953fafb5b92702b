"""Makes pictures with colour profiles, and what LittleCMS makes of them in sRGB.

    pip install numpy pillow
    python profiles.py         # in this folder

wide.png has the primaries of Adobe RGB (1998) and one gamma, p3.png those of
Display P3 and the curve of sRGB as a formula, table.jpg a curve as a table, grey.png
a grey gamma; printer.png has a profile for CMYK.
"""
import io
import pathlib
import struct

import numpy as np
from PIL import Image, ImageCms

here = pathlib.Path(__file__).parent


def fixed(v):
    return struct.pack(">i", round(v * 65536))


def xyz(v):
    return b"XYZ \0\0\0\0" + b"".join(fixed(c) for c in v)


def gamma(g):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(g * 256))


def table(f, n=33):
    return b"curv\0\0\0\0" + struct.pack(">I", n) + b"".join(struct.pack(">H", round(65535 * f(i / (n - 1)))) for i in range(n))


SRGB = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))


def profile(space, tags):
    tags = tags | {"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78), "cprt": b"text\0\0\0\0none\0",
                   "wtpt": xyz((0.9642, 1.0, 0.8249))}
    entries, content, at = b"", b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        entries += name.encode() + struct.pack(">II", at + len(content), len(value))
        content += value
    size = at + len(content)
    header = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, b"mntr", space, b"XYZ ") + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + fixed(0.9642) + fixed(1) + fixed(0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + content


def rgb(primaries, curve):
    names = dict(zip(("rXYZ", "gXYZ", "bXYZ"), map(xyz, primaries)))
    return profile(b"RGB ", names | {n: curve for n in ("rTRC", "gTRC", "bTRC")})


ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
P3 = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
colours = Image.fromarray(np.random.default_rng(3).integers(0, 256, (9, 12, 3)).astype(np.uint8))
y, x = np.mgrid[:16, :24]
smooth = Image.fromarray(np.stack([x * 10, y * 15, 128 + 4 * (x - y)], -1).astype(np.uint8))


def keep(name, picture, data, **options):
    picture.save(here / name, icc_profile=data, **options)
    with Image.open(here / name) as stored:
        seen = ImageCms.profileToProfile(stored, ImageCms.ImageCmsProfile(io.BytesIO(data)), ImageCms.createProfile("sRGB"),
                                         renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB")
    (seen if picture.mode == "RGB" else seen.convert("L")).save(here / f"{name}.png")


keep("profile-wide.png", colours, rgb(ADOBE, gamma(563 / 256)))
keep("profile-p3.png", colours, rgb(P3, SRGB))
keep("profile-table.jpg", smooth, rgb(P3, table(lambda v: v ** 1.8)), quality=100, subsampling=0)
keep("profile-grey.png", colours.convert("L"), profile(b"GRAY", {"kTRC": gamma(1.8)}))
colours.save(here / "profile-printer.png", icc_profile=profile(b"CMYK", {}))
