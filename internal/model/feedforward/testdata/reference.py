"""Reference values for the training of style networks, computed by PyTorch.

    pip install torch numpy safetensors
    python reference.py     # writes johnson.safetensors and adain.safetensors beside this file

Everything is small: a narrow network, a narrow VGG-19 of random weights in the place of
the trained one, pictures of 32x32. The networks are Johnson et al.'s (2016) as
PyTorch's fast_neural_style has it, without the biases that a norm cancels, and
naoto0804's port of AdaIN (Huang and Belongie 2017).

A file holds float32 tensors: pictures [batch, height, width, channels] in [-1, 1],
kernels [kh, kw, in, out].

    initial/<parameter>     weights before the first step, the encoder's included
    vgg/<parameter>         the network of the loss, of Johnson's: RGB from 0 to 1
    input/a, input/b        photographs, and of AdaIN the pictures of styles
    input/target/<layer>    of Johnson's, [batch, n, n]: moments to reach
    output/fake             of the first step
    gradient/<parameter>    of the first step
    losses                  [steps, 4]: content, style, variation, total

Losses are weighted. Johnson's are easel's relative ones: mean squared differences of
features and of their Gram matrices over positions, each divided by the mean square of
what is aimed at; and the nine-point total variation. AdaIN's are mean squared
differences of relu4_1 and, of four layers, of means and deviations.

Values are computed in float64. The metadata has one key, "reference", a JSON object.
"""

import json
import pathlib

import numpy as np
import safetensors.numpy
import torch
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
STEPS, BATCH, SIZE = 10, 2, 32
RATES = {"johnson": 1e-3, "adain": 1e-4}  # as they are published
CONTENT, STYLE, VARIATION = 0.05, 1.0, 0.5
STYLES = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
CONTENTS = ["relu4_2"]


def conv(x, p, name, stride=1, mirror=True):
    kernel = p[name + "/kernel"]
    around = kernel.shape[0] // 2
    x = F.pad(x, [around] * 4, mode="reflect") if mirror and around else x
    return F.conv2d(x, kernel.permute(3, 2, 0, 1), p.get(name + "/bias"), stride, 0 if mirror else around)


def normed(x, p, name, stride=1):
    return F.instance_norm(conv(x, p, name, stride), weight=p[name + "/norm/scale"], bias=p[name + "/norm/shift"], eps=1e-5)


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def johnson(x, p, blocks):
    y = (x + 1) * 127.5
    for k, stride in ((1, 1), (2, 2), (3, 2)):
        y = F.relu(normed(y, p, f"style/conv{k}", stride))
    for k in range(1, blocks + 1):
        z = F.relu(normed(y, p, f"style/block{k}/first"))
        y = y + normed(z, p, f"style/block{k}/second")
    for k in (1, 2):
        y = F.relu(normed(doubled(y), p, f"style/up{k}"))
    return conv(y, p, "style/picture") / 127.5 - 1


def features(x, p):
    """VGG-19 of a picture in 0 to 1, as it was trained."""
    found, x = {}, x + p["vgg/input/shift"].view(1, 3, 1, 1)
    for block, convolutions in enumerate((2, 2, 4, 4, 1), 1):
        if block > 1:
            x = F.max_pool2d(x, 2)
        for i in range(1, convolutions + 1):
            x = found[f"relu{block}_{i}"] = F.relu(conv(x, p, f"vgg/conv{block}_{i}", mirror=False))
    return found


def gram(f):
    b, c, h, w = f.shape
    f = f.reshape(b, c, h * w)
    return f @ f.transpose(1, 2) / (h * w)


def variation(x):
    x = F.pad(x, [1] * 4, mode="replicate")
    d1, d2 = x[..., 1:-1, 2:] - x[..., 1:-1, 1:-1], x[..., 2:, 1:-1] - x[..., 1:-1, 1:-1]
    d3, d4 = x[..., 1:, 1:] - x[..., :-1, :-1], x[..., 1:, :-1] - x[..., :-1, 1:]
    return 2 / 3 * ((d1**2).mean() + (d2**2).mean()) + 1 / 6 * ((d3**2).mean() + (d4**2).mean())


def relative(made, wanted):
    return F.mse_loss(made, wanted) / (wanted**2).mean()


def johnson_losses(p, inputs, blocks):
    fake = johnson(inputs["a"], p, blocks)
    made, seen = features((fake + 1) / 2, p), features((inputs["a"] + 1) / 2, p)
    content = sum(relative(made[l], seen[l]) for l in CONTENTS) / len(CONTENTS)
    style = sum(relative(gram(made[l]), inputs["target/" + l]) for l in STYLES) / len(STYLES)
    return fake, CONTENT * content, STYLE * style, VARIATION * variation((fake + 1) / 2)


def encodings(x, p):
    y, found, layer = conv((x + 1) / 2, p, "style/encoder0"), [], 1
    for block, convolutions in enumerate((2, 2, 4, 1)):
        if block:
            y = F.max_pool2d(y, 2, ceil_mode=True)
        for i in range(convolutions):
            y = F.relu(conv(y, p, f"style/encoder{layer}"))
            layer += 1
            if i == 0:
                found.append(y)
    return found


def decode(y, p):
    for layer in range(1, 10):
        y = conv(y, p, f"style/decoder{layer}")
        if layer < 9:
            y = F.relu(y)
        if layer in (1, 5, 7):
            y = doubled(y)
    return y * 2 - 1


def moments(f):
    return f.mean((2, 3), keepdim=True), (f.var((2, 3), keepdim=True) + 1e-5).sqrt()


