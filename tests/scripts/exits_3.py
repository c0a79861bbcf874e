"""Exits with 3 after some work."""

import sys

from work import work

work(0.5)
sys.exit(3)
