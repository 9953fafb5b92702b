#!/usr/bin/env python3
"""Makes small files as other programs' PyTorch code saves them, and what those
programs make of one picture: pytorch.json.

The networks are written down here after the descriptions of their layers and keys;
weights are random. Run in this folder with PyTorch 2.x; the files are kept beside."""
import copy
import json
import os
from collections import OrderedDict

import torch
from torch import nn

torch.manual_seed(1)


def norm_of(kind):
    """The norm layer, and whether convolutions before it have a bias."""
    if kind == "batch":
        return lambda c: nn.BatchNorm2d(c), False
    if kind == "batch after biases":  # pix2pixHD's --norm batch
        return lambda c: nn.BatchNorm2d(c), True
    if kind == "instance":
        return lambda c: nn.InstanceNorm2d(c), True
    return lambda c: nn.Identity(), False


class Block(nn.Module):
    """A level of the authors' U-Net, with the level below it inside."""

    def __init__(self, outer, inner, below=None, inputs=None, kind="batch", outermost=False, dropout=False):
        super().__init__()
        norm, bias = norm_of(kind)
        self.outermost = outermost
        down = nn.Conv2d(outer if inputs is None else inputs, inner, 4, 2, 1, bias=bias)
        leaky, relu = nn.LeakyReLU(0.2), nn.ReLU()
        if outermost:
            layers = [down, below, relu, nn.ConvTranspose2d(2 * inner, outer, 4, 2, 1), nn.Tanh()]
        elif below is None:
            layers = [leaky, down, relu, nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=bias), norm(outer)]
        else:
            layers = [leaky, down, norm(inner), below, relu, nn.ConvTranspose2d(2 * inner, outer, 4, 2, 1, bias=bias), norm(outer)]
            if dropout:
                layers.append(nn.Dropout(0.5))
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        y = self.model(x)
        return y if self.outermost else torch.cat([x, y], 1)  # skip first


class Unet(nn.Module):
    def __init__(self, levels, inputs, outputs, width, kind):
        super().__init__()
        block = Block(8 * width, 8 * width, kind=kind)
        for _ in range(levels - 5):
            block = Block(8 * width, 8 * width, block, kind=kind, dropout=True)
        for factor in (4, 2, 1):
            block = Block(factor * width, 2 * factor * width, block, kind=kind)
        self.model = Block(outputs, width, block, inputs=inputs, kind=kind, outermost=True)

    def forward(self, x):
        return self.model(x)


class Residual(nn.Module):
    def __init__(self, c, norm, bias, dropout):
        super().__init__()
        layers = [nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm(c), nn.ReLU()]
        if dropout:
            layers.append(nn.Dropout(0.5))
        layers += [nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm(c)]
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv_block(x)


class Resnet(nn.Module):
    """The authors' generator of residual blocks; with downs = 4 and instance norm it is pix2pixHD's global one."""

    def __init__(self, blocks, inputs, outputs, width, kind, dropout=False, downs=2):
        super().__init__()
        norm, bias = norm_of(kind)
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7, bias=bias), norm(width), nn.ReLU()]
        for i in range(downs):
            c = width << i
            layers += [nn.Conv2d(c, 2 * c, 3, 2, 1, bias=bias), norm(2 * c), nn.ReLU()]
        layers += [Residual(width << downs, norm, bias, dropout) for _ in range(blocks)]
        for i in range(downs, 0, -1):
            c = width << i
            layers += [nn.ConvTranspose2d(c, c // 2, 3, 2, 1, output_padding=1, bias=bias), norm(c // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Local(nn.Module):
    """pix2pixHD's local enhancer, around its global generator at half the size."""

    def __init__(self, blocks, inputs, outputs, width, local_blocks, downs=2, kind="instance"):
        super().__init__()
        norm, bias = norm_of(kind)
        self.model = nn.Sequential(*list(Resnet(blocks, inputs, outputs, 2 * width, kind, downs=downs).model)[:-3])
        self.model1_1 = nn.Sequential(
            nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7), norm(width), nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, 2, 1), norm(2 * width), nn.ReLU())
        self.model1_2 = nn.Sequential(
            *[Residual(2 * width, norm, bias, False) for _ in range(local_blocks)],
            nn.ConvTranspose2d(2 * width, width, 3, 2, 1, output_padding=1), norm(width), nn.ReLU(),
            nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh())
        self.halve = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)

    def forward(self, x):
        return self.model1_2(self.model1_1(x) + self.model(self.halve(x)))


