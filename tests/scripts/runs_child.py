"""Starts another Python, which shows itself, while compiled code has run in this one."""

import os
import subprocess
import sys

from work import work

work(0.3)
shows_itself = os.path.join(os.path.dirname(__file__), "shows_itself.py")
subprocess.run([sys.executable, shows_itself, "as a child"], check=True)
work(0.3)
