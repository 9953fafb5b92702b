"""Makes grid.json: the grid and weave measures and the sliced Wasserstein distance.

    pip install numpy scipy
    python grid.py        # in this folder

Pictures and vectors come from formulas of whole numbers, which the test has too.
"""
import json
import pathlib

import numpy as np
import scipy.stats


def picture(h, w, amplitude):
    y, x, c = np.mgrid[:h, :w, :3]
    p = ((3 * x + 5 * y + 40 * c + 4 * ((x * x + 3 * y * y) % 29)) % 256) / 255
    return (p + amplitude * ((x % 4 == 1) + (y % 2))).astype(np.float32)


def log_power(p):
    h, w, _ = p.shape
    luma = p.astype(float) @ [0.299, 0.587, 0.114]
    window = [np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2 for n in (h, w)]
    window = [v / np.sqrt((v ** 2).sum()) for v in window]
    return np.log(np.maximum(abs(np.fft.fft2((luma - luma.mean()) * np.outer(*window))) ** 2, 1e-11))


def grid(p):
    h, w, _ = p.shape
    power, excess = log_power(p), []
    for period in (2, 4, 8):
        for n, lines in ((h, power.mean(1)), (w, power.mean(0))):
            k = int(np.floor(n / period + 0.5))
            excess.append(lines[k] - (lines[k - 3] + lines[(k + 3) % n]) / 2)
    return np.mean(excess)


def weave(p):
    fy, fx = (abs(np.fft.fftfreq(n)) for n in p.shape[:2])
    fy, fx = np.meshgrid(fy, fx, indexing="ij")
    ring = (np.hypot(fy, fx) >= 0.4) & (np.hypot(fy, fx) <= 0.5)
    angle = np.degrees(np.arctan2(fy, fx))
    power = log_power(p)
    return power[ring & (abs(angle - 45) >= 30)].mean() - power[ring & (abs(angle - 45) <= 15)].mean()


def vectors(n, length, k):
    i, j = np.mgrid[:n, :length]
    return ((7 * i * i + 3 * j + k * ((i * j) % 11)) % 31) / 31


a, b, directions = vectors(40, 6, 1), vectors(40, 6, 4), vectors(5, 6, 2)
out = {
    "grid": [grid(picture(h, w, amplitude)) for h, w, amplitude in ((64, 96, 0), (64, 96, 0.1), (128, 128, 0.05), (90, 70, 0.2))],
    "weave": [weave(picture(h, w, amplitude)) for h, w, amplitude in ((16, 24, 0), (64, 96, 0.1), (127, 131, 0.05), (89, 71, 0.2))],
    "sliced": float(np.mean([scipy.stats.wasserstein_distance(a @ d, b @ d) for d in directions])),
}
pathlib.Path(__file__).with_name("grid.json").write_text(json.dumps(out, indent=1) + "\n")
