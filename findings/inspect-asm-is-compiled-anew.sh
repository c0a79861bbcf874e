#!/usr/bin/env bash
# `inspect_asm` of a compiled function does not show the code that runs: it has LLVM generate
# code from the module a second time, and the first time has changed the module. One would guess
# that it shows what was loaded, or at least the same instructions.
#
# Seen with Numba 0.68.1, llvmlite 0.50.0 (LLVM 22), for x86-64: of a product of matrices,
# `inspect_asm` has 189 instructions, and the code in memory is other code from the 25th on. To emit
# a module of LLVM twice shows the same: 197 instructions at first, and 189 when it is done again.
# Also with Numba 0.57.1 (LLVM 14). Many functions are the same both times; three of six small
# kernels were not.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6 capstone==5.0.9

cat > shown.py <<'PYTHON'
import ctypes
import sys

import capstone
from numba import njit


@njit("void(float64[:, ::1], float64[:, ::1], float64[:, ::1])")
def multiply(left, right, product):
    for i in range(left.shape[0]):
        for j in range(right.shape[1]):
            total = 0.0
            for k in range(left.shape[1]):
                total += left[i, k] * right[k, j]
            product[i, j] = total


(signature,) = multiply.signatures
compiled = multiply.overloads[signature]
name = compiled.fndesc.llvm_func_name


def shown():
    """The instructions of `inspect_asm`, by their mnemonics."""
    mnemonics, is_in = [], False
    for line in multiply.inspect_asm(signature).splitlines():
        if line.startswith(name + ":"):
            is_in = True
        elif is_in and line.strip().startswith(".size"):
            return mnemonics
        elif is_in and line.startswith("\t") and not line.startswith("\t."):
            mnemonics.append(line.split()[0])


def in_memory(number):
    """As many instructions of what runs."""
    address = compiled.library.get_pointer_to_function(name)
    reader = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    reader.syntax = capstone.CS_OPT_SYNTAX_ATT
    read = reader.disasm(ctypes.string_at(address, 4096), address)
    return [it.mnemonic for it in read][:number]


listed = shown()
running = in_memory(len(listed))
# How many bytes an operand has may be said in the name, or not.
pairs = zip(listed, running)
same = [one.rstrip("bwlq") == other.rstrip("bwlq") for one, other in pairs]
if all(same):
    sys.exit("both are the same")
first = same.index(False)
print(f"of {len(listed)} instructions, the first {first} are the same")
print("inspect_asm:", *listed[first : first + 6])
print("in memory:  ", *running[first : first + 6])
PYTHON

# The processor that is compiled for; none of its special instructions are run.
NUMBA_CPU_NAME=skylake-avx512 NUMBA_CPU_FEATURES="" venv/bin/python shown.py
