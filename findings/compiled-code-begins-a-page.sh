#!/usr/bin/env bash
# Random addresses do not vary where a compiled loop lies within the lines of the caches: the
# code of a function that Numba compiles begins at the start of a page in every process.
#
# Versions: Numba 0.68.1, llvmlite 0.50.0, NumPy 2.4.6.
# The pages are at other addresses in each process, and whoever repeats a measurement in fresh
# processes would expect that this averages out what a function gains or loses by its place. It
# does not: the bits of an address that say where in a cache line it lies are equal in all of
# them. Another statement before the loop changes them, in all processes alike.
#
# Seen: eight processes, several different pages, and the same place within the page, 0, in
# each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
cat > place.py <<'END_OF_SCRIPT'
import numpy as np
from numba import njit


@njit
def total(values):
    result = 0.0
    for value in values:
        result += value * value
    return result


total(np.ones(3))
compiled = total.overloads[total.signatures[0]]
engine = compiled.library._codegen._engine._ee
address = engine.get_function_address(compiled.fndesc.llvm_func_name)
print(address // 4096, address % 4096)
END_OF_SCRIPT
for _ in 1 2 3 4 5 6 7 8; do
    env/bin/python place.py
done > places
pages=$(cut -d' ' -f1 places | sort -u | wc -l)
places=$(cut -d' ' -f2 places | sort -u | tr '\n' ' ')
echo "$pages different pages, places within them: $places"
test "$pages" -gt 1
test "$places" = "0 "
