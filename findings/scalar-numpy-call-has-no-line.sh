#!/usr/bin/env bash
# A scalar call of a NumPy function has no line in optimised code; the same call of math
# has one.
#
# Versions: Numba 0.68.1, llvmlite 0.50.0 (LLVM 22), NumPy 2.4.6.
# With debug=True every statement has a place. Numba wraps np.sin(x) on a number into a
# loop that runs once, LLVM moves the call out of that loop, and drops its place. The
# value keeps its name.
#
# Seen: the call of llvm.sin has no !dbg for np.sin, and one for math.sin.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
export NUMBA_CACHE_DIR="$folder/cache"
cat > calls.py <<'END'
import math
import re

import numpy as np
from numba import njit


def places(function):
    compiled = njit(debug=True)(function)
    compiled(np.ones(3))
    (signature,) = compiled.signatures
    text = compiled.inspect_llvm(signature)
    calls = [it for it in text.splitlines() if re.search(r"= .*call .*@(llvm\.)?sin\b", it)]
    return ["!dbg" in it for it in calls]


def with_numpy(values):
    total = 0.0
    for i in range(values.size):
        ratio = values[i] / (total + 3.0)
        total += np.sin(ratio)
    return total


def with_math(values):
    total = 0.0
    for i in range(values.size):
        ratio = values[i] / (total + 3.0)
        total += math.sin(ratio)
    return total


print("np.sin", places(with_numpy))
print("math.sin", places(with_math))
END
seen=$(env/bin/python calls.py)
echo "$seen"
test "$seen" = "np.sin [False]
math.sin [True]"
