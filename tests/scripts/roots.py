"""Compiled code for `two_modules.py`."""

from numba import njit


@njit
def cube_root(number):
    """Approximate the cube root of a positive `number` in three steps."""
    root = number
    for _ in range(3):
        root -= (root - number / (root * root)) / 3.0
    return root
