"""The loop of `iteration_before.py`, with an index."""

import sys
import time

import numpy as np
from numba import njit


@njit(fastmath=True)
def weighted(values):
    """Return the sum of all values, each half as large again."""
    total = 0.0
    for i in range(values.size):
        total += values[i] * 1.5
    return total


def main():
    """Repeat the kernel for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    values = np.random.default_rng(0).random(100_000)
    weighted(values)  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        weighted(values)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


if __name__ == "__main__":
    main()