def adain_losses(p, inputs, _):
    wanted, content = encodings(inputs["b"], p), encodings(inputs["a"], p)[-1]
    (mean, deviation), (own_mean, own) = moments(wanted[-1]), moments(content)
    t = (content - own_mean) / own * deviation + mean
    fake = decode(t, p)
    made = encodings(fake, p)
    style = sum(F.mse_loss(a, b) for f, w in zip(made, wanted) for a, b in zip(moments(f), moments(w)))
    return fake, CONTENT * F.mse_loss(made[-1], t), STYLE * style, VARIATION * variation((fake + 1) / 2)


def pictures(random, n):
    """Smooth pictures, as photographs are."""
    x = F.interpolate(torch.from_numpy(random.uniform(-1, 1, (n, 3, 6, 6))), size=(SIZE, SIZE), mode="bicubic")
    return (x + 0.1 * torch.from_numpy(random.standard_normal(x.shape))).clamp(-1, 1).float().double()


def kernel(random, p, name, k, into, out, bias):
    p[name + "/kernel"] = random.standard_normal((k, k, into, out)) * np.sqrt(2 / (k * k * into))
    if bias:
        p[name + "/bias"] = random.uniform(0, 0.4, out)  # mostly alive


def network(random, width, blocks):
    p = {}

    def layer(name, k, into, out):
        kernel(random, p, name, k, into, out, False)
        p[name + "/norm/scale"] = 1 + 0.1 * random.standard_normal(out)
        p[name + "/norm/shift"] = 0.1 * random.standard_normal(out)

    layer("style/conv1", 9, 3, width)
    layer("style/conv2", 3, width, 2 * width)
    layer("style/conv3", 3, 2 * width, 4 * width)
    for k in range(1, blocks + 1):
        layer(f"style/block{k}/first", 3, 4 * width, 4 * width)
        layer(f"style/block{k}/second", 3, 4 * width, 4 * width)
    layer("style/up1", 3, 4 * width, 2 * width)
    layer("style/up2", 3, 2 * width, width)
    kernel(random, p, "style/picture", 9, width, 3, True)
    p["style/picture/kernel"] *= 30
    p["style/picture/bias"] = p["style/picture/bias"] + 127.5
    return p


def vgg(random, width):
    p, into = {"vgg/input/shift": np.full(3, -0.5)}, 3
    for block, (convolutions, times) in enumerate(zip((2, 2, 4, 4, 1), (1, 2, 4, 8, 8)), 1):
        for i in range(1, convolutions + 1):
            kernel(random, p, f"vgg/conv{block}_{i}", 3, into, width * times, True)
            into = width * times
    return p


def coder(random, width):
    p, into = {}, 3
    kernel(random, p, "style/encoder0", 1, 3, 3, True)
    for i, times in enumerate((1, 1, 2, 2, 4, 4, 4, 4, 8), 1):
        kernel(random, p, f"style/encoder{i}", 3, into, width * times, True)
        into = width * times
    for i, out in enumerate((4, 4, 4, 4, 2, 2, 1, 1, 0), 1):
        kernel(random, p, f"style/decoder{i}", 3, into, width * out or 3, True)
        into = width * out or 3
    return p


def rounded(tensors):
    """Exactly float32 numbers, as float64."""
    return {name: torch.as_tensor(np.asarray(v), dtype=torch.float32).double() for name, v in tensors.items()}


def write(kind, width, blocks, seed):
    random = np.random.default_rng(seed)
    inputs = {"a": pictures(random, BATCH)}
    if kind == "johnson":
        initial, fixed, losses = rounded(network(random, width, blocks)), rounded(vgg(random, width)), johnson_losses
        seen = features((pictures(random, BATCH) + 1) / 2, fixed)
        inputs |= rounded({"target/" + l: gram(seen[l]) for l in STYLES})
    else:
        initial, fixed, losses = rounded(coder(random, width)), {}, adain_losses
        inputs["b"] = pictures(random, BATCH)
    weights = {n: v.clone().requires_grad_("encoder" not in n) for n, v in initial.items()}
    learning = {n: v for n, v in weights.items() if v.requires_grad}
    optimiser = torch.optim.Adam(learning.values(), lr=RATES[kind])
    tensors, rows = {}, []
    for step in range(STEPS):
        optimiser.zero_grad()
        fake, *parts = losses(weights | fixed, inputs, blocks)
        total = sum(parts)
        total.backward()
        rows.append([v.item() for v in (*parts, total)])
        if step == 0:
            tensors["output/fake"] = fake.detach().permute(0, 2, 3, 1)
            tensors |= {"gradient/" + n: v.grad.clone() for n, v in learning.items()}
        optimiser.step()
    tensors |= {"initial/" + n: v for n, v in initial.items()} | fixed
    tensors |= {"input/" + n: v.permute(0, 2, 3, 1) if n in "ab" else v for n, v in inputs.items()}
    tensors["losses"] = torch.tensor(rows)
    about = {
        "config": {"kind": kind, "width": width} | ({"blocks": blocks} if blocks else {}),
        "content_weight": CONTENT, "style_weight": STYLE, "variation_weight": VARIATION,
        "batch": BATCH, "size": SIZE, "steps": STEPS, "rate": RATES[kind], "torch": torch.__version__.split("+")[0],
    }
    path = HERE / f"{kind}.safetensors"
    safetensors.numpy.save_file({n: np.ascontiguousarray(v.numpy().astype(np.float32)) for n, v in tensors.items()}, path,
                                {"reference": json.dumps(about)})
    print(path.name, path.stat().st_size, rows[0], rows[-1])


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    write("johnson", 2, 1, 1)
    write("adain", 3, 0, 2)
