"""How long scripts work."""

import time

# How often the processor time is read, in seconds. Linux may give the processor to another
# process whenever a process reads its own, so that on a busy machine samples fall there.
PAUSE = 0.3


def busy_for(seconds):
    """Yield until this process has worked for `seconds`, which takes longer on a busy machine."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pause = time.perf_counter() + min(seconds, PAUSE)
        while time.perf_counter() < pause:
            yield
