"""easel and its peers on this machine, in turns in one run.

    python bench/compare.py                         # everything, about 20 minutes on two cores
    python bench/compare.py vgg-512 generator-256   # some cases (python bench/compare.py --help lists them)
    python bench/compare.py --write                 # and write the results into bench/README.md

Builds easel and the peers' environment (see environment.py), then measures each
case: every contender is a process of its own, all are warmed up, and then they take
turns, so that a machine that is slow for a minute is slow for all of them. A form of
a library (memory format, compiled or not) that is more than a quarter slower than
its best form in the first turn sits the others out. All use the same number of
threads and the same shapes, and float32. With --bf16 everybody takes part in bfloat16
as well (PyTorch by autocast), and the fastest of any precision counts.

Medians are of the turns' medians; spreads go from the fastest to the slowest single
step of all turns. Memory is each process's peak resident size less its size before
the case was built (worker.py; easel bench --help). cases.py says what a case is.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import cases
import environment
import report
import translate
from contender import Easel, Failed, Worker

HERE = pathlib.Path(__file__).parent.resolve()
SLOWER = 1.25  # a form slower than its library's best by this sits out


def say(text):
    print(text, file=sys.stderr, flush=True)


def pytorch_forms(case, e, threads, precisions, eager=False):
    for compiled in (False,) if eager else (False, True):
        for channels_last in (True, False):
            for precision in precisions:
                words = ["compiled" if compiled else "eager", "channels last" if channels_last else "default format"]
                words += [precision] * (precision != "float32")
                command = [e.python, str(HERE / "pytorch_worker.py"), case.name, "--threads", str(threads)]
                command += ["--compile"] * compiled + ["--channels-last"] * channels_last
                command += ["--bf16"] * (precision == "bf16")
                yield Worker("PyTorch", ", ".join(words), command, e.variables, threads)


def onnx_forms(case, e, threads, precisions, folder):
    if not e.builds_onnx or case.kind in ("train", "vgg"):
        return
    forms = [("", [])]
    if case.kind == "generator":
        forms.append(("norms folded away (less work)", ["--folded"]))
    for label, flags in forms:
        file = str(pathlib.Path(folder) / f"{case.name}{len(flags)}.onnx")
        subprocess.run([e.python, "-B", str(HERE / "onnx_models.py"), case.name, file, *flags], check=True)
        arguments = [file, str(case.size), str(threads)]
        if e.onnx:
            yield Worker("ONNX Runtime", label, [*e.onnx, *arguments], e.variables, threads, reference=not flags)
        if case.kind == "generator":
            continue  # OpenVINO does not read a Dropout that is on
        for precision in precisions if e.openvino else ():
            yield Worker("OpenVINO", precision * (precision != "float32"), [*e.openvino, *arguments, precision], e.variables, threads)


def compete(case, contenders, rounds, seconds, repeats):
    """Starts everybody, lets them take turns and returns those who finished."""
    racing = []
    for c in contenders:
        attempt(c, c.start) and racing.append(c)
    for i in range(rounds):
        for c in list(racing):
            time.sleep(0.2)  # let the last one's threads go to sleep
            attempt(c, lambda: c.turn(seconds, repeats)) or racing.remove(c)
        if i == 0:
            for c in left_behind(racing):
                c.stop()
                racing.remove(c)
        say(f"  turn {i + 1}: " + "; ".join(f"{c.name} {c.medians[-1]:.4f} s" for c in racing))
    for c in racing:
        c.stop()


def left_behind(racing):
    for c in racing:
        rivals = [o.seconds for o in racing if o.who == c.who and o.counts == c.counts]
        if c.who != "easel" and c.seconds > SLOWER * min(rivals):
            yield c


def attempt(c, act):
    try:
        act()
        return True
    except Failed as failure:
        c.failure = str(failure)
        say(f"  {c.name}: {failure}")
        c.stop()
        return False


def measure(case, e, o, folder):
    say(f"{case.name}: {case.title}")
    precisions = ["float32", "bf16"] if o.bf16 else ["float32"]
    contenders = [Easel(o.easel, case.name, o.threads, p) for p in precisions]
    if not o.only_easel:
        contenders += pytorch_forms(case, e, o.threads, precisions, o.eager)
        contenders += onnx_forms(case, e, o.threads, precisions, folder)
    compete(case, contenders, o.rounds, o.seconds, o.repeats)
    return contenders


def build_easel(folder):
    binary = str(pathlib.Path(folder) / ("easel.exe" if os.name == "nt" else "easel"))
    subprocess.run(["go", "build", "-o", binary, "./cmd/easel"], cwd=HERE.parent, check=True)
    return binary


def processor():
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except FileNotFoundError:
        pass
    return platform.processor() or platform.machine()


def machine(o):
    """What `easel bench` says of the machine: its rate and bandwidth with these threads."""
    done = subprocess.run([o.easel, "bench", "--json", "--threads", str(o.threads), "--machine"],
                          capture_output=True, text=True)
    found = json.loads(done.stdout) if done.returncode == 0 else {}
    return {"processor": processor(), "cores": os.cpu_count(), "system": platform.system(), **found}


def options():
    names = [c.name for c in cases.CASES] + [cases.TRANSLATE]
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 2)[2],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("cases", nargs="*", metavar="CASE", help="of " + ", ".join(names) + "; all by default")
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
                   else os.cpu_count(), help="threads of everybody (default: one per core)")
    p.add_argument("--rounds", type=int, default=5, help="turns that everybody takes")
    p.add_argument("--seconds", type=float, default=2, help="length of a turn")
    p.add_argument("--repeats", type=int, default=3, help="steps in a turn, at least")
    p.add_argument("--python", help="a Python that has PyTorch already (and onnxruntime and onnx)")
    p.add_argument("--environment", type=pathlib.Path, default=environment.default_folder(),
                   help="folder of the peers' environment")
    p.add_argument("--refresh", action="store_true", help="install the newest versions again")
    p.add_argument("--easel", help="an easel binary (default: built from here)")
    p.add_argument("--eager", action="store_true", help="leave out PyTorch's compiled forms, which take minutes to build")
    p.add_argument("--bf16", action="store_true", help="bfloat16 as well as float32, for everybody who has it")
    p.add_argument("--only-easel", action="store_true", help="leave the peers out")
    p.add_argument("--write", action="store_true", help="write the results into bench/README.md")
    o = p.parse_args()
    for name in o.cases:
        if name not in names:
            p.error(f"unknown case {name}; there are {', '.join(names)}")
    if min(o.threads, o.rounds, o.repeats) < 1 or o.seconds < 0:
        p.error("--threads, --rounds and --repeats are at least 1, --seconds at least 0")
    o.cases = o.cases or names
    return o


def main():
    o = options()
    if o.only_easel:
        e = environment.Environment(sys.executable)
    else:
        e = environment.prepare(o.python, o.environment, o.refresh, HERE, say)
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="easel-bench-") as folder:
        o.easel = o.easel or build_easel(folder)
        results = [(c, measure(c, e, o, folder)) for c in cases.CASES if c.name in o.cases]
        start = translate.measure(o, folder, say) if cases.TRANSLATE in o.cases else None
        text = report.text(results, start, machine(o), o, datetime.date.today(), time.time() - began)
    print(text)
    if o.write:
        report.write(HERE / "README.md", text)


if __name__ == "__main__":
    main()