class Labels(nn.Module):
    """pix2pixHD's network of labels and the edges of instances: those of a second channel,
    or the regions of a label."""

    def __init__(self, net, classes, instances=False):
        super().__init__()
        self.net, self.classes, self.instances = net, classes, instances

    def forward(self, x):
        labels = ((x[:, 0] + 1) * 127.5).round().long()
        hot = nn.functional.one_hot(labels, self.classes).permute(0, 3, 1, 2).float()
        if self.instances:
            labels = (x[:, 1] * 65535).round()
        edge = torch.zeros_like(labels, dtype=torch.bool)
        across, down = labels[:, :, 1:] != labels[:, :, :-1], labels[:, 1:] != labels[:, :-1]
        edge[:, :, 1:] |= across
        edge[:, :, :-1] |= across
        edge[:, 1:] |= down
        edge[:, :-1] |= down
        return self.net(torch.cat([hot, edge[:, None].float()], 1))

    def state_dict(self):
        return self.net.state_dict()


class Gan(nn.Module):
    """PyTorch-GAN's pix2pix, and huggan's."""

    def __init__(self, levels, inputs, outputs, width):
        super().__init__()
        self.levels, before, widths = levels, inputs, []
        for k in range(1, levels + 1):
            c = width * min(2 ** (k - 1), 8)
            down = nn.Module()
            down.model = nn.Sequential(*[m for m in (
                nn.Conv2d(before, c, 4, 2, 1, bias=False), nn.InstanceNorm2d(c) if 1 < k < levels else None,
                nn.LeakyReLU(0.2), nn.Dropout(0.5) if k > 3 else None) if m])
            setattr(self, "down%d" % k, down)
            before = c
            widths.append(c)
        for j in range(1, levels):
            c = widths[levels - j - 1]
            up = nn.Module()
            up.model = nn.Sequential(*[m for m in (
                nn.ConvTranspose2d(before, c, 4, 2, 1, bias=False), nn.InstanceNorm2d(c), nn.ReLU(), nn.Dropout(0.5) if j < 5 else None) if m])
            setattr(self, "up%d" % j, up)
            before = 2 * c
        self.final = nn.Sequential(nn.Upsample(scale_factor=2), nn.ZeroPad2d((1, 0, 1, 0)), nn.Conv2d(before, outputs, 4, padding=1), nn.Tanh())

    def forward(self, x):
        skips = []
        for k in range(1, self.levels + 1):
            x = getattr(self, "down%d" % k).model(x)
            skips.append(x)
        skips.pop()
        for j in range(1, self.levels):
            x = torch.cat([getattr(self, "up%d" % j).model(x), skips.pop()], 1)
        return self.final(x)


class Layer(nn.Module):
    """A convolution of fast_neural_style, whose border is mirrored."""

    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        self.pad = nn.ReflectionPad2d(kernel // 2)
        self.conv2d = nn.Conv2d(inputs, outputs, kernel, stride)

    def forward(self, x):
        return self.conv2d(self.pad(x))


class StyleBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1, self.in1 = Layer(c, c, 3, 1), nn.InstanceNorm2d(c, affine=True)
        self.conv2, self.in2 = Layer(c, c, 3, 1), nn.InstanceNorm2d(c, affine=True)

    def forward(self, x):
        return x + self.in2(self.conv2(torch.relu(self.in1(self.conv1(x)))))


class Style(nn.Module):
    """Johnson et al.'s network as PyTorch's example fast_neural_style has it."""

    def __init__(self, c):
        super().__init__()
        norm = lambda n: nn.InstanceNorm2d(n, affine=True)
        self.conv1, self.in1 = Layer(3, c, 9, 1), norm(c)
        self.conv2, self.in2 = Layer(c, 2 * c, 3, 2), norm(2 * c)
        self.conv3, self.in3 = Layer(2 * c, 4 * c, 3, 2), norm(4 * c)
        for i in range(1, 6):
            setattr(self, "res%d" % i, StyleBlock(4 * c))
        self.deconv1, self.in4 = Layer(4 * c, 2 * c, 3, 1), norm(2 * c)
        self.deconv2, self.in5 = Layer(2 * c, c, 3, 1), norm(c)
        self.deconv3 = Layer(c, 3, 9, 1)

    def forward(self, x):
        """From 0 to 255 in the program, from -1 to 1 here."""
        y = (x + 1) * 127.5
        for i in (1, 2, 3):
            y = torch.relu(getattr(self, "in%d" % i)(getattr(self, "conv%d" % i)(y)))
        for i in range(1, 6):
            y = getattr(self, "res%d" % i)(y)
        for i in (1, 2):
            y = nn.functional.interpolate(y, scale_factor=2, mode="nearest")
            y = torch.relu(getattr(self, "in%d" % (i + 3))(getattr(self, "deconv%d" % i)(y)))
        return self.deconv3(y) / 127.5 - 1


class Patch(nn.Module):
    """The authors' discriminator of patches."""

    def __init__(self, inputs, width, layers, kind):
        super().__init__()
        norm, bias = norm_of(kind)
        model, before = [nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.2)], width
        for k in range(1, layers + 1):
            out = width * min(2 ** k, 8)
            model += [nn.Conv2d(before, out, 4, 2 if k < layers else 1, 1, bias=bias), norm(out), nn.LeakyReLU(0.2)]
            before = out
        model.append(nn.Conv2d(before, 1, 4, 1, 1))
        self.model = nn.Sequential(*model)

    def forward(self, x):
        return self.model(x)


