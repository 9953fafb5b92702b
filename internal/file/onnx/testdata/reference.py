#!/usr/bin/env python3
"""Makes mixed.onnx: tensors of every field that onnx.proto has for numbers.

Run in this folder, with onnx 1.23; the file is kept beside."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

raw = numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(2, 3), "raw")
fields = helper.make_tensor("fields", TensorProto.FLOAT, [3], [0.5, -1, 2])
half = helper.make_tensor("half", TensorProto.FLOAT16, [2], [0.5, -2])
double = helper.make_tensor("double", TensorProto.DOUBLE, [], [0.25])
ints = helper.make_tensor("ints", TensorProto.INT64, [2], [-1, 3])
node = helper.make_node("Conv", ["x", "raw"], ["y"], name="c", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])
clip = helper.make_node("LeakyRelu", ["y"], ["z"], alpha=0.25)
graph = helper.make_graph(
    [node, clip], "g",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, None, 224])],
    [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
    [raw, fields, half, double, ints])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="easel test")
helper.set_model_props(model, {"a": "1"})
onnx.save(model, "mixed.onnx")
