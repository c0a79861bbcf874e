"""Handles SIGURG, which the sampler stops by, and sends it to itself."""

import os
import signal

from work import work

got = 0


def count(number, frame):
    """Count a signal."""
    global got
    got += 1


signal.signal(signal.SIGURG, count)
for _ in range(5):
    work(0.05)
    os.kill(os.getpid(), signal.SIGURG)
print("got", got)
