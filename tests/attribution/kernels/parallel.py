"""Loops of `prange`, and reductions that `parallel=True` replaces by loops of its own.

Where iterations do not depend on one another their parts are long loops, of which the
processor overlaps little.
"""

import math

import numpy as np
from numba import njit, prange

values = np.random.default_rng(0).random(400)
grid = np.random.default_rng(1).random((64, 400))
long = np.random.default_rng(2).random(4_000_000)


@njit
def settle(t, steps):
    """Work that takes time in proportion to its steps, and cannot be vectorised."""
    for _ in range(steps):
        t = 3.7 * t * (1.0 - t)
    return t


# === elementwise
@njit(parallel=True)
def kernel(values, out):
    for i in prange(values.size):
        x = values[i]
        for _ in range(1000):
            x = 3.7 * x * (1.0 - x)
        for _ in range(500):
            x = math.sin(x)  # heavy: x = 1.0 - x
        out[i] = x


def call():
    kernel(values, np.empty_like(values))


# === elementwise-chained
@njit(parallel=True)
def kernel(values, out):
    for i in prange(1, values.size):
        x = values[i] + 1e-9 * out[i - 1]
        for _ in range(6):
            x = 3.7 * x * (1.0 - x)
        y = math.atan(math.exp(x))  # heavy: y = x
        out[i] = y


repeated = np.tile(values, 100)


def call():
    kernel(repeated, np.zeros_like(repeated))


# === elementwise-scalar-function
@njit(parallel=True)
def kernel(values, out):
    for i in prange(1, values.size):
        x = values[i] + 1e-9 * out[i - 1]
        for _ in range(6):
            x = 3.7 * x * (1.0 - x)
        out[i] = np.sin(3.0 * x)  # heavy: out[i] = x


repeated = np.tile(values, 100)


def call():
    kernel(repeated, np.zeros_like(repeated))


# === elementwise-branch
@njit(parallel=True)
def kernel(values, out):
    for i in prange(values.size):
        x = values[i]
        for _ in range(1500):
            x = 3.7 * x * (1.0 - x)
        if i % 2:
            out[i] = x
        else:
            for _ in range(1000):
                x = math.exp(-x)  # heavy: x = 1.0 - x
            out[i] = x


def call():
    kernel(values, np.empty_like(values))


# === elementwise-float32-fastmath
@njit(parallel=True, fastmath=True)
def kernel(values, out):
    for i in prange(values.size):
        x = values[i]
        for _ in range(2400):
            x = np.float32(3.7) * x * (np.float32(1.0) - x)
        for _ in range(500):
            x = np.tanh(x)  # heavy: x = np.float32(1.0) - x
        out[i] = x


singles = values.astype(np.float32)


def call():
    kernel(singles, np.empty_like(singles))


# === elementwise-helper
@njit
def helper(x):
    for _ in range(1000):
        x = 3.7 * x * (1.0 - x)
    for _ in range(500):
        x = math.cos(x)  # heavy: x = 1.0 - x
    return x


@njit(parallel=True)
def kernel(values, out):
    for i in prange(values.size):
        out[i] = helper(values[i])


def call():
    kernel(values, np.empty_like(values))


# === rows
@njit(parallel=True)
def kernel(grid, out):
    for row in prange(grid.shape[0]):
        y = 0.0
        for column in range(grid.shape[1]):
            x = grid[row, column] + 1e-9 * y
            for _ in range(6):
                x = 3.7 * x * (1.0 - x)
            y = math.sinh(x)  # heavy: y = x
            out[row, column] = y


def call():
    kernel(grid, np.empty_like(grid))


# === nested
@njit(parallel=True)
def kernel(grid, out):
    for row in prange(grid.shape[0]):
        for column in prange(1, grid.shape[1]):
            x = grid[row, column] + 1e-9 * out[row, column - 1]
            for _ in range(6):
                x = 3.7 * x * (1.0 - x)
            out[row, column] = math.tan(x)  # heavy: out[row, column] = x


def call():
    kernel(grid, np.zeros_like(grid))


# === reduction
@njit(parallel=True)
def kernel(values):
    total = 0.0
    for i in prange(values.size):
        x = values[i]
        for _ in range(1000):
            x = 3.7 * x * (1.0 - x)
        for _ in range(500):
            x = math.sin(x)  # heavy: x = 1.0 - x
        total += x
    return total


def call():
    kernel(values)


# === reduction-rows
@njit(parallel=True, error_model="numpy")
def kernel(grid):
    total = 0.0
    for row in prange(grid.shape[0]):
        y = 0.0
        for column in range(grid.shape[1]):
            x = grid[row, column] + 1e-9 * y
            for _ in range(6):
                x = 3.7 * x * (1.0 - x)
            y = np.exp(np.sin(x))  # heavy: y = x
        total += y
    return total


def call():
    kernel(grid)


# === two-loops
@njit(parallel=True)
def kernel(grid, out):
    for row in prange(grid.shape[0]):
        out[row, 0] = settle(grid[row, 0], 1200)
    for row in prange(grid.shape[0]):
        y = 0.0
        for column in range(grid.shape[1]):
            y = math.log(1.5 + y + grid[row, column])  # heavy: y = y + grid[row, column]
        out[row, 1] = y


def call():
    kernel(grid, np.empty_like(grid))


# === sum
@njit(parallel=True)
def kernel(long):
    t = settle(long[0], 500_000)
    return t + np.sum(long)  # heavy: return t + long[1]


def call():
    kernel(long)


# === mean
@njit(parallel=True)
def kernel(long):
    t = settle(long[0], 500_000)
    a = long.mean()  # heavy: a = long[1]
    return t + a


def call():
    kernel(long)


# === min
@njit(parallel=True)
def kernel(long):
    t = settle(long[0], 300_000)
    a = np.min(long)  # heavy: a = long[1]
    return t + a


def call():
    kernel(long)


# === argmax
@njit(parallel=True)
def kernel(long):
    t = settle(long[0], 800_000)
    a = np.argmax(long)  # heavy: a = 1
    return t + a


def call():
    kernel(long)


# === prod
@njit(parallel=True)
def kernel(long):
    t = settle(long[0], 500_000)
    a = np.prod(long)  # heavy: a = long[1]
    return t + a


def call():
    kernel(long)


# === std
@njit(parallel=True)
def kernel(long):
    t = settle(long[0], 1_000_000)
    a = np.std(long)  # heavy: a = long[1]
    return t + a


def call():
    kernel(long)


# === expression
@njit(parallel=True)
def kernel(a, b):
    t = settle(a[0], 400_000)
    out = np.sqrt(a * b + 1.0) * np.exp(-a)  # heavy: out = a
    return t + out[1]


b = long[:300_000] + 1.0


def call():
    kernel(long[:300_000], b)


# === expression-reduced
@njit(parallel=True)
def kernel(a, b):
    t = settle(a[0], 400_000)
    return t + np.sum(np.log(a * b + 1.0))  # heavy: return t + a[1]


b = long[:300_000] + 1.0


def call():
    kernel(long[:300_000], b)


# === stencil
from numba import stencil


@stencil
def blur(a):
    x = a[0, -1] + a[0, 1]
    return math.sin(math.exp(x * 0.1))  # heavy


@njit(parallel=True)
def kernel(grid):
    t = settle(grid[0, 0], 100_000)
    out = blur(grid)  # without: out = grid
    return t + out[1, 1]


def call():
    kernel(grid)
