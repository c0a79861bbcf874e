"""Handles signals that ask it to end, and those of its children, and shows them."""

import os
import signal
import subprocess
import sys
import time

from work import work

received = []
handled = [signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGUSR2, signal.SIGALRM]
for number in handled:
    signal.signal(number, lambda number, frame: received.append(number))

work(0.3)
for number in handled:
    if number != signal.SIGCHLD:
        os.kill(os.getpid(), number)
    work(0.05)
for code in range(3):
    child = subprocess.Popen([sys.executable, "-S", "-c", f"raise SystemExit({code})"])
    print("child exited with", child.wait())
    work(0.05)
# A sleep is cut short by nothing but signals of its own, and a handler lets it go on.
signal.setitimer(signal.ITIMER_REAL, 0.05)
start = time.perf_counter()
time.sleep(0.2)
print("slept to the end:", time.perf_counter() - start >= 0.2)
print("received:", [signal.Signals(number).name for number in received])
