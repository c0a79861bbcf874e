"""Runs the body of a prange loop on every thread that Numba has."""

import math
import sys
import time

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def kernel(values):
    """Return a sum over `values`."""
    total = 0.0
    for i in prange(values.size):
        total += math.sqrt(values[i]) / (values[i] + 1.0)  # hot
    return total


def main():
    """Run the kernel for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    values = np.linspace(0.0, 100.0, 100_000)
    kernel(values)

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        kernel(values)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


main()
