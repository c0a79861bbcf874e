"""Works for a while, as the other scripts in this folder say."""

import time


def work(function, seconds=0.8):
    """Call it once, so that it is compiled, and then again and again."""
    function()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        function()
