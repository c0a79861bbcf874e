"""Works, compiles and loads a library: what a gdb that failed could have spoiled."""

import ctypes
import os
import sys

from numba import njit
from work import work


@njit
def compiled_later(number):
    """Return twice the number."""
    return 2 * number


work(0)
if "AT_WORK" in os.environ:
    open(os.environ["AT_WORK"], "w").close()
work(0.8)
print("compiled:", compiled_later(21))
ctypes.CDLL("libutil.so.1")
work(0.2)
print("the script is done")
if len(sys.argv) > 1:
    sys.exit(int(sys.argv[1]))
