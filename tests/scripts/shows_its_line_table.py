"""Work, and then let gdb look at a copy of this process: what does it say of the lines of
the compiled function? The answer goes to the file that is named."""

import ctypes
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "examples"))

import numpy as np
from busy import busy_for
from combo import combine

PR_SET_PTRACER = 0x59616D61
ANYONE = ctypes.c_ulong(-1)

values = np.arange(1_000_000)
combine(values)
for _ in busy_for(0.7):
    combine(values)

copy = os.fork()
if copy == 0:
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANYONE, 0, 0, 0)
    while True:
        signal.pause()
try:
    time.sleep(0.2)
    # gdb has no files of its own here: what it asks about libraries is of no interest.
    gdb = ["gdb", "--nx", "--batch", "-p", str(copy)]
    with open(sys.argv[1], "w") as table:
        subprocess.run(
            gdb
            + ["-ex", "maint expand-symtabs combo.py"]
            + ["-ex", "maint info line-table combo.py"],
            stdin=subprocess.DEVNULL,
            stdout=table,
            stderr=subprocess.STDOUT,
            check=True,
        )
finally:
    os.kill(copy, signal.SIGKILL)
    os.waitpid(copy, 0)
