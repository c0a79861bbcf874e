"""Has a parallel loop whose body is so small that it is inlined into its wrapper."""

import numpy as np
from numba import njit, prange
from work import work


@njit(parallel=True)
def curve(values):
    """Return a curve of each value."""
    out = np.empty_like(values)
    for i in prange(values.size):
        value = values[i]  # hot
        value = value / (value + 1.5)  # hot
        value = value**0.5 / (value - 2.5)  # hot
        out[i] = value  # hot
    return out


values = np.random.default_rng(0).random(1_000_000)
work(lambda: curve(values))
