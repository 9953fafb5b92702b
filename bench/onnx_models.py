"""The forward cases as ONNX models, built from their definitions: python onnx_models.py CASE FILE

Weights are drawn, as the speed does not depend on them. A norm with the
picture's own statistics is InstanceNormalization, and dropout is on. With
--folded the norms are left out, as folding fixed statistics into the
convolutions does: another function than the paper's, and less work.
"""

import argparse

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import cases

OPSET = 17
WIDTHS = [64, 128, 256, 512, 512, 512, 512, 512]  # unet_256's encoder


class Graph:
    """Nodes in order; every method returns the name of its result."""

    def __init__(self):
        self.nodes, self.constants, self.random = [], [], numpy.random.default_rng(0)

    def node(self, operator, *inputs, **attributes):
        name = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, value):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def weight(self, *shape, deviation=0.02):
        return self.constant((deviation * self.random.standard_normal(shape)).astype(numpy.float32))

    def full(self, n, value):
        return self.constant(numpy.full(n, value, numpy.float32))

    def norm(self, x, channels):
        return self.node("InstanceNormalization", x, self.full(channels, 1), self.full(channels, 0), epsilon=1e-5)

    def dropout(self, x):
        return self.node("Dropout", x, self.constant(numpy.float32(0.5)), self.constant(numpy.bool_(True)), seed=1)


def generator(g, x, folded):
    """unet_256 (Isola et al. 2017, appendix 6.1), in pre-activation order."""
    def norm(x, channels):
        return x if folded else g.norm(x, channels)

    half = {"kernel_shape": [4, 4], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    n, encoded, channels = len(WIDTHS), [], 3
    for k, width in enumerate(WIDTHS):
        if k > 0:
            x = g.node("LeakyRelu", x, alpha=0.2)
        bias = [g.full(width, 0)] if folded else []
        x = g.node("Conv", x, g.weight(width, channels, 4, 4), *bias, **half)
        if 0 < k < n - 1:
            x = norm(x, width)
        encoded.append(x)
        channels = width
    d = encoded.pop()
    for j in range(1, n + 1):
        d = g.node("Relu", d)
        width = 3 if j == n else WIDTHS[n - 1 - j]
        bias = [g.full(width, 0)] if folded or j == n else []
        d = g.node("ConvTranspose", d, g.weight(channels, width, 4, 4), *bias, **half)
        if j < n:
            d = norm(d, width)
            d = g.dropout(d) if j <= 3 else d
            d = g.node("Concat", d, encoded.pop(), axis=1)
            channels = 2 * width
    return [g.node("Tanh", d)]


def vgg(g, x):
    channels, found = 3, []
    for width in cases.VGG:
        if width == "pool":
            x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
            continue
        kernel = g.weight(width, channels, 3, 3, deviation=(2 / 9 / channels) ** 0.5)
        x = g.node("Conv", x, kernel, g.full(width, 0), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        x, channels = g.node("Relu", x), width
        found.append(x)
    return [found[i - 1] for i in cases.READ]


def model(case, folded):
    g = Graph()
    results = generator(g, "x", folded) if case.kind == "generator" else vgg(g, "x")
    graph = helper.make_graph(
        g.nodes, case.name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, case.size, case.size])],
        [helper.make_tensor_value_info(r, TensorProto.FLOAT, None) for r in results],
        g.constants,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    made.ir_version = 8
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case")
    parser.add_argument("file")
    parser.add_argument("--folded", action="store_true")
    o = parser.parse_args()
    onnx.save(model(cases.find(o.case), o.folded), o.file)


if __name__ == "__main__":
    main()
