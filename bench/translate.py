"""How long easel translate takes from process start, over the forward pass."""

import json
import pathlib
import random
import statistics
import struct
import subprocess
import time
import zlib

import cases


def png(width, height, seed):
    """A picture of rectangles, as a PNG file's bytes."""
    r = random.Random(seed)
    background = r.randbytes(3) * width
    rows = [bytearray(background) for _ in range(height)]
    for _ in range(40):
        x, y, colour = r.randrange(width), r.randrange(height), r.randbytes(3)
        w = min(r.randrange(8, 80), width - x)
        for row in rows[y:y + r.randrange(8, 80)]:
            row[3 * x:3 * (x + w)] = colour * w

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def model(o, folder):
    """A full-size model, trained for one step: its speed is any model's."""
    data = folder / "pairs"
    data.mkdir()
    for i in range(2):
        (data / f"{i}.png").write_bytes(png(512, 256, i))
    subprocess.run([o.easel, "train", "--data", str(data), "--out", str(folder / "run"), "--steps", "1",
                    "--quiet", "--threads", str(o.threads)], check=True)
    return max((folder / "run").glob("**/*.safetensors"), key=lambda f: f.name == "best.safetensors")


def measure(o, folder, say):
    """Translates one 256×256 picture in a fresh process, in turns with easel bench's forward pass."""
    say(f"{cases.TRANSLATE}: easel translate from process start")
    folder = pathlib.Path(folder)
    file = model(o, folder)
    (folder / "one.png").write_bytes(png(256, 256, 9))
    command = [o.easel, "translate", "--model", str(file), "--out", str(folder / "out"), "--force", "--quiet",
               "--threads", str(o.threads), str(folder / "one.png")]
    forward = [o.easel, "bench", "--json", "--threads", str(o.threads), "--for", f"{o.seconds}s", "generator-256"]
    subprocess.run(command, check=True)  # the file is in the page cache after that
    whole, passes = [], []
    for _ in range(o.rounds):
        for _ in range(o.repeats):
            begun = time.perf_counter()
            subprocess.run(command, check=True)
            whole.append(time.perf_counter() - begun)
        done = subprocess.run(forward, check=True, capture_output=True, text=True)
        passes.append(json.loads(done.stdout.splitlines()[-1])["seconds"])
    return {"whole": statistics.median(whole), "spread": (min(whole), max(whole)), "forward": statistics.median(passes),
            "runs": len(whole), "file": f"{file.name}, {file.stat().st_size / 1e6:.0f} MB"}
