"""Divisions, each of which may raise `ZeroDivisionError`."""

import sys
import time

import numpy as np
from numba import njit


@njit
def divide(left, right, quotients):
    """Divide each element of one array by that of another."""
    for i in range(left.size):
        quotients[i] = left[i] / right[i]


def main():
    """Repeat the kernel for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    left, right = np.random.default_rng(0).random((2, 100_000)) + 1.0
    quotients = np.empty_like(left)
    divide(left, right, quotients)  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        divide(left, right, quotients)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


if __name__ == "__main__":
    main()
