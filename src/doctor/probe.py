import sys

# With `-c` Python looks for modules in the working directory first.
sys.path[:] = [entry for entry in sys.path if entry]

import math
import time

from numba import njit


@njit
def add_roots(end):
    total = 0.0
    for i in range(end):  # hot
        total += math.sqrt(i) / (i + 1.0)  # hot
    return total


add_roots(1)
calls = 0
start = time.perf_counter()
while time.perf_counter() < start + 1.5:
    add_roots(100_000)
    calls += 1
print(calls / (time.perf_counter() - start), "calls / sec")
