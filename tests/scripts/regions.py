"""Does two kinds of work, each in a region of its own, and one within the other."""

import sys
import time

import numpy as np
from numba import njit

import profila

STEPS = 1


@njit
def add(values):
    """Return a sum over `values`."""
    total = 0.0
    for value in values:
        total += np.sqrt(value) * 0.5  # added
    return total


@njit
def multiply(values, steps):
    """Return a product over `values`, each taken `steps` times."""
    total = 1.0
    for value in values:
        for _ in range(steps):
            total = np.sin(total * value)  # multiplied
    return total


@profila.region("multiply", units=50_000)
def multiply_all(values):
    """Multiply, as a region."""
    return multiply(values, STEPS)


def main():
    """Do both for some seconds, in turn."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    values = np.linspace(1.0, 2.0, 50_000)
    many = np.linspace(1.0, 2.0, 500_000)
    add(values)
    multiply(values, STEPS)
    # A busy machine may let it work for a small part of the time.
    end = time.process_time() + seconds
    while time.process_time() < end:
        with profila.region("both"):
            with profila.region("add") as added:
                add(many)
                added.units = len(many)
            multiply_all(values)


main()
