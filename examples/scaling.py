"""Statistics of random points: one part is quadratic in their number, another one linear.

`profila scale examples/scaling.py --vary points=1000,2000,4000 -- {points}` tells which.
"""

import math
import sys
import time

import numpy as np
from numba import njit


@njit
def mean_distance(points):
    """Return the mean distance of all pairs of points: quadratic."""
    total = 0.0
    for a in range(len(points)):
        for b in range(a):
            total += math.hypot(points[a, 0] - points[b, 0], points[a, 1] - points[b, 1])
    return 2.0 * total / (len(points) * (len(points) - 1))


@njit
def mean_angle(points):
    """Return the mean angle of the points, each turned many times: linear."""
    total = 0.0
    for a in range(len(points)):
        x, y = points[a, 0], points[a, 1]
        for _ in range(2500):
            x, y = 0.8 * x - 0.6 * y, 0.6 * x + 0.8 * y
        total += math.atan2(y, x)
    return total / len(points)


@njit
def describe(points):
    """Return both."""
    return mean_distance(points), mean_angle(points)


def main():
    """Describe so many points again and again, and print how many times a second."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    points = np.random.default_rng(1).random((number, 2))
    describe(points[:2])  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        describe(points)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"{count / elapsed:.4f} calls per second")


if __name__ == "__main__":
    main()
