#!/usr/bin/env bash
# A loop that iterates over a contiguous array (`for value in values`) is vectorized by LLVM with
# gathers: it loads each element by an address of its own. The same loop with an index
# (`values[i]`) is vectorized with contiguous loads. LLVM says of both that they are vectorized,
# eight at once. One would guess that both spellings become the same code, and that a loop which
# is said to be vectorized is fast.
#
# Seen with Numba 0.68.1, llvmlite 0.50.0 (LLVM 22), for an x86-64 with AVX-512: 1 or more
# `vgatherqpd` in the one, none in the other. Where it ran, the sum of 20,000 values took 22 µs
# by iterating, 17 µs without `fastmath` (which is not vectorized), and 1.6 µs with an index.
#
# Also with Numba 0.57.1. The compiled code is only read here, so that any x86-64 will do.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6

cat > gathers.py <<'PYTHON'
import sys

from numba import njit

SIGNATURE = "float64(float64[::1])"


@njit(SIGNATURE, fastmath=True)
def iterated(values):
    total = 0.0
    for value in values:
        total += value * 1.5
    return total


@njit(SIGNATURE, fastmath=True)
def indexed(values):
    total = 0.0
    for i in range(values.size):
        total += values[i] * 1.5
    return total


def count(function, instruction):
    (code,) = function.inspect_asm().values()
    return sum(line.split()[:1] == [instruction] for line in code.splitlines())


for function in (iterated, indexed):
    name = function.py_func.__name__
    print(f"{name}: {count(function, 'vgatherqpd')} gathers, {count(function, 'vfmadd231pd')} packed additions")
gathers = [count(function, "vgatherqpd") for function in (iterated, indexed)]
packed = [count(function, "vfmadd231pd") for function in (iterated, indexed)]
sys.exit(0 if gathers[0] > 0 and gathers[1] == 0 and min(packed) > 0 else "not as described above")
PYTHON

# The processor that is compiled for, whichever this is.
NUMBA_CPU_NAME=skylake-avx512 NUMBA_CPU_FEATURES="" venv/bin/python gathers.py
