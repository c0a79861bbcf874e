"""Kills the process whose id is in a file, which is gdb, and goes on working."""

import ctypes
import os
import signal
import sys
import time

from numba import njit
from work import work


@njit
def compiled_later(number):
    """Return twice the number."""
    return 2 * number


work(0.3)
with open(sys.argv[1]) as file:
    os.kill(int(file.read()), signal.SIGKILL)
work(0.3)
time.sleep(0.3)
# Both come by places that gdb had marked: code that is compiled, and a library that
# is loaded.
print("compiled:", compiled_later(21))
ctypes.CDLL("libutil.so.1")
print("killed gdb, and went on")
