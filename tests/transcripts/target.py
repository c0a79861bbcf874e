"""What `record.py` attaches gdb to: a Numba script that computes without end.

The first argument says how it ends. It says "ready" when its code is compiled,
and goes on to its end when it is sent a line.
"""

import math
import os
import select
import signal
import subprocess
import sys
import threading

import numpy as np
from numba import njit


@njit(nogil=True)
def innermost(values):
    total = 0.0
    for value in values:
        total = math.sqrt(value / (total + 1.0))
        total = math.sqrt(value / (total + 2.0))
    return total + math.sin(total)


@njit(nogil=True)
def repeat(values, times):
    total = 0.0
    for _ in range(times):
        total += innermost(values)
    return total


def compute():
    while not select.select([sys.stdin], [], [], 0)[0]:
        repeat(values, 100)
    sys.stdin.readline()


values = np.linspace(0.0, 100.0, 10_000)
repeat(values, 1)
print("ready", flush=True)
ending = sys.argv[1]
if ending == "signals":
    caught = []
    signal.signal(signal.SIGUSR1, lambda *_: caught.append("SIGUSR1"))
    try:
        compute()
    except KeyboardInterrupt:
        print("interrupted", *caught, flush=True)
    sys.exit()
compute()
if ending == "thread":
    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    sys.exit(3)
elif ending == "fork":
    child = os.fork()
    if child == 0:
        os._exit(7)
    os.waitpid(child, 0)
    subprocess.run(["true"], check=True)
elif ending == "exec":
    os.execv("/bin/true", ["true"])
elif ending == "crash":
    os.kill(os.getpid(), signal.SIGABRT)
