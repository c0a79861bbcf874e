"""Runs other programs, and Numba in a program of its own."""

import os
import subprocess
import sys

from work import work

CHILD = """
import sys
from work import add_roots
sys.stdout.write(f"child: {add_roots(100):.3f} {sys.stdin.read()!r} {sys.path[1]}\\n")
sys.stderr.write("child: to standard error\\n")
sys.exit(5)
"""

work(0.3)
environment = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}
child = subprocess.run(
    [sys.executable, "-c", CHILD],
    input="words for the child",
    capture_output=True,
    text=True,
    env=environment,
)
print(child)
print(subprocess.check_output(["sh", "-c", "echo a shell; exit 0"]))
print(subprocess.run(["sh", "-c", "kill -s KILL $$"]).returncode)
pipe = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(len(pipe.communicate(b"x" * 300_000)[0]), os.system("exit 3"))
print(os.popen("echo through popen").read(), end="")
work(0.3)
