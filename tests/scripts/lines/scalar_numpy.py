"""Calls a NumPy function on numbers, which Numba turns into a loop that runs once."""

import numpy as np
from work import work
from numba import njit


@njit
def total(values):
    """Sum sines."""
    result = 0.0
    for i in range(values.size):
        value = values[i]
        ratio = value / (result + 3)
        result += np.sin(ratio)  # hot
    return result


values = np.random.default_rng(0).random(100_000)
work(lambda: total(values))
