"""Works for a while, as the other scripts in this folder say."""

import time


def work(function, seconds=0.5):
    """Call it once, so that it is compiled, and then again and again.

    For so many seconds, and on a busy machine until as much work was done.
    """
    function()
    done = time.process_time() + seconds
    while True:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            function()
        # Linux may give the processor to another process whenever this is read.
        if time.process_time() >= done:
            return
