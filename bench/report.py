"""Results as Markdown tables."""

import cases

BEGIN, END = "<!-- results begin -->", "<!-- results end -->"


def seconds(s):
    return f"{s:.2f} s" if s >= 1 else f"{1000 * s:.0f} ms" if s >= 0.1 else f"{1000 * s:.1f} ms"


def megabytes(n):
    return f"{n / 1e6:.0f} MB"


def best(contenders, who=None):
    """The fastest peer, or the fastest form of one."""
    peers = [c for c in contenders if c.who != "easel" and c.counts and c.medians and not c.failure]
    return min((c for c in peers if who in (None, c.who)), key=lambda c: c.seconds, default=None)


def labelled(c):
    return seconds(c.seconds) + (f" ({c.label})" if c.label else "")


def ratio(value, goal):
    return f"{value:.2f}× (goal {goal:g}×{'' if value >= goal else ', missed'})"


def summary(results):
    yield ("| case | easel | PyTorch, best form | ONNX Runtime | OpenVINO | faster than the best "
           "| memory: easel | PyTorch | part |")
    yield "|---|---|---|---|---|---|---|---|---|"
    for case, contenders in results:
        ours = [c for c in contenders if c.who == "easel"]
        mine = min((c for c in ours if c.medians and not c.failure), key=lambda c: c.seconds, default=None)
        if not mine:
            yield f"| {case.title} | {ours[0].failure} | | | | | | | |"
            continue
        torch, peer = best(contenders, "PyTorch"), best(contenders)
        row = [case.title, labelled(mine) if len(ours) > 1 else seconds(mine.seconds)]
        row.append(labelled(torch) if torch else "")
        for who in ("ONNX Runtime", "OpenVINO"):
            other = best(contenders, who)
            row.append(labelled(other) if other else "")
        row.append(ratio(peer.seconds / mine.seconds, case.goal) if peer else "")
        row.append(megabytes(mine.peak))
        leanest = min((c for c in contenders if c.who == "PyTorch" and c.peak), key=lambda c: c.peak, default=None)
        if leanest:
            part, goal = mine.peak / leanest.peak, case.memory_goal
            verdict = "" if part <= goal else ", missed"
            row += [megabytes(leanest.peak), f"{part:.2f} (goal ≤ {goal:.2f}{verdict})"]
        else:
            row += ["", ""]
        yield "| " + " | ".join(row) + " |"


def details(results):
    yield "| case | who | median | fastest … slowest | steps | peak memory |"
    yield "|---|---|---|---|---|---|"
    for case, contenders in results:
        for c in contenders:
            if c.failure or not c.medians:
                yield f"| {case.name} | {c.name} | {c.failure} | | | |"
                continue
            low, high = c.spread
            turns = "" if len(c.medians) > 1 else ", one turn"
            yield (f"| {case.name} | {c.name} | {seconds(c.seconds)} | {seconds(low)} … {seconds(high)} "
                   f"| {c.repeats}{turns} | {megabytes(c.peak)} |")


def start_lines(t):
    over = t["whole"] - t["forward"]
    verdict = "" if over <= cases.TRANSLATE_GOAL else ", missed"
    yield (f"`easel translate` of one 256² picture, from process start, weights ({t['file']}) in the page cache: "
           f"{seconds(t['whole'])} ({seconds(t['spread'][0])} … {seconds(t['spread'][1])}, {t['runs']} runs), "
           f"{seconds(over)} over the forward pass of {seconds(t['forward'])} "
           f"(goal ≤ {cases.TRANSLATE_GOAL} s{verdict}).")


def about(results, machine, o, date, took):
    versions = sorted({c.version for _, cs in results for c in cs if getattr(c, "version", None)})
    yield (f"{date}, {machine['processor']}, {machine['cores']} cores, {machine['system']}; {o.threads} threads for "
           f"everybody; {', '.join(versions)}. {o.rounds} turns of {o.seconds:g} s and at least {o.repeats} steps each; "
           f"{took / 60:.0f} minutes.")
    if "gflops" in machine:
        yield ""
        yield (f"The machine with these threads: {machine['gflops']:.0f} GFLOP/s in the micro-kernel, reads "
               f"{machine['read_gb_per_second']:.1f} GB/s, updates in place (read and written) "
               f"{machine['update_gb_per_second']:.1f} GB/s.")


def text(results, start, machine, o, date, took):
    parts = [list(about(results, machine, o, date, took))]
    if results:
        parts.append(list(summary(results)))
    if start:
        parts.append(list(start_lines(start)))
    if results:
        parts.append(["Everybody:"])
        parts.append(list(details(results)))
    return "\n\n".join("\n".join(p) for p in parts)


def write(file, text):
    """Puts the text between the marks of a file."""
    old = file.read_text()
    before, rest = old.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
