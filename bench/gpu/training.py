"""A short training with easel's binary on the device: that losses fall and pictures come out."""

import json
import pathlib
import random
import struct
import subprocess
import time


def check(o, say):
    """Trains, and returns losses, validations and where the samples are."""
    run = o.out / "training"
    data = o.data or str(drawn(o.out / "pairs", 40 if o.dry_run else 200, 32 if o.dry_run else 256))
    # In a run that was cut off there is something to go on with.
    begun = (run / "config.json").exists()
    command = [o.easel, "train", "--json", "--backend", o.backend, "--steps", str(o.train_steps)]
    if begun:
        command += ["--resume", str(run)]
    else:
        every = str(max(1, o.train_steps // 4))
        command += ["--data", data, "--out", str(run), "--direction", o.direction if o.data else "AtoB",
                    "--val-every", every, "--checkpoint-every", every]
        command += ["--precision", "float32" if o.dry_run else o.precisions[0]]
    if o.dry_run:
        command += ["--threads", "1"]
        if not begun:
            command += ["--image-size", "32", "--width", "4", "--discriminator-width", "4", "--patch-layers", "1"]
    say(f"training, {o.train_steps} steps")
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return {"failure": done.stderr.strip().splitlines()[:4]}
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    steps = [e for e in events if e["event"] == "step"]
    return {
        "seconds": time.time() - began, "steps": len(steps),
        "losses": [mean_losses(part) for part in parts(steps, 8)],
        "validations": [{"step": e["step"], **e["metrics"]} for e in events if e["event"] == "validation"],
        "samples": sorted(str(p.relative_to(o.out)) for p in (run / "samples").glob("*.png"))[-1:],
        "report": str((run / "report.html").relative_to(o.out)),
        "data": "given" if o.data else "drawn",
    }


def parts(steps, count):
    size = max(1, len(steps) // count)
    return [steps[i:i + size] for i in range(0, len(steps), size)]


def mean_losses(steps):
    names = steps[0]["losses"]
    means = {name: sum(s["losses"][name] for s in steps) / len(steps) for name in names}
    return {"from": steps[0]["step"], "to": steps[-1]["step"], **means}


def drawn(folder, count, size):
    """Pairs that take no decoder: boxes as flat colours beside boxes with shaded edges."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:03d}.bmp"
        if not path.exists():
            path.write_bytes(bitmap(*pair(random.Random(number), size)))
    return pathlib.Path(folder)


def pair(dice, size):
    """Rows of a picture twice as wide as high."""
    rows = [[(40, 60, 90)] * size + [(120, 150, 190)] * size for _ in range(size)]
    for _ in range(6):
        width, height = dice.randint(size // 8, size // 3), dice.randint(size // 8, size // 3)
        left, top = dice.randrange(size - width), dice.randrange(size - height)
        colour = dice.choice([(200, 40, 40), (40, 200, 40), (220, 200, 40)])
        for y in range(top, top + height):
            for x in range(left, left + width):
                edge = min(x - left, y - top, left + width - 1 - x, top + height - 1 - y)
                light = min(1.0, 0.35 + 4 * edge / size)
                rows[y][x] = colour
                rows[y][size + x] = tuple(int(c * light) for c in colour)
    return rows, 2 * size, size


def bitmap(rows, width, height):
    """A BMP file, 24 bits; its width is a multiple of 4, so rows need no padding."""
    body = b"".join(bytes(v for r, g, b in row for v in (b, g, r)) for row in reversed(rows))
    header = struct.pack("<2sIHHI", b"BM", 54 + len(body), 0, 0, 54)
    return header + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(body), 2835, 2835, 0, 0) + body
