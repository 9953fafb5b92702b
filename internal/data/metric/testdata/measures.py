"""Makes measures.json, the numbers that reference_test.go compares against.

    pip install numpy scipy scikit-learn scikit-image torch torchmetrics
    python measures.py        # in this folder

Pictures, labels and vectors come from formulas of whole numbers, which the test
has too, so that only results are stored.
"""
import json
import pathlib

import numpy as np
import scipy.linalg
import scipy.ndimage
import scipy.stats
import torch
from sklearn import metrics
from sklearn.metrics.pairwise import polynomial_kernel
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure as ms_ssim

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def picture(h, w, channels, k):
    y, x, c = np.mgrid[:h, :w, :channels]
    return ((3 * x + 5 * y + 40 * c + 4 * ((x * x + 3 * y * y) % 29) + k * ((x * y + c) % 23)) % 256) / 255


def multiscale(h, w, channels, scales):
    """torchmetrics averages over channels before it multiplies scales, we after."""
    a, b = picture(h, w, channels, 0), picture(h, w, channels, 2)
    weights = np.array(WEIGHTS[:scales]) / sum(WEIGHTS[:scales])
    plane = lambda p, c: torch.tensor(p[None, None, :, :, c])
    return float(np.mean([ms_ssim(plane(a, c), plane(b, c), data_range=1.0, betas=tuple(weights), normalize="relu")
                          for c in range(channels)]))


def lengths(p):
    luma = p @ [0.299, 0.587, 0.114]
    return np.hypot(np.diff(luma, axis=1)[:-1], np.diff(luma, axis=0)[:, :-1]).ravel()


def labels(h, w, k):
    y, x = np.mgrid[:h, :w]
    return ((x // 5 + y // 4 + (x * y) % (7 + k) // 5) % 4).astype(int)


def invented(truth, predicted, minimum):
    count = area = 0
    for c in range(predicted.max() + 1):
        components, n = scipy.ndimage.label(predicted == c, structure=np.ones((3, 3)))
        for i in range(1, n + 1):
            inside = components == i
            size = (inside & (truth >= 0)).sum()
            if not (truth[inside] == c).any() and size >= max(minimum, 1):
                count, area = count + 1, area + int(size)
    return [count, area]


def vectors(n, d, k):
    i, j = np.mgrid[:n, :d]
    return ((7 * i * i + 11 * j + k * i * j + (i * j * j) % 13) % 31) / 31 + 0.1 * k


def frechet(x, y):
    cx, cy = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(cx @ cy)
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(cx + cy) - 2 * np.trace(root).real)


def kernel(x, y):
    k = lambda a, b: polynomial_kernel(a, b, degree=3, gamma=1 / x.shape[1], coef0=1)
    off = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return float(off(k(x, x)) + off(k(y, y)) - 2 * k(x, y).mean())


truth, predicted = labels(40, 37, 0), labels(40, 37, 3)
holes = truth.copy()
holes[5:20, 8:30] = -1
kept = holes.ravel() >= 0
t, p = holes.ravel()[kept], predicted.ravel()[kept]
ga, gb = lengths(picture(50, 41, 3, 0)), lengths(picture(50, 41, 3, 2))
x, y = vectors(40, 12, 1), vectors(33, 12, 2)
reference = {
    "multiScale5": multiscale(192, 180, 3, 5),
    "multiScale3": multiscale(64, 48, 1, 3),
    "earthMover": scipy.stats.wasserstein_distance(ga, gb),
    "meanLength": ga.mean(),
    "confusion": metrics.confusion_matrix(t, p).ravel().tolist(),
    "pixelAccuracy": metrics.accuracy_score(t, p),
    "classAccuracy": metrics.balanced_accuracy_score(t, p),
    "classIoU": metrics.jaccard_score(t, p, average="macro"),
    "invented": invented(truth, predicted, 1),
    "inventedLarge": invented(truth, predicted, 4),
    "inventedHoles": invented(holes, predicted, 1),
    "frechet": frechet(x, y),
    "frechetFew": frechet(x[:8], y[:9]),
    "kernel": kernel(x, y),
}
pathlib.Path(__file__).with_name("measures.json").write_text(json.dumps(reference, indent=1) + "\n")
