"""One loop is quadratic in the number of points, and one linear, as their comments say.

It prints how many times a second of processor time it went through both, which does not
depend on what else a busy machine does; but not at the size that `silent-at=SIZE` names.
"""

import sys
import time

import numpy as np
from numba import njit


@njit
def work(points, times):
    """Go through all pairs of points, and through the points so many times."""
    total = 0.0
    for a in points:
        for b in points:
            total += 1.0 / (1.0 + abs(a - b))  # quadratic
    for _ in range(times):
        for a in points:
            total += 1.0 / (2.0 + a * total)  # linear
    return total


def main():
    """Work for some seconds."""
    number, seconds = sys.argv[1], float(sys.argv[2])
    points = np.random.default_rng(1).random(int(number))
    work(points, 1)
    count = 0
    elapsed = 0.0
    start = time.process_time()
    while elapsed < seconds:
        work(points, 300)
        count += 1
        elapsed = time.process_time() - start
    if f"silent-at={number}" not in sys.argv:
        print(f"{count / elapsed:.4f} calls per second")


if __name__ == "__main__":
    main()
