"""Never ends. Works in one process while another, a child, sleeps."""

import os
import time

from work import work

if os.fork() == 0:
    while True:
        time.sleep(60)
print("started", flush=True)
while True:
    work(60)
