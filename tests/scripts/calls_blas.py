"""Spends its time in the matrix products of BLAS, called by one line."""

import time

import numpy as np
from numba import njit


@njit
def add_products(left, right, count):
    """Return the sum of corners of `count` products."""
    total = 0.0
    for _ in range(count):
        total += np.dot(left, right)[0, 0]  # hot
    return total


def main():
    """Call the kernel again and again for 1.5 seconds of this thread's own time.

    The clock is read seldom: on a busy machine that is where a thread loses its processor.
    """
    matrix = np.linspace(0.0, 1.0, 90_000).reshape(300, 300)
    add_products(matrix, matrix, 1)
    end = time.thread_time() + 1.5
    while time.thread_time() < end:
        add_products(matrix, matrix, 40)


main()