def vgg(c):
    """AdaIN's encoder: VGG-19, borders mirrored, after a convolution of 1x1."""
    layers, inputs = [nn.Conv2d(3, 3, 1)], 3
    for block, (width, count) in enumerate(((c, 2), (2 * c, 2), (4 * c, 4), (8 * c, 4), (8 * c, 4))):
        if block:
            layers.append(nn.MaxPool2d(2, 2, 0, ceil_mode=True))
        for _ in range(count):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(inputs, width, 3), nn.ReLU()]
            inputs = width
    return nn.Sequential(*layers)


def adain_decoder(c):
    layers, inputs = [], 8 * c
    for width, up in ((4, True), (4, False), (4, False), (4, False), (2, True), (2, False), (1, True), (1, False), (0, False)):
        out = width * c or 3
        layers += [nn.ReflectionPad2d(1), nn.Conv2d(inputs, out, 3)]
        inputs = out
        if width:
            layers.append(nn.ReLU())
        if up:
            layers.append(nn.Upsample(scale_factor=2, mode="nearest"))
    return nn.Sequential(*layers)


class AdaIN(nn.Module):
    """Half of the statistics of a style of 27x35 pixels; pictures from 0 to 1 there."""

    def __init__(self, c):
        super().__init__()
        self.encoder, self.decoder = vgg(c), adain_decoder(c)

    def features(self, x):
        return self.encoder[:31]((x + 1) / 2)

    def forward(self, x):
        c, s = self.features(x), self.features(picture(3, 27, 35))
        moments = lambda f: (f.mean((2, 3), keepdim=True), (f.var((2, 3), keepdim=True) + 1e-5).sqrt())
        (cm, cd), (sm, sd) = moments(c), moments(s)
        t = (c - cm) / cd * sd + sm
        return self.decoder(0.5 * t + 0.5 * c) * 2 - 1


def randomise(net, gain=1.4):
    """Weights large enough that every layer counts; stored statistics unlike the picture's."""
    for m in net.modules():
        if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
            # Four of sixteen taps reach a result of a transposed convolution.
            reached = m.weight[0].numel() if isinstance(m, nn.Conv2d) else m.weight.shape[0] * m.weight[0, 0].numel() / 4
            nn.init.normal_(m.weight, 0, gain / reached ** 0.5)
            if m.bias is not None:
                nn.init.normal_(m.bias, 0, 0.3)
        if isinstance(m, nn.BatchNorm2d):
            nn.init.normal_(m.weight, 1, 0.2)
            nn.init.normal_(m.bias, 0, 0.2)
            m.running_mean.normal_(0, 0.3)
            m.running_var.uniform_(0.5, 1.5)
    return net


def picture(channels, height, width):
    """A picture that the test makes too, in [-1, 1]."""
    c, y, x = torch.meshgrid(*(torch.arange(n, dtype=torch.float64) for n in (channels, height, width)), indexing="ij")
    return torch.sin(0.37 * x + 0.61 * y * (c + 1) + c).float()[None]


