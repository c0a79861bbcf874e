"""Works in two threads at once, each in a function of its own, while the first waits."""

import math
import threading
import time

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


def repeat(function, count, end):
    """Call a function until the process has worked for so many seconds."""
    while time.process_time() < end:
        function(count)
    spent[function] = time.thread_time()


spent = {}
add_roots(1)
add_sines(1)
# On a busy machine both are seldom at work in the same moment: that is a matter of how much
# they do.
end = time.process_time() + 2
threads = [
    threading.Thread(target=repeat, args=[add_roots, 40_000_000, end]),
    threading.Thread(target=repeat, args=[add_sines, 6_000_000, end]),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"one {spent[add_roots]:.3f} s, other {spent[add_sines]:.3f} s")
