"""Writes reference.json: thinning by scikit-image and Gaussian filtering by SciPy.

    python reference.py > reference.json
"""
import json

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.morphology import thin

rng = np.random.default_rng(1)


def text(a):
    return ["".join("#" if v else "." for v in row) for row in a]


thinned = []
for h, w, sigma in [(24, 31, 1.0), (40, 33, 1.5), (20, 50, 2.0), (17, 17, 0.6)]:
    blob = gaussian_filter(rng.standard_normal((h, w)), sigma)
    before = blob > blob.mean()
    thinned.append({"before": text(before), "after": text(thin(before))})

smoothed = []
for h, w, sigma in [(9, 12, 1.0), (5, 7, 2.0), (3, 40, 4.0)]:
    a = rng.random((h, w))
    out = gaussian_filter(a, sigma, mode="reflect", truncate=3.0)
    smoothed.append({"width": w, "sigma": sigma, "in": a.round(6).ravel().tolist(),
                     "out": gaussian_filter(a.round(6), sigma, mode="reflect", truncate=3.0).round(7).ravel().tolist()})

print(json.dumps({"thinned": thinned, "smoothed": smoothed}, indent=1))
