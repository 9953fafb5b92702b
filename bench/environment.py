"""The peers' environment: which Python has PyTorch, and what runs ONNX models.

prepare() builds a virtual environment outside the repository with the newest
PyTorch, ONNX Runtime, OpenVINO and onnx that the package index gives. Where there is no
index to reach it takes Debian's python3-torch and python3-onnx, installed by apt-get
if this is root, and npm's onnxruntime-node.
"""

import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

PACKAGES = ["torch", "onnxruntime", "openvino", "onnx", "numpy", "safetensors"]


@dataclass
class Environment:
    python: str
    onnx: list = field(default_factory=list)  # the command of ONNX Runtime's worker; empty if there is none
    openvino: list = field(default_factory=list)  # that of OpenVINO's
    variables: dict = field(default_factory=dict)
    builds_onnx: bool = False


def has(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def default_folder():
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "easel-bench"


def run(command, log):
    with open(log, "a") as out:
        return subprocess.run(command, stdout=out, stderr=subprocess.STDOUT).returncode == 0


def prepare(python, folder, refresh, here, say):
    """Finds or builds the environment; python, if given, has the packages already."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "install.log"
    if not python:
        python = pip_environment(folder, refresh, log, say) or debian(log, say)
    if not has(python, "torch"):
        raise SystemExit(f"{python} has no PyTorch")
    e = Environment(python, builds_onnx=has(python, "onnx"))
    if has(python, "onnxruntime"):
        e.onnx = [python, "-B", str(here / "onnx_worker.py")]
    else:
        node_environment(e, folder, log, here, say)
    if has(python, "openvino"):
        e.openvino = [python, "-B", str(here / "openvino_worker.py")]
    return e


def pip_environment(folder, refresh, log, say):
    venv = folder / "venv"
    python = str(venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    if not refresh and os.path.exists(python) and all(has(python, p) for p in PACKAGES):
        return python
    say(f"installing {', '.join(PACKAGES)} into {venv}: minutes, gigabytes; see {log}")
    made = run([sys.executable, "-m", "venv", str(venv)], log)
    if made and run([python, "-m", "pip", "install", "--upgrade", *PACKAGES], log):
        return python
    say(f"pip could not install them (see {log}): trying Debian's")
    return None


def debian(log, say):
    python = "/usr/bin/python3"
    if not has(python, "torch") and shutil.which("apt-get") and os.geteuid() == 0:
        say("apt-get install python3-torch python3-onnx")
        run(["apt-get", "install", "-y", "--no-install-recommends", "python3-torch", "python3-onnx"], log)
    if not has(python, "torch"):
        raise SystemExit(f"no PyTorch: pip failed, see {log}. Debian and Ubuntu have it as python3-torch and "
                         "python3-onnx; or name a Python that has it with --python")
    return python


def node_environment(e, folder, log, here, say):
    modules = folder / "node_modules"
    if not (modules / "onnxruntime-node").exists() and shutil.which("npm"):
        say("npm install onnxruntime-node")
        # Its install script only fetches what GPUs need.
        run(["npm", "install", "--ignore-scripts", "--prefix", str(folder), "onnxruntime-node"], log)
    if shutil.which("node") and (modules / "onnxruntime-node").exists():
        e.onnx = ["node", str(here / "onnx_worker.js")]
        e.variables["NODE_PATH"] = str(modules)
