#!/usr/bin/env bash
# NUMBA_DEBUGINFO=1 gives a stencil no debug information at all.
#
# Versions: Numba 0.68.1, llvmlite 0.50.0, NumPy 2.4.6.
# The variable is said to turn debug information on for all compiled code. A stencil is
# compiled with flags of its own, which do not look at it.
#
# Seen: the function that calls the stencil has a DISubprogram of its own; the stencil's
# generated one has none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
export NUMBA_CACHE_DIR="$folder/cache"
cat > stencils.py <<'END'
import re

import numpy as np
from numba import njit, stencil
from numba.core import codegen


@stencil
def smooth(values):
    return (values[-1] + values[0] + values[1]) / 3.0


@njit
def smoothed(values):
    return smooth(values)


described = {}
finalize = codegen.CPUCodeLibrary.finalize


def look(library):
    finalize(library)
    for line in library.get_llvm_str().splitlines():
        match = re.match(r"define .*@(_ZN\S*)\(", line)
        if match:
            kind = "stencil" if "__numba_stencil" in match[1] else "caller"
            if "__numba_stencil" in match[1] or "smoothed" in match[1]:
                described.setdefault(kind, "!dbg" in line)


codegen.CPUCodeLibrary.finalize = look
smoothed(np.ones(10))
print(sorted(described.items()))
END
seen=$(NUMBA_DEBUGINFO=1 env/bin/python stencils.py 2>/dev/null)
echo "$seen"
test "$seen" = "[('caller', True), ('stencil', False)]"
