"""Works until it gets a signal, and a little longer: a second one would be counted."""

import signal
import time

from work import work

count = 0


def note(number, frame):
    """Count a signal."""
    global count
    count += 1


signal.signal(signal.SIGINT, note)
signal.signal(signal.SIGTERM, note)
while count == 0:
    work(0.1)
end = time.monotonic() + 0.5
while time.monotonic() < end:
    work(0.1)
print("signals:", count)
