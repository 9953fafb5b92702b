"""Runs StableHLO modules on JAX's CPU client, for jax_test.go.

    python run_modules.py FOLDER

FOLDER/jobs.json lists the jobs: the module's file, on how many devices it runs
(replicas, each with arguments of its own), its arguments and results in order
with shapes and element types. FOLDER/N.in has the arguments of job N one after
the other, those of device 0 first, as little-endian numbers; FOLDER/N.out gets
the results alike. A job that fails gets FOLDER/N.error with the reason.

It calls the part of jaxlib that compiles plain modules, which JAX does not
promise to keep: seen to work with jax and jaxlib 0.10.2.
"""

import json
import math
import os
import pathlib
import sys

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=3"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import jax  # noqa: E402
import numpy as np  # noqa: E402
from jaxlib import _jax, xla_client  # noqa: E402


def compiled(text, devices):
    client = devices[0].client
    options = xla_client.CompileOptions()
    options.num_replicas = len(devices)
    options.num_partitions = 1
    if len(devices) > 1:
        options.device_assignment = xla_client.DeviceAssignment.create(
            np.arange(len(devices)).reshape(len(devices), 1))
    return client.compile_and_load(text, _jax.DeviceList(tuple(devices)), options)


def split(data, specifications):
    """Takes arrays from the front of data, one for each specification."""
    arrays = []
    for s in specifications:
        kind = np.dtype(s["type"])
        size = math.prod(s["shape"]) * kind.itemsize
        arrays.append(np.frombuffer(data[:size], kind).reshape(s["shape"]))
        data = data[size:]
    return arrays, data


def spread(parts, devices):
    """One argument with a value of its own on each device."""
    mesh = jax.sharding.Mesh(np.array(devices), ("replica",))
    everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
    placed = [jax.device_put(p, d) for p, d in zip(parts, devices)]
    return jax.make_array_from_single_device_arrays(parts[0].shape, everywhere, placed)


def run(folder, number, job):
    devices = jax.devices("cpu")[: job["devices"]]
    executable = compiled((folder / job["module"]).read_text(), devices)
    data = (folder / f"{number}.in").read_bytes()
    each = []
    for _ in devices:
        arrays, data = split(data, job["arguments"])
        each.append(arrays)
    assert not data, "arguments of another size"
    arguments = [spread([e[i] for e in each], devices) for i in range(len(job["arguments"]))]
    results = executable.execute_sharded(arguments).disassemble_into_single_device_arrays()
    with open(folder / f"{number}.out", "wb") as out:
        for device in range(len(devices)):
            for result, s in zip(results, job["results"], strict=True):
                value = np.asarray(result[device])
                assert list(value.shape) == s["shape"], (value.shape, s)
                out.write(value.astype(s["type"]).tobytes())


def main():
    folder = pathlib.Path(sys.argv[1])
    for number, job in enumerate(json.loads((folder / "jobs.json").read_text())):
        try:
            run(folder, number, job)
        except Exception as e:  # each job has its own answer
            (folder / f"{number}.error").write_text(f"{type(e).__name__}: {e}")


if __name__ == "__main__":
    main()
