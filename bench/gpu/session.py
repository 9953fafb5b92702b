"""One sitting on a machine with an NVIDIA GPU: what of easel works there, how fast it
is beside PyTorch, and a training for the time that is left.

    bash bench/gpu/pack.sh sitting facades            # on a machine with Go
    python3 sitting/bench/gpu/session.py results      # on the one with the GPU

Parts come in the order of their worth, each with a limit of its own. A part writes
results/NAME.log while it runs and a line of results/summary.txt when it ends, so that
nothing is lost if the sitting is cut off; a second sitting with the same results
leaves out what ended well. The machine needs Python with PyTorch, and a PJRT plugin for
CUDA where easel finds it (the package jax-cuda13-pjrt); no network and no Go.

--plugin rehearses all of it, small, on a plugin for processors.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import time
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).parent.resolve()
TREE = HERE.parent.parent
sys.path.insert(0, str(HERE))

import training  # noqa: E402

JUDGING = 60  # seconds of a training's time that its evaluation gets


@dataclass
class Part:
    name: str
    limit: float  # seconds
    command: list
    folder: pathlib.Path = TREE
    then: list = field(default_factory=list)  # a command for afterwards, or none


def room(name, tests):
    """The tests of one of the repository's folders, on the plugin."""
    folder = TREE / "internal" / name
    return [str(folder / "room.test"), "-test.v", "-test.run", tests], folder


def parts(o, left):
    """What is done, in the order of worth; left tells the seconds that are left."""
    easel, python = str(TREE / "easel"), sys.executable
    steps, passes = ["train-256-b1", "train-256-b16", "train-256-b4"], ["generator-256", "vgg-512", "vgg-1024"]
    if o.plugin:
        steps, passes = ["train-32-b1", "train-32-b2"], ["generator-32"]

    def compare(folder, *arguments):
        rehearsal = ["--dry-run"] if o.plugin else []
        return [python, str(HERE / "run.py"), "--easel", easel, "--backend", o.backend, "--train-steps", "0", *rehearsal,
                "--out", str(o.out / folder), *arguments]

    quick = ["--forms", "eager" if o.plugin else "eager,graph"]  # compiling takes PyTorch minutes
    yield Part("backends", 30, [easel, "backends"])
    yield Part("convolution", 60, *room("engine/xla", "^TestConformance$/^operations$/^convolution_4×4_stride_2"))
    yield Part("parity", 120, *room("model/pix2pix", "^TestBackendParity$/xla/^unet_b1$"))
    yield Part("first-steps", 100, compare("speeds", *quick, steps[0]))
    yield Part("conformance", 100, *room("engine/xla", "."))
    yield Part("resume", 60, *room("work/train", "OnAnotherBackend|OnThePlugin"))
    yield Part("steps", 100, compare("speeds", *quick, *steps))
    yield Part("passes", 100, compare("speeds", *quick, *passes))
    for threads in [1, 2] if o.plugin else [16, 8, 4, 2, 1]:  # of the processor
        yield Part(f"cores-{threads}", 40, [
            python, str(TREE / "bench" / "compare.py"), "train-256-b1", "--threads", str(threads), "--easel", easel,
            "--python", python, "--eager", "--rounds", "2", "--seconds", "1", "--repeats", "2"])
    data, direction = TREE / "pairs", ["--direction", "BtoA"]
    if not data.exists():
        data, direction = training.drawn(o.out / "pairs", 200, 256), []
    run = o.out / "training"
    yield Part("training", left(), [
        easel, "train", *(["--image-size", "64", "--width", "8"] if o.plugin else ["--preset", "paper"]), "--data", str(data),
        *direction, "--out", str(run), "--backend", o.backend, "--time", f"{max(int(left()) - JUDGING, 10)}s", "--quiet"],
        then=[easel, "evaluate", "--model", str(run), "--data", str(data), "--out", str(o.out / "evaluation"), "--quiet"])
    yield Part("all-parity", 300, *room("model/pix2pix", "^TestBackendParity$/xla"))
    yield Part("compiled", 300, compare("speeds-compiled", *steps, *passes))


def unpack():
    """Puts the binaries where pack.sh built them."""
    packed = TREE / "binaries.tar.xz"
    if packed.exists():
        with tarfile.open(packed) as tar:
            tar.extractall(TREE, filter="data")
        packed.unlink()


def run(command, folder, log, limit):
    """Runs a command within a time and returns its exit status; 124 if it was ended."""
    with open(log, "ab") as to:
        process = subprocess.Popen(command, cwd=folder, stdout=to, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            pass
        for sign in (signal.SIGINT, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(8)
            except (subprocess.TimeoutExpired, ProcessLookupError):
                continue
    return 124


def report(o, line, log):
    tail = log.read_text(errors="replace").splitlines()[-25:] if log.exists() else []
    text = "\n".join([line] + ["    " + t for t in tail])
    with open(o.out / "summary.txt", "a") as to:
        print(text, file=to)
    print(text, flush=True)


def sit(o):
    began = time.monotonic()

    def left():
        return o.seconds - (time.monotonic() - began)

    for p in parts(o, left):
        log, done = o.out / f"{p.name}.log", o.out / f"{p.name}.ok"
        if done.exists():
            continue
        if left() < 15:
            report(o, f"{p.name}: no time left", log)
            continue
        log.unlink(missing_ok=True)
        start = time.monotonic()
        status = run(p.command, p.folder, log, min(p.limit, left() - 5))
        if status == 0 and p.then:
            status = run(p.then, p.folder, log, max(left() - 5, 1))
        if status == 0:
            done.touch()
        report(o, f"{p.name}: {'well' if status == 0 else f'status {status}'} after {time.monotonic() - start:.0f} s", log)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=pathlib.Path, help="folder for logs, tables and the trained run")
    p.add_argument("--seconds", type=float, default=570, help="length of the sitting")
    p.add_argument("--plugin", help="a PJRT plugin for processors, to rehearse with")
    o = p.parse_args()
    o.out = o.out.resolve()
    o.out.mkdir(parents=True, exist_ok=True)
    unpack()
    o.backend = f"xla:{o.plugin or 'cuda'}"
    os.environ["EASEL_TEST_XLA"] = o.plugin or "cuda"
    # easel looks for plugins in the active environment: that of this Python.
    os.environ["VIRTUAL_ENV"] = sys.prefix
    sit(o)


if __name__ == "__main__":
    main()
