"""Interrupts the kernel while a cell is profiled that never ends, and prints how the cell ended."""

import pathlib
import time

from jupyter_client.manager import start_new_kernel

CELL = """\
%%profila
import pathlib
from numba import njit

@njit
def work():
    return 0

work()
pathlib.Path("began").touch()
while True:
    work()
"""

manager, client = start_new_kernel(kernel_name="python3")
try:
    client.execute("%load_ext profila", reply=True, timeout=60)
    request = client.execute(CELL)
    while not pathlib.Path("began").exists():
        time.sleep(0.1)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=60)
    assert reply["parent_header"]["msg_id"] == request, reply
    print(reply["content"]["ename"])
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
