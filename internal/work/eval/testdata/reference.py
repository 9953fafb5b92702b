"""Makes reference.json, the numbers that reference_test.go compares against.

    pip install numpy scikit-image
    python reference.py        # in this folder

Pictures come from formulas of whole numbers, which the test has too.
"""
import json
import pathlib

import numpy as np
from skimage import color, metrics


def picture(k):
    y, x, c = np.mgrid[:48, :40, :3]
    return ((3 * x + 5 * y + (40 + 9 * k) * c + 4 * ((x * x + 3 * y * y) % 29) + k * ((x * y + c) % 23)) % 256) / 255


def histograms(pictures):
    lab = np.concatenate([color.rgb2lab(p, illuminant="D65").reshape(-1, 3) for p in pictures])
    ranges = [(0, 100), (-110, 110), (-110, 110)]
    return [np.histogram(np.clip(lab[:, c], *r), bins=100, range=r)[0] / len(lab) for c, r in enumerate(ranges)]


made, target = [picture(1), picture(3)], [picture(0), picture(2)]
pairs = list(zip(made, target))
reference = {
    "l1": np.mean([2 * abs(m - t).mean() for m, t in pairs]),
    "l2": np.mean([4 * ((m - t) ** 2).mean() for m, t in pairs]),
    "psnr": np.mean([metrics.peak_signal_noise_ratio(t, m, data_range=1) for m, t in pairs]),
    "ssim": np.mean([metrics.structural_similarity(t, m, channel_axis=2, data_range=1) for m, t in pairs]),
}
for name, p, q in zip("lab", histograms(made), histograms(target)):
    reference["histogram_" + name] = np.minimum(p, q).sum()
pathlib.Path(__file__).with_name("reference.json").write_text(json.dumps(reference, indent=1) + "\n")
