"""Compiles one function and ends at once: there is nothing to sample."""

from numba import njit


@njit
def add(a, b):
    """Return the sum."""
    return a + b


print(add(1, 2))
