"""Mean distance of random points, with equal work for each thread.

A step of the parallel loop takes a point from either end: the one has as many points before it
as the other has behind it. `threads.py` takes one point, and leaves most of the work to one thread.
"""

import math
import sys
import time

import numpy as np
from numba import njit, prange


@njit
def distances_before(points, a):
    """Return the sum of the distances of a point to those before it."""
    total = 0.0
    for b in range(a):
        total += math.hypot(points[a, 0] - points[b, 0], points[a, 1] - points[b, 1])
    return total


@njit(parallel=True)
def mean_distance(points):
    """Return the mean distance of all pairs of points."""
    n = len(points)
    total = 0.0
    for step in prange((n + 1) // 2):
        total += distances_before(points, step)
        if n - 1 - step != step:
            total += distances_before(points, n - 1 - step)
    return 2.0 * total / (n * (n - 1))


def main():
    """Work for some seconds on so many points, and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    points = np.random.default_rng(1).random((number, 2))
    mean_distance(points[:2])  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        mean_distance(points)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"{count / elapsed:.2f} calls per second")


if __name__ == "__main__":
    main()