def labels(classes, size, instances):
    """A picture of classes that the test makes too: [1, 1, size, size], value v of 0 to 255 as
    v/127.5 - 1; and of instances, of 16 bits."""
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    picture = [((x // 5 + y // 7) % classes) / 127.5 - 1]
    if instances:
        picture.append((26000 + x // 3 + y // 4) / 32767.5 - 1)
    return torch.stack(picture)[None]


def run(net, size, every=1, stored=False):
    """The net's output without dropout: norms use the picture, unless stored; every
    so many rows and columns."""
    net = copy.deepcopy(net).train(not stored)  # running would change stored statistics
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.eval()
    with torch.no_grad():
        y = net(labels(net.classes, size, net.instances) if isinstance(net, Labels) else picture(channels_of(net), size, size))
    return [round(v, 6) for v in y[0, :, ::every, ::every].permute(1, 2, 0).reshape(-1).tolist()]


def channels_of(net):
    return next(m for m in net.modules() if isinstance(m, nn.Conv2d)).weight.shape[1]


def old(state):
    """The keys of PyTorch before 0.4.1."""
    return OrderedDict((k, v) for k, v in state.items() if not k.endswith("num_batches_tracked"))


def statistics(state):
    """An instance norm's statistics, which PyTorch up to 0.3 kept and did not use."""
    out = OrderedDict()
    for k, v in state.items():
        out[k] = v
    for k in [k for k in state if k.endswith(".model.5.bias") or k.endswith(".model.1.model.1.bias")]:
        prefix = k.rsplit(".", 2)
        base = "%s.%d" % (prefix[0], int(prefix[1]) + 1)
        out[base + ".running_mean"] = torch.zeros(len(state[k]))
        out[base + ".running_var"] = torch.ones(len(state[k]))
    return out


cases = []


def case(file, net, size, every=1, legacy=False, keys=lambda s: s, prefix="", half=False, stored=False):
    state = keys(net.state_dict())
    state = OrderedDict((prefix + k, v.half() if half and v.is_floating_point() else v) for k, v in state.items())
    if half:
        net.half().float()
    torch.save(state, file, _use_new_zipfile_serialization=not legacy)
    c = {"file": file, "size": size, "every": every, "picture": run(net, size, every)}
    if stored:
        c["stored"] = run(net, size, every, stored=True)
    cases.append(c)


if __name__ == "__main__":
    case("unet_batch.pth", randomise(Unet(5, 3, 3, 1, "batch")), 32, 2, stored=True)
    case("unet_batch_old.pth", randomise(Unet(6, 1, 3, 1, "batch")), 64, 4, legacy=True, keys=old, prefix="module.")
    case("unet_instance.pth", randomise(Unet(5, 3, 3, 2, "instance")), 64, 4)
    case("unet_instance_old.pth", randomise(Unet(5, 3, 1, 1, "instance")), 32, 2, legacy=True, keys=statistics)
    case("unet_none.pth", randomise(Unet(5, 3, 3, 1, "none")), 32, 2)
    case("unet_256.pth", randomise(Unet(8, 3, 3, 1, "batch")), 256, 16, half=True)
    case("resnet_6.pth", randomise(Resnet(6, 3, 3, 1, "instance")), 32, 2)
    case("resnet_9_dropout.pth", randomise(Resnet(9, 3, 3, 1, "batch", dropout=True), 0.9), 32, 2, stored=True)
    case("resnet_none.pth", randomise(Resnet(6, 2, 1, 1, "none")), 32, 2)
    case("hd_global.pth", randomise(Resnet(3, 3, 3, 1, "instance", downs=4)), 64, 4)
    style = randomise(Style(1))
    style.deconv3.conv2d.weight.data *= 60  # the picture's range
    case("style.pth", style, 32, 2)
    os.makedirs("discriminator", exist_ok=True)
    maps = []
    for kind, layers in (("batch", 3), ("instance", 2), ("none", 2)):
        net = randomise(Patch(6, 2, layers, kind))
        torch.save(net.state_dict(), "discriminator/%s_net_D.pth" % kind)
        x = picture(3, 64, 64)
        with torch.no_grad():
            y = net(torch.cat([x, x.flip(3)], 1))
        maps.append({"file": "%s_net_D.pth" % kind, "map": [round(v, 6) for v in y.reshape(-1).tolist()]})
    with open("discriminator/maps.json", "w") as f:
        json.dump(maps, f)
    net = randomise(AdaIN(2), 1.2)
    for m in net.encoder:  # so that few channels are dead
        if isinstance(m, nn.Conv2d):
            m.bias.data = m.bias.data.abs()
    os.makedirs("adain", exist_ok=True)
    torch.save(net.encoder.state_dict(), "adain/vgg_normalised.pth")
    torch.save(net.decoder.state_dict(), "adain/decoder.pth")
    cases.append({"file": "adain", "size": 32, "every": 2, "picture": run(net, 32, 2)})
    # The state is set anew, so that what is above stays as it was.
    torch.manual_seed(2)
    case("hd_local.pth", randomise(Local(2, 3, 3, 1, 3)), 32, 2)
    case("hd_labels.pth", randomise(Labels(Resnet(2, 7, 3, 1, "instance", downs=3), 6)), 32, 2)
    case("hd_local_labels.pth", randomise(Labels(Local(2, 7, 3, 1, 2, downs=3), 6)), 64, 4)
    case("huggan.bin", randomise(Gan(6, 3, 3, 1)), 64, 4)
    case("hd_instances.pth", randomise(Labels(Resnet(2, 7, 3, 1, "instance", downs=3), 6, True)), 32, 2)
    cases[-1]["instances"] = True
    case("hd_batch.pth", randomise(Resnet(2, 3, 3, 1, "batch after biases", downs=3), 0.9), 32, 2, stored=True)
    with open("pytorch.json", "w") as f:
        json.dump(cases, f)
