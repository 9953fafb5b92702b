"""Writes reference.safetensors: what PyTorch makes of each preset's formulas.

    pip install torch safetensors numpy
    python reference.py

The network is that of ../../vgg/testdata/torchvision.safetensors, two channels
wide. Formulas are written down as their authors have them, not in the unit of
package style. Arithmetic is in float64; stored are float32, pictures channels
last, RGB in 0..1.
"""

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

BLOCKS = [2, 2, 4, 4, 4]
STYLE = ["relu%d_1" % b for b in range(1, 6)]
CONTENT = "relu4_2"
weights = load_file("../../vgg/testdata/torchvision.safetensors")


def features(x):
    mean = torch.tensor([0.485, 0.456, 0.406]).double().view(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).double().view(3, 1, 1)
    x, index, found = (x - mean) / deviation, 0, {}
    for block, count in enumerate(BLOCKS):
        for i in range(count):
            w = torch.from_numpy(weights["features.%d.weight" % index]).double()
            b = torch.from_numpy(weights["features.%d.bias" % index]).double()
            x = F.relu(F.conv2d(x, w, b, padding=1))
            found["relu%d_%d" % (block + 1, i + 1)] = x
            index += 2
        x = F.max_pool2d(x, 2)
        index += 1
    return found


def rows(f):
    """[N, M]: filters by positions."""
    return f[0].flatten(1)


def paper(x, content, style):
    """Equations 1, 4 and 5 of Gatys et al. 2016, alpha/beta = 1e-3; both Gram
    matrices as if of the generated picture's M."""
    alpha, beta = 1e-3, 1.0
    lc = ((rows(x[CONTENT]) - rows(content[CONTENT])) ** 2).sum() / 2
    ls = 0
    for layer in STYLE:
        f, s = rows(x[layer]), rows(style[layer])
        n, m = f.shape
        g, a = f @ f.T, s @ s.T * (m / s.shape[1])
        ls = ls + ((g - a) ** 2).sum() / (4 * n**2 * m**2) / 5
    return alpha * lc, beta * ls, 0


def gram_mean(f):
    return rows(f) @ rows(f).T / rows(f).shape[1]


def gatys(x, content, style):
    """BasicStyleTransfer with the original network."""
    ls = sum(1e3 / rows(x[l]).shape[0] ** 2 * F.mse_loss(gram_mean(x[l]), gram_mean(style[l])) for l in STYLE)
    return F.mse_loss(x[CONTENT], content[CONTENT]), ls, 0


def gatys_normalised(x, content, style):
    ls = sum(1e9 / 5 * F.mse_loss(gram_mean(x[l]), gram_mean(style[l])) for l in STYLE)
    return 1e6 * F.mse_loss(x[CONTENT], content[CONTENT]), ls, 0


def neural_style(x, content, style, picture):
    def gram(f):
        return rows(f) @ rows(f).T / f.numel()
    ls = sum(1e2 * F.mse_loss(gram(x[l]), gram(style[l])) for l in STYLE)
    p = picture[0] * 255
    dx, dy = p[:, :-1, 1:] - p[:, :-1, :-1], p[:, 1:, :-1] - p[:, :-1, :-1]
    tv = 1e-3 * 0.5 * ((dx**2).sum() + (dy**2).sum())
    return 5 * F.mse_loss(x[CONTENT], content[CONTENT]), ls, tv


def root(m):
    values, vectors = torch.linalg.eigh(m)
    return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T


def gaussian(f):
    mean = rows(f).mean(1)
    return mean, rows(f) @ rows(f).T / rows(f).shape[1] - torch.outer(mean, mean)


def wasserstein(f, s):
    """Squared 2-Wasserstein distance of Gaussians over N, both covariances with
    1e-4 of the style's mean second moment on the diagonal."""
    (m, c), (ms, cs) = gaussian(f), gaussian(s)
    n = len(m)
    ridge = 1e-4 * (rows(s) ** 2).mean() * torch.eye(n).double()
    c, a = c + ridge, root(cs + ridge)
    cross = root(a @ c @ a)
    return (((m - ms) ** 2).sum() + torch.trace(c) + torch.trace(cs + ridge) - 2 * torch.trace(cross)) / n


def crowsonkb(x, content, style, picture):
    share = [256 / 341, 64 / 341, 16 / 341, 4 / 341, 1 / 341]
    ls = sum(w * wasserstein(x[l], style[l]) for w, l in zip(share, STYLE))
    p = F.pad(picture, (1, 1, 1, 1), "replicate")
    a = ((p[..., 1:-1, 2:] - p[..., 1:-1, 1:-1]) ** 2).mean() / 3
    b = ((p[..., 2:, 1:-1] - p[..., 1:-1, 1:-1]) ** 2).mean() / 3
    c = ((p[..., 1:, 1:] - p[..., :-1, :-1]) ** 2).mean() / 12
    d = ((p[..., 1:, :-1] - p[..., :-1, 1:]) ** 2).mean() / 12
    return 0.015 * F.mse_loss(x[CONTENT], content[CONTENT]), ls, 2 * 2 * (a + b + c + d)


def relative(x, content, style):
    lc = 0.1 * ((x[CONTENT] - content[CONTENT]) ** 2).sum() / (content[CONTENT] ** 2).sum()
    ls = sum(0.2 * ((gram_mean(x[l]) - gram_mean(style[l])) ** 2).sum() / (gram_mean(style[l]) ** 2).sum() for l in STYLE)
    return lc, ls, 0


def masked(x, content, style, mask):
    """relative without content, where each position counts by the mean of the
    mask over its pixels."""
    ls = 0
    for l in STYLE:
        m, f = mask, rows(x[l])
        for _ in range(STYLE.index(l)):
            m = F.avg_pool2d(m, 2)
        m = m.flatten()
        g = f @ torch.diag(m) @ f.T / m.sum()
        ls = ls + 0.2 * ((g - gram_mean(style[l])) ** 2).sum() / (gram_mean(style[l]) ** 2).sum()
    return torch.zeros(()), ls, 0


def last(t):
    return np.ascontiguousarray(t.detach().numpy().transpose(0, 2, 3, 1)).astype(np.float32)


rng = np.random.default_rng(8)


def picture(height, width):
    # Waves and noise; float32, so that both sides see the same numbers.
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / (2 + c) + rng.random()) * np.cos(y / (3 + c)) for c in range(3)])
    return torch.from_numpy((0.5 + 0.3 * waves + rng.normal(0, 0.1, waves.shape))[None].astype(np.float32)).double()


x, content, style = picture(33, 38), picture(33, 38), picture(48, 32)
mask = torch.from_numpy(rng.random((1, 1, 33, 38)).astype(np.float32)).double()
out = {"picture": last(x), "content": last(content), "style": last(style), "mask": last(mask)}
with torch.no_grad():
    fc, fs = features(content), features(style)
for name, extra in [(paper, []), (gatys, []), (gatys_normalised, []), (neural_style, ["picture"]),
                    (crowsonkb, ["picture"]), (relative, []), (masked, ["mask"])]:
    p = x.clone().requires_grad_()
    more = [{"picture": p, "mask": mask}[e] for e in extra]
    parts = [torch.as_tensor(v, dtype=torch.float64) for v in name(features(p), fc, fs, *more)]
    sum(parts).backward()
    key = name.__name__
    out[key + "/losses"] = np.array([v.item() for v in parts], np.float32)
    out[key + "/gradient"] = last(p.grad)
save_file(out, "reference.safetensors")
