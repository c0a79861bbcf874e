"""Ways to have a function: helpers that are called, inlined by LLVM or inlined by Numba,
functions that are values, closures, generators, methods.

In most of them the next argument depends on the last result, so that the processor
cannot begin with one before it has finished the other, and their times add up.
"""

import math

import numpy as np
from numba import njit

values = np.random.default_rng(0).random(50_000)


# === control
@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = math.sin(3.0 * math.sin(3.0 * x))  # heavy: y = x
    return y


def call():
    kernel(values)


# === control-gamma
@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        x = x / (1.0 + x)
        y = math.gamma(1.0 + x)  # heavy: y = x
    return y


def call():
    kernel(values)


# === helper
@njit
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === helper-loop
@njit
def helper(x, steps):
    for _ in range(steps):
        x = x / (1.0 + x) + 0.1
        x = math.erf(math.erf(x))  # heavy: x = 1.0 - x
    return x


@njit
def kernel(values):
    y = 0.0
    for i in range(2000):
        y = helper(values[i] + 1e-9 * y, 20)
    return y


def call():
    kernel(values)


# === helper-other-module
from helper import helper


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# --- helper.py
import math

from numba import njit


@njit
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


# === inline-always
@njit(inline="always")
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === inline-always-other-module
from helper import helper


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# --- helper.py
import math

from numba import njit

# These lines make the numbers of those below differ from the numbers of lines of the
# kernel's file at which there is other code.


@njit(inline="always")
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


# === inline-always-scalar-function
@njit(inline="always")
def helper(x):
    x = x / (1.0 + x)
    y = np.sin(3.0 * x)  # heavy: y = x
    return y


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === inline-always-twice
@njit(inline="always")
def inner(x):
    y = math.exp(math.sin(x))  # heavy: y = x
    return y


@njit(inline="always")
def outer(x):
    x = x / (1.0 + x)
    return inner(x)


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = outer(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === inline-always-prange
from helper import helper
from numba import prange


@njit(parallel=True)
def kernel(values, out):
    for i in prange(1, values.size):
        out[i] = helper(values[i] + 1e-9 * out[i - 1])


def call():
    kernel(values, np.zeros_like(values))


# --- helper.py
import math

from numba import njit


@njit(inline="always")
def helper(x):
    for _ in range(6):
        x = 3.7 * x * (1.0 - x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


# === overload
from numba.extending import overload


def helper(x):
    """What Numba replaces."""


@overload(helper)
def overloaded(x):
    def implementation(x):
        x = x / (1.0 + x)
        y = math.atan(math.exp(x))  # heavy: y = x
        return y

    return implementation


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === overload-inline
from helper import helper


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# --- helper.py
import math

from numba.extending import overload


def helper(x):
    """What Numba replaces."""


@overload(helper, inline="always")
def overloaded(x):
    def implementation(x):
        x = x / (1.0 + x)
        y = math.atan(math.exp(x))  # heavy: y = x
        return y

    return implementation


# === register-jitable
from numba.extending import register_jitable


@register_jitable
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === register-jitable-inline
from numba.extending import register_jitable


@register_jitable(inline="always")
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = helper(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === one-line
@njit
def helper(x): return math.atan(math.exp(x))  # heavy: def helper(x): return x


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = helper(x)
    return y


def call():
    kernel(values)


# === lambda
helper = njit(lambda x: math.atan(math.exp(x)))  # heavy: helper = njit(lambda x: x)


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = helper(x)
    return y


def call():
    kernel(values)


# === closure
@njit
def kernel(values, scale):
    def helper(x):
        z = scale * x
        return math.atan(math.exp(z))  # heavy: return z

    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = helper(x)
    return y


def call():
    kernel(values, 0.9)


# === closure-of-factory
def factory(scale):
    @njit
    def helper(x):
        z = scale * x
        return math.atan(math.exp(z))  # heavy: return z

    return helper


helper = factory(0.9)


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = helper(x)
    return y


def call():
    kernel(values)


# === recursion
@njit
def kernel(x, depth):
    if depth == 0:
        return x
    y = math.atan(math.exp(x / (1.0 + x)))  # heavy: y = x / (1.0 + x)
    return kernel(y, depth - 1) + kernel(y, depth - 1)


def call():
    kernel(0.3, 14)


# === generator
@njit
def produce(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = math.atan(math.exp(x))  # heavy: y = x
        yield y


@njit
def kernel(values):
    total = 0.0
    for y in produce(values):
        total += y
    return total


def call():
    kernel(values)


# === method
from numba import float64
from numba.experimental import jitclass


@jitclass([("scale", float64), ("last", float64)])
class Helper:
    """Applies a function to numbers, one after the other."""

    def __init__(self, scale):
        self.scale = scale
        self.last = 0.0

    def apply(self, x):
        x = x + 1e-9 * self.last
        x = x / (1.0 + x)
        self.last = math.atan(math.exp(x))  # heavy: self.last = x
        return self.last


@njit
def kernel(helper, values):
    y = 0.0
    for i in range(values.size):
        y += helper.apply(values[i])
    return y


helper = Helper(0.9)


def call():
    kernel(helper, values)


# === cfunc
from numba import cfunc, float64


@cfunc(float64(float64))
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


pointer = helper.ctypes


@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        y = pointer(values[i] + 1e-9 * y)
    return y


def call():
    kernel(values)


# === first-class
@njit("float64(float64)")
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@njit("float64(float64)")
def other(x):
    return x


@njit
def kernel(functions, values):
    y = 0.0
    for i in range(values.size):
        for function in functions:
            y = function(values[i] + 1e-9 * y)
    return y


def call():
    kernel((other, helper), values)


# === first-class-cfunc
from numba import cfunc, float64


@cfunc(float64(float64))
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@cfunc(float64(float64))
def other(x):
    return x


@njit
def kernel(functions, values):
    y = 0.0
    for i in range(values.size):
        for function in functions:
            y = function(values[i] + 1e-9 * y)
    return y


def call():
    kernel((other, helper), values)


# === dispatcher-argument
@njit
def helper(x):
    x = x / (1.0 + x)
    y = math.atan(math.exp(x))  # heavy: y = x
    return y


@njit
def kernel(function, values):
    y = 0.0
    for i in range(values.size):
        y = function(values[i] + 1e-9 * y)
    return y


def call():
    kernel(helper, values)


# === stencil
from numba import stencil


@stencil
def blur(a):
    x = a[-1] + a[1]
    return math.sin(math.exp(x * 0.1))  # heavy


@njit
def kernel(values):
    t = values[0]
    for _ in range(150_000):
        t = 3.7 * t * (1.0 - t)
    out = blur(values)  # without: out = values
    return t + out[1]


def call():
    kernel(values)


# === stencil-loop
from numba import stencil


@stencil
def blur(a):
    x = a[-1] + a[1]
    for _ in range(300):
        x = x / (1.0 + x) + 0.1
    for _ in range(500):
        x = math.sin(x)  # heavy: x = 1.0 - x
    return x


@njit
def kernel(values):
    return blur(values)


def call():
    kernel(values[:400])
