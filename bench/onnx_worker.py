"""ONNX Runtime's side of one case: python onnx_worker.py FILE SIZE THREADS

Speaks as worker.py says; all graph optimisations are on.
"""

import sys

import numpy
import onnxruntime

import worker


def build(file, size, threads):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    feed = {"x": numpy.random.default_rng(0).uniform(-1, 1, (1, 3, size, size)).astype(numpy.float32)}
    return lambda: session.run(None, feed)


def main():
    file, size, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    worker.serve(lambda: build(file, size, threads), {"version": f"ONNX Runtime {onnxruntime.__version__}"})


if __name__ == "__main__":
    main()
