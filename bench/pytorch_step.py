"""The PyTorch figures that easel's are held against, on this machine's CPU.

    pip install torch numpy safetensors
    python bench/pytorch_step.py [--threads 2] [--seconds 20] [CASE ...]

Prints one JSON object a line, as `easel bench --json` does:

    {"case": "train-256-b1", "seconds": 1.9, "spread": [1.8, 2.1], "peak_bytes": ...,
     "format": "channels_last", "adam": "fused", "threads": 2, "torch": "..."}

Cases are train-256-b1 and train-256-b4, the whole step (D, then the generator
through the updated D, two Adam updates) of unet_256 with the 70x70 PatchGAN in
eager mode, with every form of Adam that PyTorch has; and generator-256, -512
and -1024, a forward pass of one picture in inference mode with batch statistics
and dropout, as the paper translates. Each runs in both memory formats.

Seconds are the median of one step or pass, after a warm-up; spread is the
fastest and the slowest. Every line comes from a process of its own; peak_bytes is
its peak resident size less that after importing PyTorch.
"""

import argparse
import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import time

import torch

CASES = ["train-256-b1", "train-256-b4", "generator-256", "generator-512", "generator-1024"]
FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
ADAMS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
NETWORKS = pathlib.Path(__file__).parents[1] / "internal/pix2pix/testdata/reference.py"


def networks():
    spec = importlib.util.spec_from_file_location("reference", NETWORKS)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def resident(field):
    for line in open("/proc/self/status"):
        if line.startswith(field):
            return 1024 * int(line.split()[1])
    return 0


def training_step(pix2pix, batch, memory_format, adam):
    built = pix2pix.build(pix2pix.DEFAULT | {"norm": "batch"}, batch)  # the port's default, at batch 1 too
    for network in built.values():
        network.to(memory_format=memory_format)
    a, b = (pix2pix.picture(batch, 3, 256).contiguous(memory_format=memory_format) for _ in "ab")
    training = pix2pix.Training(pix2pix.DEFAULT, built, **ADAMS[adam])
    return lambda: training.step(a, b)


def forward_pass(pix2pix, size, memory_format):
    generator = pix2pix.build(pix2pix.DEFAULT | {"norm": "batch"}, 1)["generator"].to(memory_format=memory_format)
    x = pix2pix.picture(1, 3, size).contiguous(memory_format=memory_format)

    def run():
        with torch.inference_mode():
            generator(x)

    return run


def measure(run, seconds):
    for _ in range(3):
        run()
    times = []
    while len(times) < 3 or sum(times) < seconds:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def one(case, layout, adam, o):
    torch.set_num_threads(o.threads)
    torch.manual_seed(0)
    pix2pix, before = networks(), resident("VmRSS")
    kind, size, *batch = case.split("-")
    if kind == "train":
        run = training_step(pix2pix, int(batch[0][1:]), FORMATS[layout], adam)
    else:
        run = forward_pass(pix2pix, int(size), FORMATS[layout])
    times = measure(run, o.seconds)
    line = {"case": case, "seconds": statistics.median(times), "spread": [min(times), max(times)], "runs": len(times),
            "peak_bytes": resident("VmHWM") - before, "format": layout} | ({"adam": adam} if kind == "train" else {})
    print(json.dumps(line | {"threads": o.threads, "torch": torch.__version__}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--threads", default=2, type=int)
    parser.add_argument("--seconds", default=20.0, type=float, help="how long to measure each line")
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "ADAM"), help="measure the case in this process only")
    o = parser.parse_args()
    for case in o.cases or CASES:
        if case not in CASES:
            parser.error(f"unknown case {case}")
        if o.one:
            one(case, *o.one, o)
            continue
        for layout in FORMATS:
            for adam in ADAMS if case.startswith("train") else ["-"]:
                command = [sys.executable, __file__, case, "--one", layout, adam]
                subprocess.run(command + ["--threads", str(o.threads), "--seconds", str(o.seconds)], check=True)


if __name__ == "__main__":
    main()
