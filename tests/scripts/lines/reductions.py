"""Reduces arrays in parallel, by functions that Numba replaces by its own."""

import numpy as np
from numba import njit
from work import work


@njit(parallel=True)
def summary(values):
    """Return four reductions, added up."""
    a = values.sum()  # hot
    b = values.mean()  # hot
    c = values.min()  # hot
    d = np.argmax(values)  # hot
    return a + b + c + d


values = np.random.default_rng(0).random(4_000_000)
work(lambda: summary(values))
