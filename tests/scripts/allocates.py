"""Spends most of its time in Numba's own library, which allocates arrays for one line."""

import time

import numpy as np
from numba import njit


@njit
def add_sizes(count):
    """Return the sum of the sizes of `count` arrays."""
    total = 0
    for i in range(count):
        total += np.empty(i % 8).size  # hot
    return total


def main():
    """Call the kernel again and again for one second."""
    add_sizes(1)
    end = time.process_time() + 1.0
    while time.process_time() < end:
        add_sizes(100_000)


main()
