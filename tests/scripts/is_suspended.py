"""Is suspended while it works, by signals that it handles or not, and goes on when it is
told to. Shows whether it stood still meanwhile.
"""

import os
import signal
import threading
import time

from work import add_roots, work

received = []


def processor_time(process):
    """Return the time for which a process has run, in the kernel's ticks."""
    with open(f"/proc/{process}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def suspend(name):
    """Have a child suspend this process for a while, and work on meanwhile."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        time.sleep(0.2)
        os.kill(parent, signal.Signals[name])
        time.sleep(0.2)
        before = processor_time(parent)
        time.sleep(0.3)
        stood_still = processor_time(parent) == before
        os.kill(parent, signal.SIGCONT)
        # What is watched may get the signal some milliseconds later.
        time.sleep(0.2)
        os._exit(stood_still)
    status = None
    while status is None:
        add_roots(10_000)
        ended, waited = os.waitpid(child, os.WNOHANG)
        status = waited if ended else None
    print(name, "stood still:", bool(os.waitstatus_to_exitcode(status)), received)
    received.clear()


work(0.2)
for name in ["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"]:
    suspend(name)

# Whoever handles or ignores it goes on.
for number in [signal.SIGCONT, signal.SIGTSTP]:
    signal.signal(number, lambda number, _frame: received.append(signal.Signals(number).name))
suspend("SIGSTOP")
suspend("SIGTSTP")
signal.signal(signal.SIGTSTP, signal.SIG_IGN)
suspend("SIGTSTP")
signal.signal(signal.SIGTSTP, signal.SIG_DFL)

# All threads stand still.
done = threading.Event()


def count():
    """Work until the other thread has done."""
    while not done.is_set():
        add_roots(10_000)


worker = threading.Thread(target=count)
worker.start()
suspend("SIGTSTP")
done.set()
worker.join()
