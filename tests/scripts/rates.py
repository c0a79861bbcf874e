"""Prints how fast it works in a style that is chosen, after a loop of fixed time.

Time is processor time, so that what else the machine does changes little of it.

Arguments: the style, and how many times the work that a unit takes is done, which no
output shows.
"""

import sys
import time

import numpy as np
from numba import njit

SECONDS = 0.3
SIZE = 20_000


@njit
def kernel(values, times):
    """Return a sum over `values`, computed so many times."""
    total = 0.0
    for _ in range(times):
        for value in values:
            total += value**0.5
    return total


def scaled(amount):
    """Return an amount of bytes in the unit that suits it."""
    for unit in ("B", "KB", "MB"):
        if amount < 700:
            return f"{amount:.2f} {unit}"
        amount /= 1000
    return f"{amount:.2f} GB"


def line(style, rate):
    """Return a rate as programs of some style print it."""
    lines = {
        "european": f"Processed {rate:.1f} arrays / sec".replace(".", ","),
        "scaled": f"\033[32m{scaled(rate * SIZE * 8)}/s\033[0m",
        "tqdm": f"0%\r100%|####| 9/9 [00:00<00:00, {rate:.2f}it/s]",
        "inverse": f"0%\r100%|####| 9/9 [00:00<00:00, {1 / rate:.7f}s/it]",
        "msec": f"best of 5: {1e3 / rate:.4f} msec per loop\ndone",
        "rows": f"{rate:.1f} rows / sec",
        "ambiguous": f"Processed {2_000 + rate % 1000:,.0f} arrays / sec",
        "resembling": f"velocity: {rate:.1f} m/s",
    }
    return lines[style]


def main():
    """Work for a while and print a rate."""
    style, times = sys.argv[1], int(sys.argv[2])
    values = np.linspace(1.0, 100.0, SIZE)
    kernel(values, 1)

    count = 0
    elapsed = 0.0
    start = time.process_time()
    while elapsed < SECONDS:
        kernel(values, times)
        count += 1
        elapsed = time.process_time() - start
    print(line(style, count / elapsed))


main()
