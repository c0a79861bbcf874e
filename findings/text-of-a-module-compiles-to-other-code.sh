#!/usr/bin/env bash
# To print a module of LLVM and to read it back can change the machine code that comes
# of it.
#
# Versions: Numba 0.57.1, llvmlite 0.40.1 (LLVM 14), NumPy 1.24.4.
# The text has all instructions, and not the order in which the uses of a value are
# visited, which decides between registers in LLVM 14. Where code has to stay what it
# was, text is no copy.
#
# Seen: a stencil of three neighbours has other machine code when its optimised module went
# through its own text; with LLVM 22 (Numba 0.68.1) it has the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.57.1 llvmlite==0.40.1 numpy==1.24.4
export NUMBA_CACHE_DIR="$folder/cache"
cat > twice.py <<'END'
import re
import sys

import numpy as np
from llvmlite import binding
from numba import njit, stencil
from numba.core import codegen

optimize = codegen.CPUCodeLibrary._optimize_final_module


def through_text(library):
    optimize(library)
    name = library._final_module.name
    library._final_module = binding.parse_assembly(str(library._final_module))
    library._final_module.name = name


if sys.argv[1] == "text":
    codegen.CPUCodeLibrary._optimize_final_module = through_text

libraries = []
finalize = codegen.CPUCodeLibrary.finalize


def keep(library):
    finalize(library)
    libraries.append(library)


codegen.CPUCodeLibrary.finalize = keep


@stencil
def smooth(values):
    return (values[-1] + values[0] + values[1]) / 3.0


@njit
def smoothed(values):
    return smooth(values)


smoothed(np.linspace(0.0, 1.0, 1000))
for library in libraries:
    for line in library.get_asm_str().splitlines():
        line = line.split("#")[0].strip()
        if line and not line.startswith("."):
            print(re.sub(r"-?\d{9,}|[\w.$]{24,}", "N", line))
END
export PYTHONHASHSEED=0
env/bin/python -W ignore twice.py plain > plain.txt
env/bin/python -W ignore twice.py text > text.txt
different=$(diff plain.txt text.txt | grep -c '^[<>]' || true)
echo "$(wc -l < plain.txt) lines of assembly, $different of both differ"
test "$(wc -l < plain.txt)" = "$(wc -l < text.txt)"
test "$different" -gt 0
