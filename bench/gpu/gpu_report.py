"""results.json as Markdown."""

import gpu_cases


def milliseconds(s):
    return f"{1000 * s:.2f} ms"


def megabytes(n):
    return f"{n / 1e6:.0f} MB"


def floor(ready, precision, device):
    """The least that a step can take here, and which of both it is, from what was measured."""
    size = 0.5 if precision == "bf16" else 1  # of an element of a product, in float32's
    moved = 1e9 * (size * ready["g_product_bytes"] + ready["g_update_bytes"])
    memory = moved / device["bytes_per_second"]
    arithmetic = 2e9 * ready["g_multiplies"] / device[f"operations_per_second_{precision}"]
    return max(memory, arithmetic), "memory" if memory > arithmetic else "arithmetic"


def best(contenders):
    peers = [c for c in contenders if c["who"] != "easel" and "seconds" in c and not c["failure"]]
    return min(peers, key=lambda c: c["seconds"], default=None)


def summary(data):
    yield ("| case | precision | easel | images/s | best PyTorch | its images/s | easel is | floor | easel, of the floor | "
           "PyTorch, of the floor | memory: easel | PyTorch |")
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for key, contenders in data["cases"].items():
        name, precision = key.split()
        case, mine, peer = gpu_cases.parse(name), contenders[0], best(contenders)
        row = [case.title, precision]
        if "seconds" not in mine:
            yield "| " + " | ".join(row + [f"failed: {mine['failure']}"] + [""] * 9) + " |"
            continue
        least, bound = floor(mine["ready"], precision, data["floors"])
        row += [milliseconds(mine["seconds"]), f"{case.batch / mine['seconds']:.1f}"]
        if peer:
            ratio = peer["seconds"] / mine["seconds"]
            missed = "" if ratio >= gpu_cases.GOAL else ", missed"
            row += [f"{milliseconds(peer['seconds'])} ({peer['label']})", f"{case.batch / peer['seconds']:.1f}",
                    f"{ratio:.2f}× as fast (goal {gpu_cases.GOAL}×{missed})"]
        else:
            row += ["", "", ""]
        row += [f"{milliseconds(least)} ({bound})", f"{mine['seconds'] / least:.1f}×",
                f"{peer['seconds'] / least:.1f}×" if peer else "",
                megabytes(mine["peak_bytes"]), megabytes(peer["peak_bytes"]) if peer else ""]
        yield "| " + " | ".join(row) + " |"


def details(data):
    yield "| case | precision | who | median | fastest … slowest | steps | memory |"
    yield "|---|---|---|---|---|---|---|"
    for key, contenders in data["cases"].items():
        name, precision = key.split()
        for c in contenders:
            who = ", ".join(w for w in (c["who"], c["label"]) if w)
            if "seconds" not in c:
                yield f"| {name} | {precision} | {who} | {c['failure']} | | | |"
                continue
            yield (f"| {name} | {precision} | {who} | {milliseconds(c['seconds'])} | {milliseconds(c['fastest'])} … "
                   f"{milliseconds(c['slowest'])} | {c['repeats']} | {megabytes(c['peak_bytes'])} |")


def device(f):
    facts = [f"{k} {f[k]}" for k in ("device", "driver", "cuda", "cudnn", "torch", "python") if k in f]
    yield "; ".join(facts) + "."
    yield ""
    rates = ", ".join(f"{f['operations_per_second_' + p] / 1e12:.3g} in {p}" for p in ("float32", "tf32", "bf16"))
    yield f"Measured: {f['bytes_per_second'] / 1e9:.4g} GB/s copied (read and written); a matrix product's TFLOP/s: {rates}."


def training(t):
    if "failure" in t:
        yield f"Training failed: {' '.join(t['failure'])}"
        return
    yield f"Trained {t['steps']} steps in {t['seconds']:.0f} s on {t['data']} pairs; samples {', '.join(t['samples'])}, {t['report']}."
    yield ""
    names = [n for n in t["losses"][0] if n not in ("from", "to")]
    yield "| steps | " + " | ".join(names) + " |"
    yield "|---" * (1 + len(names)) + "|"
    for part in t["losses"]:
        yield f"| {part['from']}–{part['to']} | " + " | ".join(f"{part[n]:.4g}" for n in names) + " |"
    yield ""
    for v in t["validations"]:
        yield f"- step {v['step']}: " + ", ".join(f"{n} {x:.4g}" for n, x in v.items() if n != "step")


def text(data):
    parts = [["**A dry run on the processor: it shows that the script works, and nothing about a GPU.**"]] if data["dry_run"] else []
    parts.append(list(device(data["floors"])))
    if data["cases"]:
        parts += [list(summary(data)), ["Everybody:"], list(details(data))]
    if "training" in data:
        parts.append(list(training(data["training"])))
    return "\n\n".join("\n".join(p) for p in parts)
