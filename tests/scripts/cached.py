"""Has its compiled code kept in Numba's cache."""

import time

from numba import njit


@njit(cache=True)
def count_odd(end):
    """Return how many numbers below `end` are odd in a way that takes a while."""
    total = 0
    for i in range(end):
        total ^= (total << 1) ^ (i % 7)  # hot
    return total


count_odd(1)
end = time.perf_counter() + 0.6
while time.perf_counter() < end:
    count_odd(100_000)
print("loaded from the cache:", sum(count_odd.stats.cache_hits.values()))
