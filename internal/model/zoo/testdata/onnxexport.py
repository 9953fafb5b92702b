#!/usr/bin/env python3
"""Makes small ONNX files as PyTorch exports the networks of pytorch.py, and what they
make of one picture: onnxexport.json. Names of tensors are lost where PyTorch folds
constants, and taken away where it does not. Run in this folder with PyTorch 2.x, ONNX
and ONNX Runtime; the files are kept beside."""
import json

import onnx
import onnxruntime as ort
import torch

import pytorch as p

torch.manual_seed(5)
cases = []


class Style(p.Style):
    """From 0 to 255, as the program has it."""

    def forward(self, y):
        for i in (1, 2, 3):
            y = torch.relu(getattr(self, "in%d" % i)(getattr(self, "conv%d" % i)(y)))
        for i in range(1, 6):
            y = getattr(self, "res%d" % i)(y)
        for i in (1, 2):
            y = torch.nn.functional.interpolate(y, scale_factor=2, mode="nearest")
            y = torch.relu(getattr(self, "in%d" % (i + 3))(getattr(self, "deconv%d" % i)(y)))
        return self.deconv3(y)


def nameless(file):
    """The tensors are numbered, in no order."""
    model = onnx.load(file)
    names = {t.name: "onnx::%d" % (900 - 7 * i) for i, t in enumerate(model.graph.initializer)}
    for t in model.graph.initializer:
        t.name = names[t.name]
    for n in model.graph.node:
        n.input[:] = [names.get(v, v) for v in n.input]
    onnx.save(model, file)


def pads(file):
    """Constants become tensors beside the weights, as some versions of PyTorch write them."""
    model = onnx.load(file)
    for n in [n for n in model.graph.node if n.op_type == "Constant"]:
        t = n.attribute[0].t
        t.name = n.output[0]
        model.graph.initializer.append(t)
        model.graph.node.remove(n)
    onnx.save(model, file)


def case(file, net, size, training=False, statistics="picture", names=False):
    x, painting = p.picture(3, size, size), isinstance(net, Style)
    if painting:
        x = (x + 1) * 127.5
    net.train(training)
    mode = torch.onnx.TrainingMode.TRAINING if training else torch.onnx.TrainingMode.EVAL
    axes = {"x": {0: "batch", 2: "height", 3: "width"}} if painting else None  # with what computes sizes
    torch.onnx.export(net, x, file, dynamo=False, training=mode, do_constant_folding=not training, opset_version=15, input_names=["x"], dynamic_axes=axes)
    if names:
        pads(file)
    else:
        nameless(file)
    if training:  # ONNX Runtime has no such norms
        with torch.no_grad():
            y = net(x)
    else:
        y = torch.from_numpy(ort.InferenceSession(file, providers=["CPUExecutionProvider"]).run(None, {"x": x.numpy()})[0])
    if painting:
        y = y / 127.5 - 1
    y = y[0, :, ::2, ::2].permute(1, 2, 0).reshape(-1)
    cases.append({"file": file, "size": size, "every": 2, statistics: [round(v, 6) for v in y.tolist()]})


case("unet_training.onnx", p.randomise(p.Unet(5, 3, 3, 1, "batch")), 32, training=True)
case("unet_eval.onnx", p.randomise(p.Unet(5, 3, 3, 1, "batch")), 32, statistics="stored")
case("unet_instance.onnx", p.randomise(p.Unet(5, 3, 3, 1, "instance")), 32)
style = p.randomise(Style(1))
style.deconv3.conv2d.weight.data *= 60
for i in range(1, 6):  # the blocks' norms are alike, and PyTorch writes them once
    norm = getattr(style, "in%d" % i)
    torch.nn.init.normal_(norm.weight, 1, 0.2)
    torch.nn.init.normal_(norm.bias, 0, 0.2)
case("style_nameless.onnx", style, 32)
case("resnet_named.onnx", p.randomise(p.Resnet(2, 3, 3, 1, "none", dropout=True)), 32, names=True)
with open("onnxexport.json", "w") as f:
    json.dump(cases, f)
