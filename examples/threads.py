"""Mean distance of random points, with the points shared among threads in equal numbers.

Each point has as many distances as there are points before it, so the thread that gets the last
points has the most to do. `threads_even.py` gives each step a point from either end.
"""

import math
import sys
import time

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def mean_distance(points):
    """Return the mean distance of all pairs of points."""
    n = len(points)
    total = 0.0
    for a in prange(n):
        for b in range(a):
            total += math.hypot(points[a, 0] - points[b, 0], points[a, 1] - points[b, 1])
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
