"""Runs the body of a prange loop on every thread that Numba has.

The loop is long: where threads wait for each other, at its end, they do not wait in
compiled code.
"""

import math
import sys
import time

from numba import njit, prange


@njit(parallel=True)
def kernel(count):
    """Return a sum over the numbers below `count`."""
    total = 0.0
    for i in prange(count):
        total += math.sqrt(i) / (i + 1.0)  # hot
    return total


def main():
    """Run the kernel for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    kernel(1)

    count = 0
    elapsed = 0.0
    # A busy machine may let it work for a small part of the time.
    start, end = time.perf_counter(), time.process_time() + seconds
    while elapsed < seconds or time.process_time() < end:
        kernel(50_000_000)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} sums / sec")


main()
