"""Works in processes of its own, made as it is told: `fork`, `spawn`, `forkserver`."""

import multiprocessing
import os
import sys

from work import add_roots, work


def roots(count):
    """Work in compiled code, in a child."""
    return round(add_roots(count), 3)


def end(code):
    """End a child in its own way."""
    work(0.05)
    os._exit(code)


if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    work(0.3)
    with context.Pool(2) as pool:
        print("roots:", pool.map(roots, [10, 100, 1000, 10_000]))
    children = [context.Process(target=end, args=(code,)) for code in (0, 7)]
    for child in children:
        child.start()
    work(0.3)
    for child in children:
        child.join()
    print("children exited with", [child.exitcode for child in children])
