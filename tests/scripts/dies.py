"""Is ended by a signal after some work."""

import os
import signal

from work import work

work(0.5)
os.kill(os.getpid(), signal.SIGTERM)
