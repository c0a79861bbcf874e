"""Sums of arrays in three ways, as a suite of asv measures them.

    profila diff --asv 'bench_sums.Sums.time_plain(1000000)' 'bench_sums.Sums.time_compensated(1000000)'
"""

import numpy as np
from numba import njit


@njit
def plain(values):
    """Adds the values one after the other."""
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total


@njit
def compensated(values):
    """Adds the values, and what was lost of each by rounding (Neumaier)."""
    total = 0.0
    lost = 0.0
    for i in range(len(values)):
        value = values[i]
        new = total + value
        if abs(total) >= abs(value):
            lost += (total - new) + value
        else:
            lost += (value - new) + total
        total = new
    return total + lost


@njit
def by_parts(values):
    """Adds the values in four sums, which do not wait for each other."""
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    whole = len(values) // 4 * 4
    for i in range(0, whole, 4):
        first += values[i]
        second += values[i + 1]
        third += values[i + 2]
        fourth += values[i + 3]
    for i in range(whole, len(values)):
        first += values[i]
    return first + second + third + fourth


class Sums:
    """One array of each length, summed in each way."""

    params = [100_000, 1_000_000]
    param_names = ["length"]

    def setup(self, length):
        """Makes the array, which is not measured."""
        self.values = np.random.default_rng(1).random(length)

    def time_plain(self, length):
        """One after the other."""
        plain(self.values)

    def time_compensated(self, length):
        """With what was lost."""
        compensated(self.values)

    def time_by_parts(self, length):
        """In four sums."""
        by_parts(self.values)
