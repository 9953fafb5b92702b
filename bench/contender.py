"""Contenders: easel's and the peers' processes in one case, measured in turns."""

import json
import os
import statistics
import subprocess
import tempfile


class Failed(Exception):
    """A contender that cannot run; the text says why."""


class Contender:
    """Somebody who runs a case. Medians are those of the turns' medians."""

    def __init__(self, who, label, reference=True):
        self.who, self.label = who, label
        self.counts = reference  # whether ratios may refer to it
        self.medians, self.fastest, self.slowest, self.repeats, self.peak = [], [], [], 0, 0
        self.failure = None

    @property
    def name(self):
        return ", ".join(w for w in (self.who, self.label) if w)

    @property
    def seconds(self):
        return statistics.median(self.medians)

    @property
    def spread(self):
        return min(self.fastest), max(self.slowest)

    def note(self, median, fastest, slowest, repeats, peak):
        self.medians.append(median)
        self.fastest.append(fastest)
        self.slowest.append(slowest)
        self.repeats += repeats
        self.peak = max(self.peak, peak)


class Easel(Contender):
    """A fresh process each turn: easel bench --json CASE."""

    def __init__(self, binary, case, threads, precision):
        super().__init__("easel", precision)
        self.binary, self.case, self.threads, self.precision = binary, case, threads, precision

    def start(self):
        return None

    def turn(self, seconds, repeats):
        command = [self.binary, "bench", "--json", "--threads", str(self.threads), "--for", f"{seconds}s",
                   "--precision", self.precision, self.case]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(done.stderr.strip().splitlines()[0] if done.stderr else f"exit code {done.returncode}")
        r = json.loads(done.stdout.splitlines()[-1])
        self.note(r["seconds"], r["fastest"], r["slowest"], r["repeats"], r["peak_bytes"])
        self.version = f"easel, {r['kernels']} kernels"

    def stop(self):
        pass


class Worker(Contender):
    """A process that speaks as worker.py says, waiting while others are measured."""

    def __init__(self, who, label, command, variables, threads, reference=True):
        super().__init__(who, label, reference)
        self.command = command
        self.variables = os.environ | variables | {"OMP_NUM_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(self.command, env=self.variables, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors)
        self.ready = self.answer()["ready"]
        self.version = self.ready["version"]

    def turn(self, seconds, repeats):
        self.process.stdin.write(f"{seconds} {repeats}\n")
        self.process.stdin.flush()
        r = self.answer()
        t = r["times"]
        self.note(statistics.median(t), min(t), max(t), len(t), r["peak_bytes"])

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().strip().splitlines()
        raise Failed(said[-1][:200] if said else f"exit code {self.process.returncode}")

    def stop(self):
        if getattr(self, "process", None):
            self.process.stdin.close()
            self.process.wait()
            self.errors.close()
