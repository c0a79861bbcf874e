"""Works with a timer that sends it a signal 500 times a second."""

import signal

from work import work

alarms = []
signal.signal(signal.SIGALRM, lambda number, _frame: alarms.append(number))
work(0)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
work(1.5)
signal.setitimer(signal.ITIMER_REAL, 0)
print("had alarms:", len(alarms) > 10)
