"""Makes the files and numbers that the tests compare against, with other programs.

    pip install numpy pillow tifffile scikit-image
    python reference.py        # in this folder

Pictures are 12 wide and 9 high (a size that no block or tile divides) with
sample (17x + 29y + 71c) mod 256, or (4099x + 3341y + 9001c) mod 65536 with 16
bits, so a reader can compute what must come out.
"""
import json
import pathlib

import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps
from skimage import color

W, H = 12, 9
here = pathlib.Path(__file__).parent


def pattern(channels, bits=8):
    y, x, c = np.mgrid[:H, :W, :channels]
    if bits == 8:
        return ((17 * x + 29 * y + 71 * c) % 256).astype(np.uint8)
    return ((4099 * x + 3341 * y + 9001 * c) % 65536).astype(np.uint16)


def files():
    rgb, rgba, grey = (Image.fromarray(pattern(n).squeeze()) for n in (3, 4, 1))
    grey.save(here / "grey8.png")
    rgb.save(here / "rgb8.png")
    rgba.save(here / "rgba8.png")
    Image.fromarray(pattern(1, 16)[..., 0]).save(here / "grey16.png")
    rgb.save(here / "rgb8.bmp")
    grey.save(here / "grey8.gif")
    rgb.save(here / "rgb8.webp", lossless=True)
    rgba.save(here / "rgba8.webp", lossless=True, exact=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rgb.save(here / "profile.png", icc_profile=profile)
    rgb.save(here / "profile.webp", lossless=True, icc_profile=profile)
    rgb.save(here / "profile.tif", icc_profile=profile)
    grey.quantize(16).save(here / "palette.png")
    for compression in ("raw", "tiff_lzw", "packbits", "tiff_adobe_deflate"):
        rgb.save(here / f"rgb8_{compression}.tif", compression=compression)
    rgb.save(here / "rgb8_predictor.tif", compression="tiff_lzw", tiffinfo={317: 2})
    rgba.save(here / "rgba8.tif", compression="tiff_lzw")
    grey.convert("1").save(here / "bilevel.tif", compression="packbits")
    grey.convert("1").save(here / "fax.tif", compression="group4")
    grey.quantize(16).save(here / "palette.tif", compression="tiff_lzw")
    grey.convert("1").save(here / "bilevel.png")
    tifffile.imwrite(here / "stack16_be.tif", np.moveaxis(pattern(5, 16), 2, 0),
                     byteorder=">", photometric="minisblack", metadata=None)
    tifffile.imwrite(here / "samples16_planar.tif", np.moveaxis(pattern(5, 16), 2, 0),
                     photometric="minisblack", planarconfig="separate", compression="zlib", metadata=None)
    tifffile.imwrite(here / "samples8_tiled.tif", pattern(6), photometric="minisblack",
                     planarconfig="contig", tile=(16, 16), metadata=None)
    tifffile.imwrite(here / "rgb16_strips.tif", pattern(3, 16), photometric="rgb", rowsperstrip=4,
                     byteorder=">", metadata=None)
    white = np.iinfo(np.uint16).max - pattern(1, 16)[..., 0]
    tifffile.imwrite(here / "whiteiszero16.tif", white, photometric="miniswhite", metadata=None)
    tifffile.imwrite(here / "float.tif", pattern(1)[..., 0].astype(np.float32), metadata=None)
    tifffile.imwrite(here / "big.tif", pattern(1)[..., 0], bigtiff=True, metadata=None)


def smooth():
    """A picture that JPEG keeps within a level or two, different in each corner."""
    y, x = np.mgrid[:16, :24]
    return np.stack([x * 10, y * 15, 128 + 4 * (x - y)], -1).astype(np.uint8)


def jpegs():
    seen = Image.fromarray(smooth())
    undo = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
    for o in range(1, 9):
        stored = seen.transpose(undo[o]) if o > 1 else seen
        exif = Image.Exif()
        exif[0x0112] = o
        path = here / f"orientation{o}.jpg"
        stored.save(path, quality=100, subsampling=0, exif=exif)
        back = np.asarray(ImageOps.exif_transpose(Image.open(path))).astype(int)
        assert abs(back - smooth()).max() <= 4, o
    cmyk = seen.convert("CMYK")
    cmyk.save(here / "cmyk.jpg", quality=100, subsampling=0)
    seen.convert("L").save(here / "grey.jpg", quality=100)


def overlap(n, m):
    """The matrix of the mean over the area that each new pixel covers."""
    edges = np.arange(m + 1) * n / m
    left, right = edges[:-1, None], edges[1:, None]
    i = np.arange(n)[None]
    weights = np.clip(np.minimum(right, i + 1) - np.maximum(left, i), 0, None)
    return weights / weights.sum(1, keepdims=True)


def plain(n, m):
    """The matrix of linear interpolation at half-pixel centres."""
    centres = (np.arange(m) + 0.5) * n / m - 0.5
    return np.stack([np.interp(centres, np.arange(n), row) for row in np.eye(n)], 1)


def resizes():
    # Away from 0 and 1, so that no overshoot is clamped.
    picture = np.random.default_rng(1).uniform(0.3, 0.7, (11, 13)).astype(np.float32)
    pil = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    cases = []
    for w, h in ((29, 17), (7, 5), (13, 4), (20, 11), (3, 23), (1, 1)):
        for name, f in pil.items():
            out = np.asarray(Image.fromarray(picture).resize((w, h), f))
            cases.append({"filter": name, "width": w, "height": h, "pix": np.round(out.astype(float).ravel(), 7).tolist()})
        for name, matrix in (("area", overlap), ("bilinear-plain", plain)):
            out = matrix(11, h) @ picture.astype(np.float64) @ matrix(13, w).T
            cases.append({"filter": name, "width": w, "height": h, "pix": np.round(out.astype(float).ravel(), 7).tolist()})
    (here / "resize.json").write_text(json.dumps(
        {"width": 13, "height": 11, "pix": np.round(picture.astype(float), 7).ravel().tolist(), "cases": cases}))


def lab():
    rgb = np.random.default_rng(2).integers(0, 256, (40, 3))
    rgb[:4] = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [2, 5, 9]]
    values = color.rgb2lab(rgb[None] / 255.0)[0]
    (here / "lab.json").write_text(json.dumps({"rgb": rgb.tolist(), "lab": values.tolist()}))


files()
jpegs()
resizes()
lab()
