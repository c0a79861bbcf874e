"""Forks after compiling; parent and child both run compiled code and print."""

import os

from work import work

work(0.3)
child = os.fork()
if child == 0:
    work(0.3)
    print("child done", flush=True)
    os._exit(7)
_, status = os.waitpid(child, 0)
print("child exited with", os.waitstatus_to_exitcode(status))
work(0.3)
