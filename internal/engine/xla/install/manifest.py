"""Writes cuda.json: the wheels that easel backends install cuda fetches.

    python manifest.py jax_cuda13_plugin-0.12.0.1-….whl > cuda.json

The wheel is that of JAX's CUDA plugin, which says which of NVIDIA's libraries
belong to it; of each it takes the newest version that satisfies it, built for
Linux on x86-64. The plugin's own Python parts are of no use here. Names, sizes
and hashes are the package index's. Needs packaging.
"""

import email
import json
import sys
import urllib.request
import zipfile

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
from pip._internal.models.index import PyPI

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "extra": "with-cuda"}


def requirements(wheel):
    with zipfile.ZipFile(wheel) as z:
        name = next(n for n in z.namelist() if n.endswith(".dist-info/METADATA"))
        lines = email.message_from_bytes(z.read(name)).get_all("Requires-Dist")
    everything = (Requirement(line) for line in lines)
    return [r for r in everything if r.marker is None or r.marker.evaluate(LINUX)]


def newest(requirement):
    address = f"{PyPI.simple_url}/{requirement.name}/"
    page = urllib.request.Request(address, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(page) as answer:
        files = json.load(answer)["files"]
    fitting = []
    for f in files:
        if not f["filename"].endswith(".whl") or f.get("yanked"):
            continue
        _, version, _, tags = parse_wheel_filename(f["filename"])
        if version in requirement.specifier and any(
                t.platform.endswith("x86_64") and "linux" in t.platform for t in tags):
            fitting.append((version, f))
    return max(fitting, key=lambda v: v[0])[1]


def main():
    wheels = []
    for requirement in sorted(requirements(sys.argv[1]), key=lambda r: r.name):
        f = newest(requirement)
        wheels.append({
            "project": requirement.name, "file": f["filename"], "size": f["size"], "sha256": f["hashes"]["sha256"]})
    json.dump({"wheels": wheels}, sys.stdout, indent=2)
    print()


main()
