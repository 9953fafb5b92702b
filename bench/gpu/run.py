"""easel and PyTorch on one NVIDIA GPU, in turns, in one run.

    python bench/gpu/run.py --easel ./easel --out gpu          # everything
    python bench/gpu/run.py --easel ./easel --out gpu train-256-b1 --precisions bf16
    python bench/gpu/run.py --easel ./easel --out dry --dry-run

Measures what the device can do at most, then each case in each precision: easel, and
PyTorch eager, compiled with CUDA graphs, and captured as one CUDA graph, each in
channels-last and in the default format, every contender in a process of its own, in
turns. Then easel trains for a while, on pairs that are given or drawn. --out gets
results.json and report.md; a case that is there already, nobody having failed, is not
measured again, so that a run may be stopped and gone on with, or split over several
calls.

It needs a binary of easel that was built with -tags xla, a PJRT plugin for CUDA, and
a Python that has PyTorch; nothing is built or downloaded. --dry-run goes through all
of it on the processor, with small networks and few turns.
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent.resolve()
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

import gpu_cases  # noqa: E402
import gpu_report  # noqa: E402
import training  # noqa: E402
from compare import compete, say  # noqa: E402
from contender import Worker  # noqa: E402

FORMS = ["eager", "graph", "compiled", "compiled-graph"]  # as in pytorch_gpu.py
PRECISIONS = ["float32", "tf32", "bf16"]


def contenders(case, precision, o):
    easel = [o.easel, "bench", "--turns", "--backend", o.backend, "--precision", precision, case.name]
    if o.dry_run:  # the processor has one precision
        easel[easel.index("--precision") + 1] = "float32"
        easel += ["--threads", "1"]
    everybody = [Worker("easel", "", easel, {}, o.threads)]
    for form in o.forms:
        for channels_last in (True, False):
            label = form.replace("-", ", ") + (", channels last" if channels_last else ", default format")
            command = [o.python, "-B", str(HERE / "pytorch_gpu.py"), case.name, "--form", form, "--precision", precision,
                       "--device", "cpu" if o.dry_run else "cuda"]
            everybody.append(Worker("PyTorch", label, command + ["--channels-last"] * channels_last, {}, o.threads))
    return everybody


def measured(case, precision, o):
    say(f"{case.name}, {precision}: {case.title}")
    all_of_them = contenders(case, precision, o)
    compete(case, all_of_them, o.rounds, o.seconds, o.repeats)
    return [found(c) for c in all_of_them]


def found(c):
    """A contender's results as JSON."""
    base = {"who": c.who, "label": c.label, "failure": c.failure, "ready": getattr(c, "ready", {})}
    if not c.medians:
        return base
    low, high = c.spread
    return base | {"seconds": c.seconds, "fastest": low, "slowest": high, "repeats": c.repeats, "peak_bytes": c.peak}


class Results:
    """results.json: written after each case, so that nothing is lost."""

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "results.json"
        self.data = json.loads(self.file.read_text()) if self.file.exists() else {"cases": {}}

    def keep(self, key, value, among=None):
        (self.data if among is None else self.data[among])[key] = value
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(self.data, indent=1))
        part.replace(self.file)


def floors(o):
    say("what the device can do at most")
    command = [o.python, "-B", str(HERE / "floors.py"), "--device", "cpu" if o.dry_run else "cuda"]
    done = subprocess.run(command + ["--small"] * o.dry_run, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"floors.py: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def some_of(known):
    """Parses names with commas between them."""

    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {name!r}, but {', '.join(known)}")
        return names

    return parse


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("cases", nargs="*", metavar="CASE", help="of " + ", ".join(gpu_cases.ALL) + "; all by default")
    p.add_argument("--easel", required=True, help="easel's binary")
    p.add_argument("--out", required=True, type=pathlib.Path, help="folder for results.json, report.md and the training run")
    p.add_argument("--backend", help="easel's backend (default: xla:cuda)")
    p.add_argument("--python", default=sys.executable, help="a Python that has PyTorch (default: this one)")
    p.add_argument("--precisions", type=some_of(PRECISIONS), default="tf32,bf16", help="of " + ",".join(PRECISIONS))
    p.add_argument("--forms", type=some_of(FORMS), default=",".join(FORMS), help="PyTorch's forms, of " + ",".join(FORMS))
    p.add_argument("--rounds", type=int, default=3, help="turns that everybody takes")
    p.add_argument("--seconds", type=float, default=2, help="length of a turn")
    p.add_argument("--repeats", type=int, default=5, help="steps in a turn, at least")
    p.add_argument("--data", help="folder of pairs to train on, as façades (default: drawn ones)")
    p.add_argument("--direction", default="BtoA", help="direction of --data")
    p.add_argument("--train-steps", type=int, default=2000, help="steps of the training; 0 leaves it out")
    p.add_argument("--only-training", action="store_true", help="train, and measure no case")
    p.add_argument("--dry-run", action="store_true", help="everything on the processor, small")
    o = p.parse_args()
    o.easel = str(pathlib.Path(o.easel).resolve())
    if not pathlib.Path(o.easel).is_file():
        p.error(f"there is no {o.easel}: build it with go build -tags xla ./cmd/easel")
    o.backend = o.backend or ("cpu" if o.dry_run else "xla:cuda")
    o.threads = 1 if o.dry_run else 4
    if o.dry_run:
        o.rounds, o.seconds, o.repeats = min(o.rounds, 2), min(o.seconds, 0.05), 1
        o.train_steps = min(o.train_steps, 6)
        o.forms = [f for f in o.forms if f in ("eager", "compiled")]
    o.cases = [gpu_cases.parse(c) for c in o.cases or (gpu_cases.SMALL if o.dry_run else gpu_cases.ALL)]
    return o


def main():
    o = options()
    o.out.mkdir(parents=True, exist_ok=True)
    results = Results(o.out)
    if results.data.setdefault("dry_run", o.dry_run) != o.dry_run:
        raise SystemExit(f"{o.out} has results of {'a dry' if results.data['dry_run'] else 'a real'} run: choose another --out")
    if "floors" not in results.data:
        results.keep("floors", floors(o))
    for case in [] if o.only_training else o.cases:
        for precision in o.precisions:
            key = f"{case.name} {precision}"
            if any(c["failure"] for c in results.data["cases"].get(key, [{"failure": "not measured"}])):
                results.keep(key, measured(case, precision, o), among="cases")
    if o.train_steps > 0 and "training" not in results.data:
        results.keep("training", training.check(o, say))
    text = gpu_report.text(results.data)
    (o.out / "report.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
