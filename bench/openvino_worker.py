"""OpenVINO's side of one case: python openvino_worker.py FILE SIZE THREADS float32|bf16

Speaks as worker.py says. The model is ONNX Runtime's, compiled for the shortest time of
a single picture.
"""

import sys

import numpy
import openvino

import worker

PRECISIONS = {"float32": "f32", "bf16": "bf16"}


def build(file, size, threads, precision):
    model = openvino.Core().compile_model(file, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": PRECISIONS[precision],
    })
    request = model.create_infer_request()
    feed = {"x": numpy.random.default_rng(0).uniform(-1, 1, (1, 3, size, size)).astype(numpy.float32)}
    return lambda: request.infer(feed)


def main():
    file, size, threads, precision = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    worker.serve(lambda: build(file, size, threads, precision), {"version": f"OpenVINO {openvino.__version__}"})


if __name__ == "__main__":
    main()
