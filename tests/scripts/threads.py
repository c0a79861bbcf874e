"""Works in two threads at once, each in a function of its own, while the first waits."""

import math
import threading

from numba import njit


@njit(nogil=True)
def add_roots(count):
    """Return the sum of the first `count` square roots."""
    total = 0.0
    for i in range(count):
        total += math.sqrt(i)  # one
    return total


@njit(nogil=True)
def add_sines(count):
    """Return the sum of the first `count` sines."""
    total = 0.0
    for i in range(count):
        total += math.sin(i)  # other
    return total


add_roots(1)
add_sines(1)
threads = [
    threading.Thread(target=add_roots, args=[200_000_000]),
    threading.Thread(target=add_sines, args=[30_000_000]),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
