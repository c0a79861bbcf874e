"""Has a function that is inlined into others.

It stands far down, on lines on which the file of its caller has another function.

It has nothing to do with that one.





















"""

import math

from numba import njit


@njit(inline="always")
def hot(x):
    """Return a curve."""
    y = math.sin(x)  # hot
    y = math.cos(y + x)  # hot
    return y * 0.5 + x  # hot
