"""Does nearly all of its work on one line, part of it in a library function."""

import sys
import time

import numpy as np
from numba import njit


@njit
def kernel(values):
    """Return a sum over `values`."""
    total = 0.0
    for value in values:
        total += np.round(1.0 / value, 2)  # hot
    return total


def main():
    """Run the kernel for some seconds of work and print how many times per second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.6
    values = np.linspace(1.0, 100.0, 20_000)
    kernel(values)

    count = 0
    start, end = time.perf_counter(), time.process_time() + seconds
    # Which is read rarely: see `busy.py`.
    while time.process_time() < end:
        pause = time.perf_counter() + min(seconds, 0.3)
        while time.perf_counter() < pause:
            kernel(values)
            count += 1
    elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


main()
