"""Gets a signal after the other from another process, which waits until it is handled.

A thread that is none of Python's sleeps meanwhile: NumPy's BLAS has one, where there
is more than one processor. It must not be the one to take a signal.
"""

import os
import signal
import time

SIGNALS = 30
handled, to_parent = os.pipe()
received = 0


def handle(_number, _frame):
    """Count a signal and ask for the next one."""
    global received
    received += 1
    os.write(to_parent, b"!")


def send_signals():
    """Send signals to the parent, at moments that nothing is in step with."""
    os.read(handled, 1)
    for number in range(SIGNALS):
        time.sleep(0.003 + 0.0007 * number)
        os.kill(os.getppid(), signal.SIGUSR1)
        os.read(handled, 1)
    os._exit(0)


# Before Numba is imported: BLAS ends its threads for a fork.
if os.fork() == 0:
    send_signals()

from work import work  # noqa: E402

signal.signal(signal.SIGUSR1, handle)
work(0)
os.write(to_parent, b"!")
while received < SIGNALS:
    work(0.01)
os.wait()
print("signals received:", received)
