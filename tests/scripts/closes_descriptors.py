"""Closes every descriptor but the standard ones, as daemons do, and opens others.

Before it imports Numba, or afterwards if it is told so. Shows that nobody else writes
to what it opens.
"""

import os
import sys
import tempfile


def renew_descriptors():
    """Close all descriptors, and open files in their place."""
    os.closerange(3, 1024)
    return [tempfile.TemporaryFile() for _ in range(300)]


if sys.argv[1] == "early":
    files = renew_descriptors()
    from work import work
else:
    from work import work

    work(0.3)
    files = renew_descriptors()
work(0.3)
from numba import njit

njit(lambda x: x + 1)(1)
work(1.5)
print("sizes:", {os.fstat(file.fileno()).st_size for file in files})
