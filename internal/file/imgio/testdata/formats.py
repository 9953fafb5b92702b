"""Makes files of many formats, and what other programs read of them.

    pip install numpy pillow
    python formats.py          # in this folder; wants cwebp, webpmux and convert

Every NAME has a NAME.png beside it: the same picture, read by libjpeg-turbo,
libwebp or Pillow and kept without loss. Of animations, NAME-2.png is the second
frame on its canvas.
"""
import pathlib
import struct
import subprocess
import tempfile
import zlib

import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
scratch = pathlib.Path(tempfile.mkdtemp())


def coloured(width, height, channels=3):
    """Smooth where JPEG is exact, with an edge of saturated colours and corners of
    white, black and red."""
    y, x = np.mgrid[:height, :width]
    p = np.stack([128 + 100 * np.sin(x / 3), 128 + 100 * np.cos(y / 4), 128 + 100 * np.sin((x + y) / 5)], -1)
    p[:, width // 2:width // 2 + 3] = (230, 20, 40)
    p[: height // 4, : width // 4] = 255
    p[-(height // 4):, : width // 4] = 0
    p[: height // 4, -(width // 4):] = (255, 0, 0)
    if channels == 4:
        p = np.concatenate([p, np.clip(255 * x / width + 20, 0, 255)[..., None]], -1)
    return Image.fromarray(p.astype(np.uint8))


def keep(name, frames=1):
    with Image.open(here / name) as picture:
        for i in range(frames):
            picture.seek(i)
            mode = "RGBA" if "A" in picture.mode or picture.info.get("transparency") is not None or i > 0 else "RGB"
            picture.convert(mode).save(here / (f"{name}.png" if i == 0 else f"{name}-{i + 1}.png"))


def run(*words):
    subprocess.run([str(w) for w in words], check=True, capture_output=True)


def jpegs():
    source = scratch / "source.png"
    coloured(37, 27).save(source)
    for name, factor in (("444", "1x1"), ("422", "2x1"), ("420", "2x2"), ("440", "1x2"), ("411", "4x1")):
        run("convert", source, "-sampling-factor", factor, "-quality", 92, here / f"chroma{name}.jpg")
        keep(f"chroma{name}.jpg")
    coloured(5, 6).crop((0, 0, 3, 5)).save(here / "chroma-narrow.jpg", quality=92, subsampling=2)
    keep("chroma-narrow.jpg")


def webps():
    for name, channels, size in (("lossy", 3, (37, 27)), ("lossy-alpha", 4, (38, 26))):
        coloured(*size, channels).save(here / f"{name}.webp", quality=90, exact=True)
        keep(f"{name}.webp")
    blocks = np.repeat(np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0]]], np.uint8), 16, 1).repeat(16, 0)
    Image.fromarray(blocks).save(here / "blocks.webp", quality=90)
    Image.fromarray(np.concatenate([blocks, np.full((16, 48, 1), 128, np.uint8)], -1)).save(here / "blocks-alpha.webp", quality=90)
    for i, (w, h, channels) in enumerate(((12, 10, 4), (8, 14, 3))):
        coloured(w, h, channels).save(scratch / f"{i}.webp", quality=90, exact=True, lossless=i == 1)
    clear = Image.new("RGBA", (20, 18))
    clear.save(scratch / "clear.webp", lossless=True)
    run("webpmux", "-frame", scratch / "0.webp", "+100+4+2+0+b", "-frame", scratch / "1.webp", "+100+10+4+1-b",
        "-frame", scratch / "clear.webp", "+100+0+0+1+b", "-o", here / "animated.webp")
    keep("animated.webp", 2)


def gifs():
    a, b = scratch / "a.png", scratch / "b.png"
    coloured(9, 8).quantize(16).save(a)
    coloured(7, 6).quantize(16).save(b)
    run("convert", "-size", "16x12", "-dispose", "none", "-page", "16x12+3+2", a, "-dispose", "previous", "-page", "16x12+8+5", b,
        "-loop", 0, here / "animated.gif")
    # Pillow paints the canvas around the first frame; browsers and ImageMagick do not.
    for i, name in enumerate(("animated.gif.png", "animated.gif-2.png")):
        run("convert", here / "animated.gif", "-coalesce", "-delete", 1 - i, f"PNG32:{here / name}")


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def packed(picture):
    rows = np.asarray(picture)
    return zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))


def apng():
    """The picture that readers without animations see is none of the frames."""
    def control(n, w, h, x, y, dispose, blend):
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, w, h, x, y, 1, 10, dispose, blend))
    first, second = coloured(8, 6, 4), coloured(7, 9, 4)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 12, 8, 6, 0, 0, 0))
    data += chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"IDAT", packed(Image.new("RGBA", (16, 12), (9, 9, 9, 255))))
    data += control(0, 8, 6, 3, 2, 0, 0) + chunk(b"fdAT", struct.pack(">I", 1) + packed(first))
    data += control(2, 7, 9, 6, 1, 1, 1) + chunk(b"fdAT", struct.pack(">I", 3) + packed(second)) + chunk(b"IEND", b"")
    (here / "animated.apng").write_bytes(data)
    canvas = Image.new("RGBA", (16, 12))
    canvas.paste(first, (3, 2))
    canvas.save(here / "animated.apng.png")
    canvas.alpha_composite(second, (6, 1))
    canvas.save(here / "animated.apng-2.png")


def bmps():
    source = scratch / "source.png"
    coloured(13, 7).save(source)
    run("convert", source, "-colors", 12, "-type", "Palette", "-compress", "RLE", here / "rle8.bmp")
    run("convert", source, "-colors", 12, "-type", "Palette", "-depth", 8, "-define", "bmp:format=bmp3", "-compress", "none", here / "palette8.bmp")
    for subtype in ("RGB555", "RGB565"):
        run("convert", source, "-define", f"bmp:subtype={subtype}", here / f"{subtype.lower()}.bmp")
    coloured(13, 7, 4).save(scratch / "alpha.png")
    run("convert", scratch / "alpha.png", here / "alpha.bmp")
    for name in ("rle8", "palette8", "rgb555", "rgb565", "alpha"):
        keep(f"{name}.bmp")
    # RLE4 by hand: 5×2 in two colours; runs, stored pixels, and a step over two.
    header = struct.pack("<IiiHHIIiiII", 40, 5, 2, 1, 4, 2, 0, 0, 0, 4, 0)
    colours = b"\0\0\0\0" + b"\xff\xff\xff\0" + b"\0\0\xff\0" + b"\xff\0\0\0"
    runs = bytes([3, 0x12, 2, 0x30, 0, 0, 0, 2, 1, 0, 0, 3, 0x12, 0x30, 0, 1])
    offset = 14 + len(header) + len(colours)
    (here / "rle4.bmp").write_bytes(b"BM" + struct.pack("<IHHI", offset + len(runs), 0, 0, offset) + header + colours + runs)
    palette = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255]], np.uint8)
    Image.fromarray(palette[[[0, 1, 2, 3, 0], [1, 2, 1, 3, 0]]]).save(here / "rle4.bmp.png")


def tiffs():
    y, x, c = np.mgrid[:9, :12, :3]
    pattern = Image.fromarray(((17 * x + 29 * y + 71 * c) % 256).astype(np.uint8))
    pattern.save(here / "pages.tif", save_all=True, append_images=[coloured(5, 7)])


jpegs()
tiffs()
webps()
gifs()
apng()
bmps()
