"""Is ended by the signal that it is told, after some work."""

import ctypes
import os
import resource
import signal
import sys

from work import work

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
work(0.5)
print("about to die", flush=True)
if sys.argv[1] == "SIGSEGV":
    # By a fault of its own, not by somebody who sends the signal.
    ctypes.string_at(0)
os.kill(os.getpid(), signal.Signals[sys.argv[1]])
