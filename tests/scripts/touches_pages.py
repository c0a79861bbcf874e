"""Writes to one page of fresh memory after another on one line, and works on another."""

import math
import mmap
import sys
import time

import numpy as np
from busy import busy_for
from numba import njit

PAGES = 200


@njit
def touch(memory, step):
    """Write to every page of `memory` and take as long elsewhere."""
    total = 0.0
    for i in range(0, memory.size, step):
        memory[i] = 1  # faults
        for j in range(20_000):
            total += math.sqrt(i + j)  # works
    return total


def fresh_memory():
    """Return memory in which no page has been written to, each of the smallest size."""
    memory = mmap.mmap(-1, PAGES * mmap.PAGESIZE)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, dtype=np.uint8)


def main():
    """Touch fresh memory for some seconds of work, and print how often."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    touch(fresh_memory(), mmap.PAGESIZE)
    count = 0
    start = time.perf_counter()
    for _ in busy_for(seconds):
        touch(fresh_memory(), mmap.PAGESIZE)
        count += 1
    print(f"Touched {count / (time.perf_counter() - start):.2f} memories / sec")


main()
