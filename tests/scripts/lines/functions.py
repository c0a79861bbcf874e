"""Functions of several kinds, each of which works as long as the others."""

import math
import time

import numpy as np
from numba import float64, jit, njit
from numba.experimental import jitclass

values = np.random.default_rng(0).random(20_000)


@njit
def produce(values):
    """A generator."""
    for x in values:
        yield math.atan(math.exp(math.sin(math.exp(x))))  # hot


@njit
def consume(values):
    """What uses it."""
    total = 0.0
    for y in produce(values):
        total += y  # hot
    return total


@jitclass([("last", float64)])
class Chain:
    """A class with a method."""

    def __init__(self):
        self.last = 0.0

    def apply(self, values):
        """Works on one value after the other."""
        for x in values:
            self.last = math.atan(math.exp(math.sin(x + 1e-9 * self.last)))  # hot
        return self.last


@njit
def close_over(values, scale):
    """A closure."""

    def helper(x):
        return math.atan(math.exp(math.sin(scale * x)))  # hot

    total = 0.0
    for x in values:
        total += helper(x)  # hot
    return total


chained = njit(lambda x: math.atan(math.exp(math.sin(math.exp(x)))))  # hot


@njit
def call(values):
    """What calls the lambda."""
    total = 0.0
    for x in values:
        total += chained(x)  # hot
    return total


@jit(forceobj=True)
def of_objects(value):
    """Works on objects, for which there is no code of a loop."""
    return value + 1


chain = Chain()
kinds = [
    lambda: consume(values),
    lambda: chain.apply(values),
    lambda: close_over(values, 0.9),
    lambda: call(values),
]
of_objects(1)
for kind in kinds:
    kind()
for kind in kinds:
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        kind()
