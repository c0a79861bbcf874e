"""Works until another process kills it."""

import os
import signal
import time

from work import work

work(0.1)
victim = os.getpid()
if os.fork() == 0:
    time.sleep(0.4)
    os.kill(victim, signal.SIGKILL)
    os._exit(0)
while True:
    work(60)
