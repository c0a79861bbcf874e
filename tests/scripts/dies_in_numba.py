"""Works in compiled code, and then reads there from where no memory is."""

import math
import resource

import numpy as np
from numba import njit

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@njit
def work_and_die(values, end, index):
    """Work, and then read a value that is not there."""
    total = 0.0
    for i in range(end):
        total = math.sin(total + i)  # hot
    return total + values[index]


work_and_die(np.ones(1), 1, 0)
work_and_die(np.ones(1), 60_000_000, 1 << 50)
