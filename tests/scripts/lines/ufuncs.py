"""Has a ufunc of the kind that is named: Numba makes a loop around it."""

import sys

import numpy as np
from numba import float64, guvectorize, njit, vectorize
from work import work


def polynomial(x):
    """Evaluate one by Horner's rule."""
    result = x
    for _ in range(60):  # hot
        result = result * x + 0.25  # hot
    return result


def polynomials(x, out):
    """Evaluate one for each element."""
    for i in range(x.shape[0]):
        result = x[i]
        for _ in range(60):  # hot
            result = result * x[i] + 0.25  # hot
        out[i] = result


def remainder(x):
    """Is of one operation, which is moved before several elements are worked on at once."""
    return np.fmod(x * 1e80, 0.7)  # hot


def called(ufunc):
    """Return a compiled function that calls a ufunc."""

    @njit
    def call(x):
        return ufunc(x)

    return call


SIGNATURE = [(float64[:], float64[:])]
KINDS = {
    "eager": lambda: vectorize([float64(float64)])(polynomial),
    "moved": lambda: vectorize([float64(float64)])(remainder),
    "dynamic": lambda: vectorize(polynomial),
    "parallel": lambda: vectorize([float64(float64)], target="parallel")(polynomial),
    "generalized": lambda: guvectorize(SIGNATURE, "(n)->(n)")(polynomials),
    "parallel-generalized": lambda: guvectorize(SIGNATURE, "(n)->(n)", target="parallel")(polynomials),
    "called": lambda: called(vectorize(polynomial)),
}

function = KINDS[sys.argv[1]]()
values = np.random.default_rng(0).random((1000, 500))
work(lambda: function(values))
