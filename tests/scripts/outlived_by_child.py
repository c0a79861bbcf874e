"""Works until it is ended, and has started a child that goes on a little longer.

The child says in the file that is named that nobody ended it.
"""

import os
import subprocess
import sys

from work import work

CHILD = """
import os, sys, time
while os.getppid() == int(sys.argv[2]):
    time.sleep(0.01)
time.sleep(0.3)
with open(sys.argv[1] + ".new", "w") as file:
    print("ended by itself", file=file)
os.rename(sys.argv[1] + ".new", sys.argv[1])
"""

work(0.5)
streams = dict.fromkeys(["stdin", "stdout", "stderr"], subprocess.DEVNULL)
subprocess.Popen([sys.executable, "-c", CHILD, sys.argv[1], str(os.getpid())], **streams)
print("ready", flush=True)
while True:
    work(0.1)
