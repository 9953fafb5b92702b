"""What every process that is measured speaks, on standard input and output.

A worker measures one contender in one case. It imports its library, notes its
resident size, builds the case and warms up, and prints {"ready": …} as a line
of JSON. For each line "SECONDS REPEATS" that it then reads it repeats the case
for that long, at least that often, and prints {"times": […], "peak_bytes": …}. It
ends with its input. While others are measured it waits on a pipe.

peak_bytes is the peak resident size less the resident size after importing the
library: what the case takes, not what an idle process has.
"""

import json
import sys
import time

WARM_UPS = 3


def resident(field):
    """A field of /proc/self/status in bytes, or where there is none the peak by getrusage."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field):
                    return 1024 * int(line.split()[1])
    except FileNotFoundError:
        pass
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def repeat(run, seconds, repeats):
    times = []
    while len(times) < repeats or sum(times) < seconds:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def serve(build, about, peak=None):
    """Builds a case with build() and measures what that returns whenever asked to.

    peak, if given, tells the peak in another way, as of a device's memory.
    """
    idle = resident("VmRSS")
    peak = peak or (lambda: resident("VmHWM") - idle)
    run = build()
    for _ in range(WARM_UPS):
        run()
    print(json.dumps({"ready": about}), flush=True)
    for line in sys.stdin:
        seconds, repeats = line.split()
        times = repeat(run, float(seconds), int(repeats))
        print(json.dumps({"times": times, "peak_bytes": peak()}), flush=True)
