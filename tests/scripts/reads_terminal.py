"""Reads a line from the terminal, and works until Ctrl-C is pressed there."""

import sys

from work import work

work(0.3)
print("on a terminal:", sys.stdin.isatty(), sys.stdout.isatty(), flush=True)
print("read:", repr(input("a line? ")), flush=True)
try:
    while True:
        work(0.1)
except KeyboardInterrupt:
    print("interrupted")
