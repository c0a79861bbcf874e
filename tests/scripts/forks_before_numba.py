"""Forks before Numba is imported; the child imports it too, for itself."""

import os

child = os.fork()
if child == 0:
    import numba  # noqa: F401

    os._exit(7)
_, status = os.waitpid(child, 0)

from work import work  # noqa: E402

work(0.3)
print("child exited with", os.waitstatus_to_exitcode(status))
