"""Has its compiled code kept in Numba's cache."""

import math
import time

from numba import njit


@njit(cache=True)
def add_roots(end):
    """Return the sum of terms that each take a square root and a division."""
    total = 0.0
    for i in range(end):
        total += math.sqrt(i) / (i + 1.0)  # hot
    return total


add_roots(1)
end = time.perf_counter() + 0.6
while time.perf_counter() < end:
    add_roots(100_000)
print("loaded from the cache:", sum(add_roots.stats.cache_hits.values()))
