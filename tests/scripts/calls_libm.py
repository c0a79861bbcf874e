"""Spends most of its time in a function of the C library, called by one line."""

import math
import time

import numpy as np
from numba import njit


@njit
def add_powers(values):
    """Return the sum of powers of `values`."""
    total = 0.0
    for value in values:
        total += math.pow(value, 1.7)  # hot
    return total


def main():
    """Call the kernel again and again for one second."""
    values = np.linspace(1.0, 100.0, 10_000)
    add_powers(values)
    end = time.process_time() + 1.0
    while time.process_time() < end:
        add_powers(values)


main()
