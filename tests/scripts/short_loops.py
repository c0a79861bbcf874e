"""Runs parallel loops that are so short that threads wait for each other much of the time.

The body computes the forces between some particles; with `stencil` as the second argument
it averages neighbours.
"""

import sys
import time

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def forces(positions, result):
    """Sum up what all others do to each particle."""
    count = positions.shape[0]
    for i in prange(count):
        x = 0.0
        y = 0.0
        for j in range(count):
            if i != j:
                dx = positions[i, 0] - positions[j, 0]
                dy = positions[i, 1] - positions[j, 1]
                square = dx * dx + dy * dy + 0.01
                inverse = 1.0 / (square * square * square)
                force = inverse * (inverse - 0.5) / square
                x += force * dx
                y += force * dy
        result[i, 0] = x
        result[i, 1] = y


@njit(parallel=True)
def stencil(before, after):
    """Average the neighbours of each number."""
    height, width = before.shape
    for y in prange(1, height - 1):
        for x in range(1, width - 1):
            after[y, x] = 0.25 * (
                before[y - 1, x] + before[y + 1, x] + before[y, x - 1] + before[y, x + 1]
            )


def main():
    """Run the loops for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    if sys.argv[2:] == ["stencil"]:
        kernel, shape = stencil, (800, 800)
    else:
        kernel, shape = forces, (300, 2)
    before = np.random.default_rng(1).random(shape) * 10
    after = np.zeros_like(before)
    kernel(before, after)
    print("ready", flush=True)

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        for _ in range(20):
            kernel(before, after)
        count += 20
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} loops / sec")


main()
