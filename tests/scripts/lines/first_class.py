"""Calls compiled functions by their addresses: as values, and as C functions."""

import sys

from numba import cfunc, float64, njit, types
from work import work

CURVE = float64(float64)


def curve(x):
    """Return a curve."""
    for _ in range(200):  # hot
        x = x * x - 0.25  # hot
    return x


FUNCTION = cfunc(CURVE)(curve) if sys.argv[1] == "cfunc" else njit(CURVE)(curve)


@njit(float64(types.FunctionType(CURVE), float64))
def total(function, x):
    """Call it again and again."""
    result = 0.0
    for i in range(10_000):
        result += function(x + i * 1e-8)
    return result


work(lambda: total(FUNCTION, 0.5))
