"""Trains with StableHLO modules on JAX's CPU client, for precision_jax_test.go.

    python train_modules.py FOLDER

FOLDER/jobs.json lists the modules with their arguments and results in order: name,
shape, and whether it is a parameter. FOLDER/parameters has the parameters' first
values one after the other, FOLDER/inputs the other arguments' of each step, both in
the order of the first job's arguments, as little-endian float32. Parameters among the
results go into the next step. FOLDER/N.out gets the scalars among job N's results, of
each step one after the other.
"""

import json
import pathlib
import sys

import numpy as np
from run_modules import compiled, jax, split, spread


def train(folder, job, parameters, inputs):
    device = jax.devices("cpu")[:1]
    executable = compiled((folder / job["module"]).read_text(), device)
    own = [a for a in job["arguments"] if a["parameter"]]
    state = dict(zip([a["name"] for a in own], split(parameters, own)[0], strict=True))
    given = [a for a in job["arguments"] if not a["parameter"]]
    while inputs:
        values, inputs = split(inputs, given)
        step = state | dict(zip([a["name"] for a in given], values, strict=True))
        arguments = [spread([step[a["name"]]], device) for a in job["arguments"]]
        results = executable.execute_sharded(arguments).disassemble_into_single_device_arrays()
        for r, value in zip(job["results"], results, strict=True):
            if r["parameter"]:
                state[r["name"]] = np.array(value[0])
            elif not r["shape"]:
                yield np.asarray(value[0])


def main():
    folder = pathlib.Path(sys.argv[1])
    parameters, inputs = ((folder / name).read_bytes() for name in ("parameters", "inputs"))
    for number, job in enumerate(json.loads((folder / "jobs.json").read_text())):
        scalars = np.array(list(train(folder, job, parameters, inputs)), "<f4")
        (folder / f"{number}.out").write_bytes(scalars.tobytes())


main()
