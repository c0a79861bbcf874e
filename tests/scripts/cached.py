"""Has its compiled code kept in Numba's cache."""

import math
import time

from numba import njit


@njit(cache=True)
def add_roots(end):
    """Return the sum of terms that each take two square roots and a division."""
    total = 0.0
    for i in range(end):
        total += math.sqrt(math.sqrt(i)) / (i + 1.0)  # hot
    return total


add_roots(1)
end = time.process_time() + 0.6
# Which is read rarely: see `busy.py`.
while time.process_time() < end:
    pause = time.perf_counter() + 0.3
    while time.perf_counter() < pause:
        add_roots(100_000)
print("loaded from the cache:", sum(add_roots.stats.cache_hits.values()))
