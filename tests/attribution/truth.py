"""The share of a kernel's time that its heavy line takes, found without sampling.

`truth.py WITH WITHOUT SECONDS` calls the two versions of a kernel in turn for so many
seconds, in one process, and compares the processor time that they take: that of all
threads, which other processes on the machine change little. The median over the pairs
is printed as JSON, with the 95% interval of the median.
"""

import importlib
import json
import math
import statistics
import sys
import time

# Processor time of one measurement, in seconds, that the two versions take together at
# least: a clock's resolution and an interruption are small beside it.
LEAST_S = 0.02


def load(folder):
    """The function `call` of the kernel in a folder, compiled."""
    for name in ("kernel", "helper"):
        sys.modules.pop(name, None)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    call = importlib.import_module("kernel").call
    sys.path.remove(folder)
    call()
    return call


def processor_time(call, times):
    """Processor time of so many calls, in seconds."""
    begin = time.process_time()
    for _ in range(times):
        call()
    return time.process_time() - begin


def shares(heavy, light, seconds):
    """The heavy line's share in each of a number of pairs of measurements."""
    both = processor_time(heavy, 1) + processor_time(light, 1)
    times = math.ceil(LEAST_S / max(both, 1e-6))
    end = time.perf_counter() + seconds
    found = []
    while time.perf_counter() < end or len(found) < 10:
        # Whichever is first may have an advantage.
        if len(found) % 2:
            without = processor_time(light, times)
            whole = processor_time(heavy, times)
        else:
            whole = processor_time(heavy, times)
            without = processor_time(light, times)
        found.append(1 - without / whole)
    return found


def main(heavy, light, seconds):
    """Prints the share, its 95% interval and the number of pairs."""
    found = sorted(shares(load(heavy), load(light), seconds))
    count = len(found)
    # Order statistics: the median of the population lies between them 19 times in 20.
    beside = math.floor((count - 1.96 * math.sqrt(count)) / 2)
    low, high = found[max(beside - 1, 0)], found[min(count - beside, count - 1)]
    share = statistics.median(found)
    print(json.dumps({"share": share, "low": low, "high": high, "pairs": count}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
