"""Becomes another program after some work, which shows what it can see of itself."""

import os
import sys

from work import work

work(0.5)
print("about to become another program", flush=True)
program = os.path.join(os.path.dirname(__file__), "shows_itself.py")
os.execv(sys.executable, [sys.executable, program, "as another program"])
