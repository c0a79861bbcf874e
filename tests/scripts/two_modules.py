"""Two kernels; the second calls compiled code of another module, `roots.py`."""

import time

import numpy as np
from numba import njit

from roots import cube_root


@njit
def add_sines(values):
    """Return the sum of the sines of `values`."""
    total = 0.0
    for value in values:
        total += np.sin(value)
    return total


@njit
def add_cube_roots(values):
    """Return the sum of the cube roots of `values`."""
    total = 0.0
    for value in values:
        total += cube_root(value)
    return total


def main():
    """Call the two kernels in turn for one second."""
    values = np.linspace(1.0, 100.0, 10_000)
    add_sines(values)
    add_cube_roots(values)
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        add_sines(values)
        add_cube_roots(values)


main()
