"""Numba work of a chosen length, for scripts that test something else."""

import math

from busy import busy_for
from numba import njit


@njit
def add_roots(count):
    """Return the sum of the first `count` square roots."""
    total = 0.0
    for i in range(count):
        total += math.sqrt(i)
    return total


def work(seconds):
    """Compile, then keep one processor busy in compiled code for `seconds` of its time."""
    add_roots(1)
    for _ in busy_for(seconds):
        add_roots(10_000)
