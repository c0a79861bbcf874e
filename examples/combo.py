"""Three additions on three lines that the compiler folds into one.

A profile shows only one of the three lines. The other two have no machine
instructions: compiled code adds 123456789, a number that is not in this file.
"""

import sys
import time

import numpy as np
from numba import njit


@njit
def combine(values):
    """Return one number made of all `values`."""
    total = 0
    for value in values:
        value += 123_000_000
        value += 456_000
        value += 789
        total ^= value * total + value
    return total


def main():
    """Combine one array for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    values = np.arange(1_000_000)
    combine(values)  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        combine(values)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} arrays / sec")


if __name__ == "__main__":
    main()
