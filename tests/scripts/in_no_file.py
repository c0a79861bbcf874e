"""Compiles functions from texts that are in no file; two have the same name."""

import linecache

from busy import busy_for
from numba import njit

TEXT = """
@njit
def NAME(x):
    total = 0.0
    for i in range(20_000):
        total += x / (total + STEP)  # hot
    return total
"""


def compiled(name, step, file, keep):
    """Return a function of such a text, which Python keeps or not."""
    text = TEXT.replace("NAME", name).replace("STEP", str(step))
    if keep:
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope = {"njit": njit}
    exec(compile(text, file, "exec"), scope)
    return scope[name]


FUNCTIONS = [
    compiled("one", 1, "<string>", False),
    compiled("two", 2, "<string>", False),
    compiled("kept", 3, "<cell>", True),
    # Of this name the text is by now another one.
    compiled("edited", 4, "<cell>", False),
]

for function in FUNCTIONS:
    function(1.0)
for _ in busy_for(1.2):
    for function in FUNCTIONS:
        function(1.0)
