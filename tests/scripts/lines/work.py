"""Works for a while, as the other scripts in this folder say."""

import time


def work(function, seconds=0.8):
    """Call it once, so that it is compiled, and then again and again.

    For so many seconds, and on a busy machine until as much work was done.
    """
    function()
    end = time.perf_counter() + seconds
    done = time.process_time() + seconds
    while time.perf_counter() < end or time.process_time() < done:
        function()
