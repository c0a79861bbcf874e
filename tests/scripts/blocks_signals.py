"""Blocks every signal that can be blocked."""

import signal

from work import work

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
work(0.5)
