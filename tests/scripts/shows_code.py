"""Compiles functions of many kinds and prints the machine code that Numba made of each.

What differs from one process to the next is left out: names, which contain counters
and the settings of the compiler, addresses, and debug information.
"""

import re
import sys

import numpy as np
from numba import cfunc, float64, guvectorize, int64, njit, prange, stencil, types, vectorize
from numba.core import codegen
from numba.experimental import jitclass
from numba.extending import overload, register_jitable

LIBRARIES = []


def collect_libraries():
    """Have every library of code be kept that is finished from now on."""
    original = codegen.JITCodeLibrary._finalize_specific

    def finalize(self):
        original(self)
        LIBRARIES.append(self)

    codegen.JITCodeLibrary._finalize_specific = finalize


@njit
def plain(values):
    """Return a sum that depends on the order of its terms."""
    total = 0.0
    for value in values:
        total = total * 0.5 + value
    return total


@njit
def helper(value):
    """Return a rounded quotient."""
    return np.round(1.0 / (value + 1.0), 2)


@njit
def calls(values):
    """Call another function for every value."""
    total = 0.0
    for value in values:
        total += helper(value)
    return total


@njit(fastmath=True)
def vectorized(values):
    """Return a sum that may be reordered."""
    total = 0.0
    for i in range(values.size):
        total += values[i] * values[i]
    return total


@njit
def indexed(values, shift):
    """Write where a debug build would check the bounds."""
    for i in range(values.size - shift):
        values[i] = values[i + shift] * 2.0
    return values[0]


@njit(parallel=True)
def parallel(values):
    """Return a sum over threads."""
    total = 0.0
    for i in prange(values.size):
        total += np.sqrt(values[i])
    return total


@njit(cache=True)
def cached(values):
    """Return the largest value."""
    most = values[0]
    for value in values:
        if value > most:
            most = value
    return most


@njit
def generated(count):
    """Yield squares."""
    for i in range(count):
        yield i * i


@njit
def consumes(count):
    """Sum what a generator yields."""
    total = 0
    for value in generated(count):
        total += value
    return total


@stencil
def smooth(values):
    """Average a value with its neighbours."""
    return (values[-1] + values[0] + values[1]) / 3.0


@njit
def smoothed(values):
    """Apply a stencil."""
    return smooth(values)


@jitclass([("total", float64), ("count", int64)])
class Mean:
    """Counts and adds."""

    def __init__(self):
        self.total = 0.0
        self.count = 0

    def add(self, value):
        """Take in one value."""
        self.total += value
        self.count += 1


@njit
def fills(mean, values):
    """Add all values, one by one."""
    for value in values:
        mean.add(value)
    return mean.total / mean.count


@njit
def sines(values):
    """Call NumPy's functions on numbers."""
    total = 0.0
    for i in range(values.size):
        total += np.sin(values[i]) * np.exp(-total) + np.arctan2(total, 2.0)
    return total


def expression(one, other):
    """Return an expression of whole arrays."""
    return np.sqrt(one * other + 1.0) * np.exp(-one)


@njit(parallel=True)
def elementwise(values):
    """Write each element, in parallel."""
    out = np.empty_like(values)
    for i in prange(values.size):
        value = values[i] / (values[i] + 1.5)
        out[i] = value**0.5 / (value - 2.5)
    return out


@njit(parallel=True)
def reduced(values):
    """Reduce an array by functions that Numba replaces."""
    return values.sum() + values.mean() + values.min() + np.argmax(values)


@njit(parallel=True)
def smoothed_in_parallel(values):
    """Apply a stencil."""
    return smooth(values)


@njit(inline="always")
def inlined(value):
    """Return a square."""
    return value * value


@register_jitable(inline="always")
def inlined_too(value):
    """Return a cube."""
    return value * value * value


def overloaded(value):
    """Be replaced in compiled code."""


@overload(overloaded, inline="always")
def replacement(value):
    """Replace it by what is inlined."""

    def implementation(value):
        return value + 0.5

    return implementation


@njit
def inlines(values):
    """Call what is inlined before types are known, and after."""
    total = 0.0
    for value in values:
        total += inlined(value) + inlined_too(value) + overloaded(value)
    return total


CURVE = float64(float64)


def call_by_address(values):
    """Call a C function and a compiled one as values."""

    def curve(x):
        return x * x - 0.25

    @njit(float64(types.FunctionType(CURVE), float64))
    def call(function, x):
        return function(x) + function(x + 1.0)

    return call(cfunc(CURVE)(curve), values[0]) + call(njit(CURVE)(curve), values[0])


