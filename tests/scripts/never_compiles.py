"""Imports Numba and has a function for it, but never calls that function."""

from numba import njit


@njit
def uncalled():
    """Return a number, if ever called."""
    return 1


print("done without compiling")
