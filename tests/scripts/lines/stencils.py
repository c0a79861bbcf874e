"""Has a stencil, called as Python does and from compiled code."""

import sys

import numpy as np
from numba import njit, stencil
from work import work


@stencil
def blur(image):
    """Average four neighbours."""
    total = image[-1, 0] + image[1, 0]  # hot
    total = total + image[0, -1] + image[0, 1]  # hot
    for _ in range(3):  # hot
        total = np.sqrt(total * 0.25)  # hot
    return total  # hot


@njit(parallel=sys.argv[1] == "parallel")
def blurred(image):
    """Apply it."""
    return blur(image)


image = np.random.default_rng(0).random((1000, 1000))
work(lambda: blurred(image))
