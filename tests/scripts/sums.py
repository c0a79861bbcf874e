"""Adds sines for a third of a second, as often for each as STEPS says, and prints a rate."""

import time

import numpy as np
from numba import njit

STEPS = 1


@njit
def add(values):
    """Return the sum of what becomes of all values."""
    total = 0.0
    for i in range(len(values)):
        value = values[i]
        for _ in range(STEPS):
            value = np.sin(value)  # worked
        total += value
    return total


VALUES = np.ones(5000)
add(VALUES)
begin = time.perf_counter()
count = 0
while time.perf_counter() < begin + 0.35:
    add(VALUES)
    count += 1
print(f"{count / (time.perf_counter() - begin):.6g} sums / sec")
