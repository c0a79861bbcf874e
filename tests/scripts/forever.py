"""Never ends. Works in one process while another, a child, sleeps.

Prints the two process ids, so that a test can see that both are gone.
"""

import os
import time

from work import work

child = os.fork()
if child == 0:
    while True:
        time.sleep(60)
print(os.getpid(), child, flush=True)
while True:
    work(60)
