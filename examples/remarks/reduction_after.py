"""The sum of `reduction_before.py`, in any order."""

import sys
import time

import numpy as np
from numba import njit


@njit(fastmath=True)
def product(left, right):
    """Return the scalar product of two arrays."""
    total = 0.0
    for i in range(left.size):
        total += left[i] * right[i]
    return total


def main():
    """Repeat the kernel for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    left, right = np.random.default_rng(0).random((2, 100_000)) + 1.0
    product(left, right)  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        product(left, right)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


if __name__ == "__main__":
    main()
