"""Kernels that call NumPy functions on numbers: every one that Numba has and that costs
more than an instruction or two, and some of them in every context and on every type.

In each the next argument depends on the last result, so that the processor cannot begin
with one before it has finished the other, and their times add up.
"""

# The functions of floats, with `x` between 0 and 1.
FLOATS = {
    "arccos": "np.arccos(x)",
    "arccosh": "np.arccosh(1.5 + x)",
    "arcsin": "np.arcsin(x)",
    "arcsinh": "np.arcsinh(3.0 * x)",
    "arctan": "np.arctan(3.0 * x)",
    "arctan2": "np.arctan2(x, 0.7)",
    "arctanh": "np.arctanh(x)",
    "cbrt": "np.cbrt(x)",
    "cos": "np.cos(3.0 * x)",
    "cosh": "np.cosh(x)",
    "exp": "np.exp(-np.exp(x))",
    "exp2": "np.exp2(np.exp2(x))",
    "expm1": "np.expm1(x)",
    "float-power": "np.float_power(x, 1.7)",
    "floor-divide": "np.floor_divide(10.0 * x + np.floor_divide(9.0 * x, 0.3), 0.7)",
    "fmod": "np.fmod(100.0 * x, 0.3)",
    "hypot": "np.hypot(x, np.hypot(x, 0.7))",
    "log": "np.log(0.1 + x)",
    "log10": "np.log10(0.1 + x)",
    "log1p": "np.log1p(x)",
    "log2": "np.log2(1.2 + np.log2(1.1 + x))",
    "logaddexp": "np.logaddexp(x, 0.7)",
    "logaddexp2": "np.logaddexp2(x, 0.7)",
    "power": "np.power(x, 1.7)",
    "remainder": "np.remainder(100.0 * x, 0.3)",
    "sin": "np.sin(3.0 * x)",
    "sinh": "np.sinh(3.0 * x)",
    "tan": "np.tan(x)",
    "tanh": "np.tanh(3.0 * x)",
}

# Those of floats that take a few instructions. A sample falls on the instruction that
# waits for a slow one, and the last of a line is waited for by the next line. They are
# called many times, so that nearly all that wait are on the line; and what would stand
# on the line instead would cost as much, so that the light version does not repeat it.
CHEAP = {
    "ceil": "np.ceil(9.3 * x) - 8.9 * x",
    "divide": "np.divide(0.3, 0.1 + np.divide(0.3, 0.1 + x))",
    "floor": "np.floor(9.3 * x) - 8.9 * x",
    "ldexp": "np.ldexp(x, -1) + 0.2",
    "nextafter": "np.nextafter(x, 1.0)",
    "reciprocal": "0.3 * np.reciprocal(0.9 + x)",
    "rint": "np.rint(9.3 * x) - 8.9 * x",
    "spacing": "np.spacing(0.5 + x) + 0.4",
    "sqrt": "np.sqrt(0.1 + np.sqrt(0.1 + x))",
    "trunc": "np.trunc(9.3 * x) - 8.9 * x",
}

# The functions of whole numbers, with `n` between 1 and 1009; called as often.
INTEGERS = {
    "int-floor-divide": "1 + np.floor_divide(1000000, n + 999)",
    "int-gcd": "1 + np.gcd(n, 720720)",
    "int-lcm": "1 + (np.lcm(n, 720720) & 511)",
    "int-power": "1 + (np.power(n, n & 15) & 511)",
    "int-remainder": "1 + np.remainder(1000000, n + 8)",
}

LOOP = """\
import numpy as np
from numba import njit

values = np.random.default_rng(0).random(50_000).astype(np.{dtype})
one = np.{dtype}(1.0)
small = np.{dtype}(1e-9)
slope = np.{dtype}(3.7)


@njit{options}
def kernel(values, steps):
    total = y = np.{dtype}(0.0)
    for i in range(values.size):
        x = values[i] + small * y
        for _ in range(steps):
            x = slope * x * (one - x)
        y = {expression}  # heavy: y = x
        total += y
    return total


def call():
    return kernel(values, 4)
"""

CHEAP_LOOP = """\
import numpy as np
from numba import njit

values = np.random.default_rng(0).random(10_000)


@njit
def kernel(values, steps, repeats):
    total = y = 0.0
    for i in range(values.size):
        x = values[i] + 1e-9 * y
        for _ in range(steps):
            x = 3.7 * x * (1.0 - x)
        for _ in range(repeats):
            x = {expression}  # heavy
        y = x
        total += y
    return total


def call():
    return kernel(values, 4, 16)  # without: return kernel(values, 4, 0)
"""

INTEGER_LOOP = """\
import numpy as np
from numba import njit

numbers = np.random.default_rng(0).integers(1, 1000, 10_000)


@njit
def kernel(numbers, steps, repeats):
    total = m = 0
    for i in range(numbers.size):
        n = numbers[i] + (m & 1)
        for _ in range(steps):
            n = 1 + (n * 7919 + m) % (1009 + (n & 2))
        for _ in range(repeats):
            n = {expression}  # heavy
        m = n
        total ^= m
    return total


def call():
    return kernel(numbers, 2, 8)  # without: return kernel(numbers, 2, 0)
"""

