"""Every second element of an array."""

import math
import sys
import time

import numpy as np
from numba import njit


@njit
def roots(values, results):
    """Write the square root of each value."""
    for i in range(values.size):
        results[i] = math.sqrt(values[i])


def main():
    """Repeat the kernel for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    values = np.random.default_rng(0).random(200_000)[::2]
    results = np.empty(200_000)[::2]
    roots(values, results)  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        roots(values, results)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


if __name__ == "__main__":
    main()
