"""Works with a timer that sends it a signal 500 times a second."""

import signal
import time

from work import work

alarms = []
signal.signal(signal.SIGALRM, lambda number, _frame: alarms.append(number))
work(0)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
work(0.8)
signal.setitimer(signal.ITIMER_REAL, 0)
# The last one may come a moment late, and Python handles none any more while it ends.
time.sleep(0.1)
print("had alarms:", len(alarms) > 10)
