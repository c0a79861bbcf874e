"""Functions and types of Numba's own that do the work of one line: on arrays, strings and
containers, and in BLAS. What they cost belongs to the line that uses them.
"""

import numpy as np
from numba import njit

values = np.random.default_rng(0).random(100_000)


@njit
def settle(t, steps):
    """Work that takes time in proportion to its steps, and cannot be vectorised."""
    for _ in range(steps):
        t = 3.7 * t * (1.0 - t)
    return t


# === sort
@njit
def kernel(values):
    t = settle(values[0], 800_000)
    a = np.sort(values)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === argsort
@njit
def kernel(values):
    t = settle(values[0], 800_000)
    a = np.argsort(values)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === searchsorted
@njit
def kernel(values, bins):
    t = settle(values[0], 1_500_000)
    a = np.searchsorted(bins, values)  # heavy: a = values
    return t + a[0]


bins = np.linspace(0.0, 1.0, 5000)


def call():
    kernel(values, bins)


# === where
@njit
def kernel(values):
    t = settle(values[0], 250_000)
    a = np.where(values > 0.5, values, -values)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === clip
@njit
def kernel(values):
    t = settle(values[0], 10_000)
    a = np.clip(values, 0.2, 0.8)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === fancy-index
@njit
def kernel(values, order):
    t = settle(values[0], 20_000)
    a = values[order]  # heavy: a = values
    return t + a[0]


order = np.random.default_rng(1).permutation(values.size)


def call():
    kernel(values, order)


# === mask
@njit
def kernel(values):
    t = settle(values[0], 40_000)
    a = values[values > 0.5]  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === cumsum
@njit
def kernel(values):
    t = settle(values[0], 40_000)
    a = np.cumsum(values)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === median
@njit
def kernel(values):
    t = settle(values[0], 150_000)
    a = np.median(values)  # heavy: a = values[1]
    return t + a


def call():
    kernel(values)


# === unique
@njit
def kernel(values):
    t = settle(values[0], 800_000)
    a = np.unique(values)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === histogram
@njit
def kernel(values):
    t = settle(values[0], 60_000)
    a, _ = np.histogram(values, 10)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === sum-serial
@njit
def kernel(values):
    t = settle(values[0], 20_000)
    a = np.sum(values)  # heavy: a = values[1]
    return t + a


def call():
    kernel(values)


# === std
@njit
def kernel(values):
    t = settle(values[0], 50_000)
    a = np.std(values)  # heavy: a = values[1]
    return t + a


def call():
    kernel(values)


# === sum-axis
@njit
def kernel(grid):
    t = settle(grid[0, 0], 30_000)
    a = grid.sum(axis=1)  # heavy: a = grid[0]
    return t + a[0]


grid = values.reshape(200, 500)


def call():
    kernel(grid)


# === interp
@njit
def kernel(values, grid):
    t = settle(values[0], 500_000)
    a = np.interp(values, grid, grid)  # heavy: a = values
    return t + a[0]


grid = np.linspace(0.0, 1.0, 1000)


def call():
    kernel(values, grid)


# === convolve
@njit
def kernel(values, taps):
    t = settle(values[0], 60_000)
    a = np.convolve(values, taps)  # heavy: a = values
    return t + a[0]


taps = np.ones(20)


def call():
    kernel(values[:10_000], taps)


# === concatenate
@njit
def kernel(values):
    t = settle(values[0], 20_000)
    a = np.concatenate((values, values[::2], values))  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === random-normal
@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = np.random.normal(x, 1.0)  # heavy: y = x
    return y


def call():
    kernel(values)


# === random-array
@njit
def kernel(values):
    t = settle(values[0], 100_000)
    a = np.random.random(50_000)  # heavy: a = values
    return t + a[0]


def call():
    kernel(values)


