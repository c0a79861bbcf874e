"""Has an expression of whole arrays, for which Numba makes a kernel."""

import sys

import numpy as np
from work import work
from numba import njit


@njit(parallel=sys.argv[1] == "parallel")
def combine(one, other):
    """Return a curve of products."""
    result = np.sqrt(one * other + 1.0) * np.exp(-one)  # hot
    return result


values = np.random.default_rng(0).random(200_000)
work(lambda: combine(values, values))
