"""Compiles functions of many kinds and prints the machine code that Numba made of each.

What differs from one process to the next is left out: names, which contain counters
and the settings of the compiler, addresses, and debug information.
"""

import re

import numpy as np
from numba import float64, guvectorize, int64, njit, prange, stencil, vectorize
from numba.core import codegen
from numba.experimental import jitclass

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
}

DEBUG_SECTION = re.compile(r"\s*\.section\s+\"?\.debug")
OTHER_SECTION = re.compile(r"\s*\.(section|text|data|bss)\b")
DIRECTIVE = re.compile(r"\s*\.(loc|file|cfi_\w+|ident|addrsig\w*|size|type|globl|weak|hidden)\b")
LABEL = re.compile(r"\s*\.L(tmp|func_begin|func_end|debug|info|line|exception)\w*:")
NAME = re.compile(r"(\.L)?\"?[A-Za-z_.$][\w.$@<>*]*[\w.$@<>]{24,}\"?")
NUMBER = re.compile(r"-?\d{9,}|0x[0-9a-fA-F]{8,}")


def instructions(assembly):
    """Return the lines of assembly that say what is executed."""
    lines = []
    in_debug_section = False
    for line in assembly.splitlines():
        if OTHER_SECTION.match(line):
            in_debug_section = bool(DEBUG_SECTION.match(line))
        line = line.split("#")[0].rstrip()
        if not line or in_debug_section or DIRECTIVE.match(line) or LABEL.match(line):
            continue
        lines.append(NUMBER.sub("NUMBER", NAME.sub("NAME", line.strip())))
    return lines


def main():
    """Print the code of each kind of function."""
    collect_libraries()
    values = np.linspace(0.0, 1.0, 1000)
    for kind, compile_and_run in KINDS.items():
        first = len(LIBRARIES)
        compile_and_run(values)
        codes = ["\n".join(instructions(it.get_asm_str())) for it in LIBRARIES[first:]]
        print(f"== {kind}: {len(codes)} libraries")
        print("\n--\n".join(sorted(codes)))
    print("== end")


main()