# === random-generator
@njit
def kernel(generator, values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = generator.normal(generator.normal(generator.normal(x, 1.0), 1.0), 1.0)  # heavy: y = x
    return y


generator = np.random.default_rng(3)


def call():
    kernel(generator, values)


# === round
@njit
def kernel(values):
    y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        x = x / (1.0 + x)
        y = round(0.7 + round(0.3 + round(x, 3), 3), 2)  # heavy: y = x
    return y


def call():
    kernel(values)


# === string-concatenation
@njit
def kernel(word):
    n = 7
    for i in range(20_000):
        for _ in range(3):
            n = 1 + (n * 7919 + i) % 1009
        n += len(word + word[:3])  # heavy: n += len(word)
    return n


def call():
    kernel("attribution")


# === string-find
@njit
def kernel(text):
    n = 7
    t = 0.3
    for i in range(200):
        t = settle(t, 200)
        n += text.find("needle")  # heavy: n += i
    return n + t


text = "hay " * 500 + "needle"


def call():
    kernel(text)


# === string-of-integer
@njit
def kernel(count):
    n = 7
    for i in range(count):
        n = 1 + (n * 7919 + i) % 1009
        n += len(str(n))  # heavy: n += i
    return n


def call():
    kernel(20_000)


# === typed-dict
from numba.typed import Dict


@njit
def kernel(table, count):
    t = settle(0.3, 100_000)
    k = 7
    for i in range(count):
        k = table[table[table[k]]]  # heavy: k = i
    return k + t


table = Dict()
for place, number in enumerate(np.random.default_rng(1).permutation(1009)):
    table[place] = number


def call():
    kernel(table, 30_000)


# === typed-list
from numba.typed import List


@njit
def kernel(table, count):
    t = settle(0.3, 60_000)
    k = 7
    for i in range(count):
        k = table[table[table[k]]]  # heavy: k = i
    return k + t


table = List()
for number in np.random.default_rng(1).permutation(1009):
    table.append(number)


def call():
    kernel(table, 50_000)


# === set
@njit
def kernel(keys):
    t = settle(0.3, 40_000)
    seen = {1}
    for i in range(keys.size):
        seen.add(keys[i])  # heavy: t += 1.0
    return len(seen) + t


keys = np.random.default_rng(1).integers(0, 10007, 50_000)


def call():
    kernel(keys)


# === list-sort
@njit
def kernel(values):
    t = settle(values[0], 200_000)
    a = [x for x in values[:20_000]]
    a.sort()  # heavy: a[0] = t
    return t + a[0]


def call():
    kernel(values)


# === heap
import heapq


@njit
def kernel(values):
    t = settle(values[0], 300_000)
    heap = [0.0] * 100
    y = 0.0
    for i in range(values.size):
        y = heapq.heapreplace(heap, i + values[i])  # heavy: y = values[i]
    return y + t


def call():
    kernel(values[:50_000])


# === matrix-product
@njit
def kernel(a):
    t = settle(0.3, 1_000_000)
    b = a @ a  # heavy: b = a
    return t + b[0, 0]


a = np.random.default_rng(1).random((400, 400))


def call():
    kernel(a)


# === dot
@njit
def kernel(values):
    t = settle(0.3, 2500)
    return t + np.dot(values, values)  # heavy: return t + values[1]


def call():
    kernel(values)


# === solve
@njit
def kernel(a, b):
    t = settle(0.3, 100_000)
    x = np.linalg.solve(a, b)  # heavy: x = b
    return t + x[0]


a = np.random.default_rng(1).random((200, 200))


def call():
    kernel(a, a[0])


# === eigenvalues
@njit
def kernel(a):
    t = settle(0.3, 100_000)
    x = np.linalg.eigvalsh(a)  # heavy: x = a[0]
    return t + x[0]


a = np.random.default_rng(1).random((100, 100))


def call():
    kernel(a)


# === svd
@njit(fastmath=True)
def kernel(a):
    t = settle(0.3, 500_000)
    _, x, _ = np.linalg.svd(a)  # heavy: x = a[0]
    return t + x[0]


a = np.random.default_rng(1).random((80, 80))


def call():
    kernel(a)
