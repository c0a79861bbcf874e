#!/usr/bin/env bash
# The kernel of an array expression is on line 1 of the user's file, whatever line the
# expression is on.
#
# Versions: Numba 0.68.1, llvmlite 0.50.0, NumPy 2.4.6.
# Numba compiles sqrt(a * b) as a function that it writes itself; its one line is
# counted from the start of that text, and its file is said to be the user's.
#
# Seen: a place on line 1, a comment, in the function of an expression on line 8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
export NUMBA_CACHE_DIR="$folder/cache"
cat > expression.py <<'END'
# Nothing is computed here.
import re
import numpy as np
from numba import njit

@njit(debug=True)
def curve(a, b):
    return np.sqrt(a * b + 1.0) * np.exp(-a)


curve(np.ones(3), np.ones(3))
text = curve.inspect_llvm(curve.signatures[0])
scopes = dict(re.findall(r'!(\d+) = distinct !DISubprogram\(name: "([^"]+)"', text))
lines = re.findall(r"!DILocation\(line: (\d+), column: \d+, scope: !(\d+)", text)
of_kernel = {line for line, scope in lines if "__numba_array_expr" in scopes.get(scope, "")}
files = set(re.findall(r'!DIFile\(filename: "(expression[^"]+)"', text))
print(sorted(files), sorted(of_kernel))
END
seen=$(env/bin/python expression.py)
echo "$seen"
test "$seen" = "['expression.py'] ['1']"
