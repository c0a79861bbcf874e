"""Spends most of its time in Numba's own library, which allocates arrays for one line."""


import numpy as np
from busy import busy_for
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
    for _ in busy_for(1.0):
        add_sizes(100_000)


main()