# What differs in a context: pieces of the loop above, and what they become.
CONTEXTS = {
    "branch": {
        "        y = {expression}  # heavy: y = x\n": """\
        if i & 7:
            y = {expression}  # heavy: y = x
        else:
            y = one - x
""",
    },
    "ternary": {
        "{expression}  # heavy: y = x": (
            "{expression} if i & 7 else one - x  # heavy: y = x if i & 7 else one - x"
        ),
    },
    "augmented": {
        "        y = {expression}  # heavy: y = x\n        total += y\n": """\
        total += {expression}  # heavy: total += x
        y = total
""",
    },
    "argument": {
        "        y = {expression}  # heavy: y = x\n": (
            "        y = max({expression}, x)  # heavy: y = max(x, one - x)\n"
        ),
    },
    "element": {
        "        y = {expression}  # heavy: y = x\n        total += y\n": """\
        out[i] = {expression}  # heavy: out[i] = x
        y = out[i]
""",
        "    return total\n": "    return out\n",
        "    total = y = ": "    out = np.empty_like(values)\n    y = ",
    },
    "while": {
        "    for i in range(values.size):\n": "    i = -1\n    while i + 1 < values.size:\n        i += 1\n",
    },
    "return": {
        "@njit{options}\ndef kernel": """\
@njit{options}
def helper(x):
    return {expression}  # heavy: return x


@njit{options}
def kernel""",
        "{expression}  # heavy: y = x": "helper(x)",
    },
    "two-deep": {
        "@njit{options}\ndef kernel": """\
@njit{options}
def inner(x):
    z = {expression}  # heavy: z = x
    return z


@njit{options}
def outer(x):
    return one - inner(one - x)


@njit{options}
def kernel""",
        "{expression}  # heavy: y = x": "outer(x)",
    },
    "nested": {
        "{expression}": "np.exp({expression})",
    },
    "sum-of-two": {
        "{expression}": "{expression} + np.exp2(x + 0.25)",
    },
}

# Name, function, context, type, options. Where there is no context it is the loop.
VARIANTS = [
    ("sin-branch", "sin", "branch", "float64", ""),
    ("exp-branch", "exp", "branch", "float64", ""),
    ("log-ternary", "log", "ternary", "float64", ""),
    ("tanh-augmented", "tanh", "augmented", "float64", ""),
    ("arctan2-argument", "arctan2", "argument", "float64", ""),
    ("cos-element", "cos", "element", "float64", ""),
    ("power-while", "power", "while", "float64", ""),
    ("sin-return", "sin", "return", "float64", ""),
    ("hypot-return", "hypot", "return", "float64", ""),
    ("exp2-return", "exp2", "return", "float64", "(fastmath=True)"),
    ("log1p-two-deep", "log1p", "two-deep", "float64", ""),
    ("sin-nested", "sin", "nested", "float64", ""),
    ("cos-sum-of-two", "cos", "sum-of-two", "float64", ""),
    ("sin-fastmath", "sin", None, "float64", "(fastmath=True)"),
    ("exp-fastmath", "exp", None, "float64", "(fastmath=True)"),
    ("exp-numpy-errors", "exp", None, "float64", '(error_model="numpy")'),
    ("fmod-numpy-errors", "fmod", None, "float64", '(error_model="numpy")'),
    ("log-boundscheck", "log", None, "float64", "(boundscheck=True)"),
    ("cos-parallel", "cos", None, "float64", "(parallel=True)"),
    ("tan-nogil", "tan", None, "float64", "(nogil=True)"),
    ("sin-float32", "sin", None, "float32", ""),
    ("exp-float32", "exp", "nested", "float32", ""),
    ("arctan-float32", "arctan", "branch", "float32", "(fastmath=True)"),
    ("exp-complex", "exp", "nested", "complex128", ""),
    ("log-complex", "log", None, "complex128", ""),
    ("sin-complex", "sin", "return", "complex128", ""),
]


def kernels():
    """Pairs of a name and a text."""
    for name, expression in FLOATS.items():
        yield name, LOOP.format(expression=expression, dtype="float64", options="")
    for name, expression in CHEAP.items():
        yield name, CHEAP_LOOP.format(expression=expression)
    for name, expression in INTEGERS.items():
        yield name, INTEGER_LOOP.format(expression=expression)
    for name, function, context, dtype, options in VARIANTS:
        text = LOOP
        for old, new in CONTEXTS.get(context, {}).items():
            if old not in text:
                raise ValueError(f"{name}: the loop has no `{old}`")
            text = text.replace(old, new)
        expression = FLOATS[function]
        yield name, text.format(expression=expression, dtype=dtype, options=options)
