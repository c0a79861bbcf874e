"""Reads a line from the terminal, and works until Ctrl-C is pressed there."""

import signal
import sys

from work import work

# Also where whoever started the tests has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
work(0.3)
print("on a terminal:", sys.stdin.isatty(), sys.stdout.isatty(), flush=True)
line = input("a line? ")
try:
    # Whoever sees this may interrupt at once.
    print("read:", repr(line), flush=True)
    while True:
        work(0.1)
except KeyboardInterrupt:
    print("interrupted")
