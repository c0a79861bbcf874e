"""Prints the lines of this file that compiled code of a parallel loop is said to be of.

These are the lines of its line table. In production there is none.
"""

import re

from numba import njit, prange


@njit(parallel=True)
def count_odd(end):
    """Return how many numbers below `end` are odd."""
    total = 0
    for i in prange(end):
        total += i % 2
    return total


def lines_of(module):
    """Return the lines in the debug information of an LLVM `module`."""
    nodes = dict(re.findall(r"^(!\d+) = (.*)$", module, re.MULTILINE))

    def reference(node, field):
        found = re.search(rf"\b{field}: (!\d+)", nodes[node])
        return found and found[1]

    def file_of(scope):
        name = re.search(r'filename: "([^"]*)"', nodes[reference(scope, "file")])
        return name[1]

    lines = set()
    for node, text in nodes.items():
        line = re.search(r"DILocation\(line: (\d+)", text)
        if line and __file__.endswith(file_of(reference(node, "scope"))):
            lines.add(int(line[1]))
    return lines


print("counted", count_odd(1000))
for module in count_odd.inspect_llvm().values():
    print("lines", *sorted(lines_of(module)))
