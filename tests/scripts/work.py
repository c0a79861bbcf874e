"""Numba work of a chosen length, for scripts that test something else."""

import math
import time

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
    end = time.process_time() + seconds
    # Which is read rarely: see `busy.py`.
    while time.process_time() < end:
        pause = time.perf_counter() + min(seconds, 0.3)
        while time.perf_counter() < pause:
            add_roots(10_000)
