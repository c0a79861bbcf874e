"""Has signals meant for one thread: a worker's, which the main thread blocks, and ones
that are sent to a thread by name. Shows which of them arrived, and where.
"""

import ctypes
import os
import signal
import threading
import time

from work import add_roots, work

libc = ctypes.CDLL(None, use_errno=True)
received = []
signal.signal(signal.SIGUSR1, lambda number, frame: received.append(number))
signal.siginterrupt(signal.SIGUSR1, True)
work(0.2)

# A worker waits in a system call, which a signal to that thread interrupts.
reading, writing = os.pipe()
interrupted = []


def read():
    """Read once, without Python's own retry."""
    buffer = ctypes.create_string_buffer(1)
    length = libc.read(reading, buffer, 1)
    interrupted.append((length, ctypes.get_errno()))


worker = threading.Thread(target=read)
worker.start()
time.sleep(0.1)
signal.pthread_kill(worker.ident, signal.SIGUSR1)
end = time.perf_counter() + 0.5
while time.perf_counter() < end:
    add_roots(10_000)
os.write(writing, b"x")
worker.join()
print("read in the worker:", interrupted, "received:", received)

# The main thread blocks a signal, and only a worker can take it.
done = threading.Event()
worker = threading.Thread(target=done.wait)
worker.start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
received.clear()
os.kill(os.getpid(), signal.SIGUSR1)
end = time.perf_counter() + 0.5
while time.perf_counter() < end:
    add_roots(10_000)
print("received by the worker:", received)
done.set()
worker.join()
