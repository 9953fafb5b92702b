"""Makes reference.json, the numbers that the tests compare against.

    pip install numpy scikit-image
    python reference.py        # in this folder

The pictures are 19 high, 23 wide, 3 channels, 8 bits; b is a with noise.
"""
import json
import pathlib

import numpy as np
from skimage import metrics

H, W, C = 19, 23, 3
rng = np.random.default_rng(3)
y, x, c = np.mgrid[:H, :W, :C]
a = np.clip(128 + 60 * np.sin(x / 3 + c) + 50 * np.cos(y / 2) + rng.normal(0, 8, (H, W, C)), 0, 255).astype(np.uint8)
b = np.clip(a + rng.normal(0, 20, a.shape), 0, 255).astype(np.uint8)
fa, fb = a / 255.0, b / 255.0


def spectrum(picture):
    """Written down from its definition, with another transform than the tests'."""
    luma = picture @ [0.299, 0.587, 0.114]
    window = [np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2 for n in (H, W)]
    window = [w / np.sqrt((w ** 2).sum()) for w in window]
    power = abs(np.fft.fft2((luma - luma.mean()) * np.outer(*window))) ** 2
    radius = np.hypot(np.fft.fftfreq(H)[:, None], np.fft.fftfreq(W)[None])
    bins = min(H, W) // 2
    index = np.floor(radius * 2 * bins + 0.5).astype(int)
    return [power[index == k].mean() for k in range(bins)]


def gradient(picture):
    luma = picture @ [0.299, 0.587, 0.114]
    dx, dy = np.diff(luma, axis=1)[:-1], np.diff(luma, axis=0)[:, :-1]
    return np.hypot(dx, dy).mean()


sa, sb = np.array(spectrum(fa)), np.array(spectrum(fb))
reference = {
    "height": H, "width": W, "channels": C,
    "a": a.ravel().tolist(), "b": b.ravel().tolist(),
    "l1": abs(fa - fb).mean(),
    "l2": metrics.mean_squared_error(fa, fb),
    "psnr": metrics.peak_signal_noise_ratio(fa, fb, data_range=1),
    "ssim": metrics.structural_similarity(fa, fb, channel_axis=2, data_range=1),
    "ssimGaussian": metrics.structural_similarity(
        fa, fb, channel_axis=2, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False),
    "spectrum": list(sa),
    "spectrumDistance": np.sqrt(np.mean((np.log(sa[1:]) - np.log(sb[1:])) ** 2)),
    "gradient": gradient(fa),
}
pathlib.Path(__file__).with_name("reference.json").write_text(json.dumps(reference))
