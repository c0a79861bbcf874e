"""Two kernels; the second calls compiled code of another module, `roots.py`."""


import numpy as np
from busy import busy_for
from numba import njit

from roots import cube_root


@njit
def add_roots(values):
    """Return a number made of the square roots of `values`."""
    total = 0.0
    for value in values:
        total += np.sqrt(value) / (value + total)
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
    add_roots(values)
    add_cube_roots(values)
    for _ in busy_for(1.0):
        add_roots(values)
        add_cube_roots(values)


main()
