"""Kills the process whose id is in a file, which is gdb, and goes on working."""

import os
import signal
import sys

from work import work

work(0.3)
with open(sys.argv[1]) as file:
    os.kill(int(file.read()), signal.SIGKILL)
work(0.3)
print("killed gdb, and went on")
