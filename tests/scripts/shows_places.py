"""Prints where the code of functions begins, in bytes behind the start of a page."""

import numpy as np
from numba import njit, prange, vectorize


@njit
def plain(values):
    """Return the sum of square roots."""
    total = 0.0
    for value in values:
        total += np.sqrt(value)
    return total


@njit(parallel=True)
def parallel(values):
    """Return a sum over threads."""
    total = 0.0
    for i in prange(values.size):
        total += values[i]
    return total


@njit(cache=True)
def cached(values):
    """Return a sum, from the cache the next time."""
    return values.sum()


@vectorize(["float64(float64)"])
def curve(x):
    """Return a parabola."""
    return x * x + 1.0


def main():
    """Compile each function, and print its place."""
    values = np.ones(1000)
    for function in (plain, parallel, cached):
        function(values)
        compiled = function.overloads[function.signatures[0]]
        engine = compiled.library._codegen._engine._ee
        address = engine.get_function_address(compiled.fndesc.llvm_func_name)
        print(function.__name__, address % 4096)
    curve(values)


main()
