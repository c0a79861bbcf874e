"""Calls a function of another module, which is inlined before anything is compiled."""

import os
import sys

sys.path.insert(1, os.path.join(os.path.dirname(__file__), ".."))

import numpy as np
from helper import hot
from numba import njit
from work import work


@njit
def total(values):
    """Sum what it returns."""
    result = 0.0
    for i in range(values.size):
        result += hot(values[i])
    return result


@njit
def innocent(values):
    """Have code on the lines that the helper's have in its own file."""
    out = 0
    out += 1
    out += 2
    out += values.size
    out += 4
    return out


def both():
    """Call the slow function and the other one."""
    total(values)
    innocent(values)


values = np.linspace(0, 1, 100_000)
work(both)
