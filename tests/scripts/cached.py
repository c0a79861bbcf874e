"""Has its compiled code kept in Numba's cache."""

import math
import time

from numba import njit


@njit(cache=True)
def add_sines(end):
    """Return the sum of terms that each take a call."""
    total = 0.0
    for i in range(end):
        total += math.sin(i)  # hot
    return total


add_sines(1)
end = time.process_time() + 0.6
# Which is read rarely: see `busy.py`.
while time.process_time() < end:
    pause = time.perf_counter() + 0.3
    while time.perf_counter() < pause:
        add_sines(100_000)
print("loaded from the cache:", sum(add_sines.stats.cache_hits.values()))
