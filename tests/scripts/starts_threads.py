"""Starts one thread after another, each of which works for a moment."""

import threading
import time

from work import add_roots, work

work(0.1)
end = time.perf_counter() + 1.0
while time.perf_counter() < end:
    thread = threading.Thread(target=add_roots, args=[100])
    thread.start()
    add_roots(1000)
    thread.join()
