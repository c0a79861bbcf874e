"""Spends its time in the C library and the kernel, which hand memory out, copy it and
take it back for lines of compiled code."""


import numpy as np
from busy import busy_for
from numba import njit


@njit
def copy_zeros(size):
    """Return the last value of a copy of zeros."""
    zeros = np.zeros(size)  # zeros
    copy = zeros.copy()  # copy
    return copy[-1]


def main():
    """Call the kernel again and again for one second."""
    copy_zeros(10)
    for _ in busy_for(1.0):
        copy_zeros(2_000_000)


main()
