"""Works until it is interrupted, and then a little longer to see if it is again.

With an argument it never ends, however often it is interrupted.
"""

import signal
import sys

from work import work

interrupts = []
signal.signal(signal.SIGINT, lambda number, _frame: interrupts.append(number))
work(0.3)
print("ready", flush=True)
while not interrupts or len(sys.argv) > 1:
    work(0.1)
work(0.5)
print("interrupts:", len(interrupts))
