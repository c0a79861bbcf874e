"""Writes what it reads to standard output, byte for byte."""

import sys

from work import work

received = sys.stdin.buffer.read()
work(0.5)
sys.stdout.buffer.write(received)
