"""What the device can do at most: python floors.py [--device cuda]

Prints a line of JSON: bytes a second of a large copy, counting bytes read and
written; operations a second of a large matrix product on random numbers in float32,
TF32 and bfloat16; and what the device, its driver and the libraries are.
"""

import argparse
import json
import platform
import subprocess
import time

import torch


def rate(run, synchronise, work, least):
    """The best of several repeats: what the device can do, not what it mostly does."""
    for _ in range(3):
        run()
    synchronise()
    best, began = 0.0, time.perf_counter()
    while time.perf_counter() - began < least:
        start = time.perf_counter()
        for _ in range(10):
            run()
        synchronise()
        best = max(best, 10 * work / (time.perf_counter() - start))
    return best


def measure(device, small):
    cuda = device == "cuda"
    synchronise = torch.cuda.synchronize if cuda else (lambda: None)
    least = 0.05 if small else 1.0
    source = torch.randn((1 << 18) if small else (1 << 28), device=device)
    target = torch.empty_like(source)
    found = {"bytes_per_second": rate(lambda: target.copy_(source), synchronise, 8 * source.numel(), least)}
    n = 128 if small else 8192
    for name, kind, tf32 in [("float32", torch.float32, False), ("tf32", torch.float32, True), ("bf16", torch.bfloat16, True)]:
        torch.backends.cuda.matmul.allow_tf32 = tf32
        a, b = (torch.randn(n, n, device=device).to(kind) for _ in range(2))
        found[f"operations_per_second_{name}"] = rate(lambda: a @ b, synchronise, 2 * n**3, least)
    return found


def about(device):
    facts = {"torch": torch.__version__, "python": platform.python_version()}
    if device != "cuda":
        return facts | {"device": platform.processor() or platform.machine()}
    facts |= {"device": torch.cuda.get_device_name(), "memory_bytes": torch.cuda.get_device_properties(0).total_memory,
              "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
    try:
        driver = subprocess.run(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
                                capture_output=True, text=True)
        facts["driver"] = driver.stdout.strip().splitlines()[0]
    except (OSError, IndexError):
        pass
    return facts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="small sizes, for trying out")
    o = parser.parse_args()
    print(json.dumps(about(o.device) | measure(o.device, o.small)))


if __name__ == "__main__":
    main()
