"""Works in a region with parallel loops, and beside it in threads with regions of their own."""

import math
import threading
import time

import numpy as np
from numba import njit, prange

import profila


@njit(parallel=True)
def work_together(count):
    """Return a sum over the numbers below `count`, by all threads."""
    total = 0.0
    for i in prange(count):
        total += math.sqrt(i) / (i + 1.0)  # parallel
    return total


@njit(nogil=True)
def work_alone(values):
    """Return a sum over `values`, by one thread."""
    total = 0.0
    for value in values:
        total += np.cos(value)  # alone
    return total


def main():
    """Work in both ways, one after the other."""
    values = np.linspace(1.0, 2.0, 200_000)
    work_together(1)
    work_alone(values)

    def thread():
        with profila.region("alone", units=1):
            end = time.perf_counter() + 0.3
            while time.perf_counter() < end:
                work_alone(values)

    with profila.region("parallel"):
        # A busy machine may let it work for a small part of the time.
        end = time.process_time() + 0.8
        while time.process_time() < end:
            # So many that threads wait for each other only briefly.
            work_together(20_000_000)
    threads = [threading.Thread(target=thread) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


main()
