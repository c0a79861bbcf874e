"""Functions of elements that Numba puts a loop around: `@vectorize`, `@guvectorize`, and
array expressions.

As elements do not depend on one another, the parts of a kernel are long loops, of which
the processor overlaps little.
"""

import math

import numpy as np
from numba import float32, float64, guvectorize, njit, vectorize

values = np.random.default_rng(0).random(400)
long = np.random.default_rng(2).random(300_000)


@njit
def settle(t, steps):
    """Work that takes time in proportion to its steps, and cannot be vectorised."""
    for _ in range(steps):
        t = 3.7 * t * (1.0 - t)
    return t


# === vectorize-eager
@vectorize([float64(float64)])
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.sin(x)  # heavy: x = 1.0 - x
    return x


def call():
    function(values)


# === vectorize-dynamic
@vectorize
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.exp(-x)  # heavy: x = 1.0 - x
    return x


def call():
    function(values)


# === vectorize-small
@vectorize([float64(float64)])
def function(x):
    return math.sin(math.exp(math.sin(math.exp(x))))  # heavy: return x


@njit
def rest(t):
    return settle(t, 1_000_000)


def call():
    rest(values[0])
    function(long[:50_000])


# === vectorize-scalar-function
@vectorize([float64(float64)])
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = np.sin(x)  # heavy: x = 1.0 - x
    return x


def call():
    function(values)


# === vectorize-two-arguments
@vectorize([float32(float32, float32), float64(float64, float64)])
def function(x, y):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.atan2(x, y)  # heavy: x = y - x
    return x


def call():
    function(values, values[0])


# === vectorize-parallel
@vectorize([float64(float64)], target="parallel")
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.sin(x)  # heavy: x = 1.0 - x
    return x


repeated = np.tile(values, 4)


def call():
    function(repeated)


# === vectorize-helper
@njit
def helper(x):
    for _ in range(500):
        x = math.cos(x)  # heavy: x = 1.0 - x
    return x


@vectorize([float64(float64)], fastmath=True)
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    return helper(x)


def call():
    function(values)


# === vectorize-from-njit
@vectorize
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.tanh(x)  # heavy: x = 1.0 - x
    return x


@njit
def kernel(values):
    return function(values)


def call():
    kernel(values)


# === vectorize-eager-from-njit
@vectorize([float64(float64)])
def function(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.sin(x)  # heavy: x = 1.0 - x
    return x


@njit
def kernel(values):
    out = np.empty_like(values)
    for i in range(values.size):
        out[i] = function(values[i])
    return out


def call():
    kernel(values)


# === guvectorize
@guvectorize([(float64[:], float64[:])], "(n)->(n)")
def function(x, out):
    y = 0.0
    for i in range(x.shape[0]):
        a = x[i] + 1e-9 * y
        for _ in range(6):
            a = 3.7 * a * (1.0 - a)
        y = math.sin(3.0 * a)  # heavy: y = a
        out[i] = y


grid = long[:50_000].reshape(50, 1000)


def call():
    function(grid)


# === guvectorize-small
@guvectorize([(float64[:], float64[:])], "(n)->()", nopython=True)
def function(x, out):
    y = 0.0
    for i in range(x.shape[0]):
        for _ in range(6):
            y = 3.7 * y * (1.0 - y)
        y = math.sin(math.exp(math.exp(math.sin(-y * x[i]))))  # heavy: y = y * x[i]
    out[0] = y


grid = long[:50_000].reshape(10_000, 5)


def call():
    function(grid)


# === guvectorize-parallel
@guvectorize([(float64[:], float64[:])], "(n)->(n)", target="parallel")
def function(x, out):
    y = 0.0
    for i in range(x.shape[0]):
        a = x[i] + 1e-9 * y
        for _ in range(6):
            a = 3.7 * a * (1.0 - a)
        y = math.sin(3.0 * a)  # heavy: y = a
        out[i] = y


grid = long[:200_000].reshape(50, 4000)


def call():
    function(grid)


# === guvectorize-dynamic
@guvectorize("(n)->(n)")
def function(x, out):
    y = 0.0
    for i in range(x.shape[0]):
        a = x[i] + 1e-9 * y
        for _ in range(6):
            a = 3.7 * a * (1.0 - a)
        y = np.exp(np.exp(-a))  # heavy: y = a
        out[i] = y


grid = long[:50_000].reshape(50, 1000)
out = np.empty_like(grid)


def call():
    function(grid, out)


# === expression
@njit
def kernel(a, b):
    t = settle(a[0], 15_000)
    out = np.sqrt(a * b + 1.0) * np.exp(-a)  # heavy: out = a
    return t + out[1]


# Not so long that memory for it is asked of the system each time.
a = long[:10_000]


def call():
    kernel(a, a)


# === expression-float32
@njit(fastmath=True)
def kernel(a, b):
    t = settle(0.3, 200_000)
    out = np.sin(a) * np.cos(b) + np.log(a + np.float32(1.0))  # heavy: out = a
    return t + out[1]


a = long[:100_000].astype(np.float32)


def call():
    kernel(a, a)


# === expression-complex
@njit(error_model="numpy")
def kernel(a):
    t = settle(0.3, 400_000)
    out = np.exp(a) * a + a  # heavy: out = a
    return t + out[1].real


a = long[:100_000] * 1j


def call():
    kernel(a)


# === expression-into
@njit
def kernel(a, b, out):
    t = settle(a[0], 200_000)
    out[:] = np.arctan2(a, b) + a  # heavy: out[0] = a[0]
    return t + out[1]


a = long[:100_000]
out = np.empty_like(a)


def call():
    kernel(a, a, out)


# === function-of-array
@njit
def kernel(a):
    t = settle(a[0], 200_000)
    out = np.sin(a)  # heavy: out = a
    return t + out[1]


a = long[:100_000]


def call():
    kernel(a)


# === integer-expression
@njit
def kernel(n):
    t = settle(0.3, 70_000)
    out = (n * 7919) % 1009 + n // 7  # heavy: out = n
    return t + out[1]


n = np.arange(100_000)


def call():
    kernel(n)