@njit
def fib(n):
    """Call itself."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def compile_more_ufuncs(values):
    """Compile ufuncs that are called on threads, on demand, and from compiled code."""

    @vectorize
    def curve(x):
        return x * 0.25 + 1.0

    @njit
    def calls_ufunc(x):
        return curve(x)

    @vectorize([float64(float64)], target="parallel")
    def on_threads(x):
        return x * 0.25 + 1.0

    @guvectorize(["void(float64[:], float64[:])"], "(n)->(n)", target="parallel")
    def running_on_threads(values, out):
        total = 0.0
        for i in range(values.shape[0]):
            total += values[i]
            out[i] = total

    return curve(values), calls_ufunc(values), on_threads(values), running_on_threads(values)


def compile_ufuncs():
    """Compile a ufunc and a generalized one."""

    @vectorize(["float64(float64, float64)"])
    def blend(one, other):
        return one * 0.25 + other * 0.75

    @guvectorize(["void(float64[:], float64[:])"], "(n)->(n)")
    def running(values, out):
        total = 0.0
        for i in range(values.shape[0]):
            total += values[i]
            out[i] = total

    return blend, running


KINDS = {
    "plain": lambda values: plain(values),
    "calls": lambda values: calls(values),
    "vectorized": lambda values: vectorized(values),
    "indexed": lambda values: indexed(values.copy(), 3),
    "parallel": lambda values: parallel(values),
    "cached": lambda values: cached(values),
    "generator": lambda values: consumes(9),
    "stencil": lambda values: smoothed(values),
    "jitclass": lambda values: fills(Mean(), values),
    "ufuncs": lambda values: [ufunc.nin for ufunc in compile_ufuncs()],
    "scalar functions of NumPy": lambda values: sines(values),
    "array expression": lambda values: njit(expression)(values, values),
    "parallel array expression": lambda values: njit(parallel=True)(expression)(values, values),
    "elementwise": lambda values: elementwise(values),
    "reductions": lambda values: reduced(values),
    "parallel stencil": lambda values: smoothed_in_parallel(values),
    "inlined": lambda values: inlines(values),
    "called by address": call_by_address,
    "recursion": lambda values: fib(9),
    "more ufuncs": compile_more_ufuncs,
}

DEBUG_SECTION = re.compile(r"\s*\.section\s+\"?\.debug")
OTHER_SECTION = re.compile(r"\s*\.(section|text|data|bss)\b")
DIRECTIVE = re.compile(r"\s*\.(loc|file|cfi_\w+|ident|addrsig\w*|size|type|globl|weak|hidden)\b")
LABEL = re.compile(r"\s*\.L(tmp|func_begin|func_end|debug|info|line|exception)\w*:")
NAME = re.compile(r"(\.L)?\"?[A-Za-z_.$][\w.$@<>*]*[\w.$@<>]{24,}\"?")
# Messages of exceptions have names in them, and their length and digest.
PICKLE = re.compile(r"\"?\.const\.pickle[\w.]*\"?:")
ANY_LABEL = re.compile(r"[^\s#]+:")
NUMBER = re.compile(r"-?\d{9,}|0x[0-9a-fA-F]{8,}")


def instructions(assembly):
    """Return the lines of assembly that say what is executed."""
    lines = []
    in_debug_section = in_pickle = False
    for line in assembly.splitlines():
        if OTHER_SECTION.match(line):
            in_debug_section, in_pickle = bool(DEBUG_SECTION.match(line)), False
        if ANY_LABEL.match(line):
            in_pickle = bool(PICKLE.match(line))
        if in_pickle:
            continue
        line = line.split("#")[0].rstrip()
        if not line or in_debug_section or DIRECTIVE.match(line) or LABEL.match(line):
            continue
        lines.append(NUMBER.sub("NUMBER", NAME.sub("NAME", line.strip())))
    return lines


def main():
    """Print the code of each kind of function, or of the kinds that the arguments name."""
    collect_libraries()
    values = np.linspace(0.0, 1.0, 1000)
    for kind in sys.argv[1:] or KINDS:
        first = len(LIBRARIES)
        KINDS[kind](values)
        codes = ["\n".join(instructions(it.get_asm_str())) for it in LIBRARIES[first:]]
        print(f"== {kind}: {len(codes)} libraries")
        print("\n--\n".join(sorted(codes)))
    print("== end")


main()
