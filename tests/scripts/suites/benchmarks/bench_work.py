"""Benchmarks of asv, each in another way."""

import numpy as np
from numba import njit

STEPS = 1


@njit
def work(values):
    """Does something with each value, as often as `STEPS` says."""
    total = 0.0
    for i in range(len(values)):
        value = values[i]
        for _ in range(STEPS):
            value = np.sin(value)  # worked
        total += value
    return total


@njit
def prepare(values):
    """What belongs to no call of a benchmark."""
    for i in range(len(values)):
        values[i] = np.exp(np.cos(values[i]))  # prepared
    return values


class Works:
    """Has parameters, and a set-up before each call."""

    params = [[100_000, 200_000], ["float32", "float64"]]
    param_names = ["count", "type"]

    def setup(self, count, dtype):
        """Takes about as long as what is measured."""
        self.values = prepare(np.ones(count)).astype(dtype)

    def time_work(self, count, dtype):
        """Works once."""
        work(self.values)

    def track_work(self, count, dtype):
        """Measures no time."""
        return len(self.values)


class Cached:
    """Is made once for all."""

    def setup_cache(self):
        """What asv hands over as a file."""
        return prepare(np.ones(2000))

    def time_cached(self, values):
        """Works on that."""
        work(values)

    def time_skipped(self, values):
        """Is not for here."""
        work(values)

    time_skipped.setup = lambda values: _skip()


def _skip():
    raise NotImplementedError("it is too cold")


def time_fails():
    """Does not work."""
    work(np.ones(10))
    raise ValueError("there is nothing to work on")
