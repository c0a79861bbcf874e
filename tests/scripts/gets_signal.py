"""Gets SIGUSR1, which it handles, while it works."""

import os
import signal

from work import work

received = []
signal.signal(signal.SIGUSR1, lambda number, _frame: received.append(number))
work(0.3)
os.kill(os.getpid(), signal.SIGUSR1)
work(0.3)
print("signals received:", [signal.Signals(number).name for number in received])
