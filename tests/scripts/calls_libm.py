"""Spends most of its time in a function of the C library, called by one line."""

import math

import numpy as np
from busy import busy_for
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
    for _ in busy_for(1.0):
        add_powers(values)


main()
