"""Two compiled functions, one of them for two types of arguments."""


import numpy as np
from busy import busy_for
from numba import njit


@njit
def square(values):
    total = 0
    for value in values:
        total += value * value
    return total


@njit
def cube(values):
    total = 0
    for value in values:
        total += value * value * value
    return total


# As long for each: there are machines that take few samples.
floats = np.arange(500_000) / 7
numbers = np.arange(1_000_000)
square(floats), square(numbers), cube(floats)
for _ in busy_for(1.0):
    square(floats)
    square(numbers)
    cube(floats)
