#!/usr/bin/env bash
# In Numba's debug information a function begins on the line before its first statement,
# whatever stands there.
#
# Versions: Numba 0.68.1, llvmlite 0.50.0, NumPy 2.4.6.
# The subprogram of a function that stands on one line with its body begins on its
# decorator, and that of one whose body follows a comment begins on the comment. A
# debugger and a profiler show samples of the entry there.
#
# Seen: one-line function: def on line 5, subprogram on line 4. With a comment: def on line 9,
# subprogram on line 10.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
export NUMBA_CACHE_DIR="$folder/cache"
cat > functions.py <<'END'
import re
from numba import int64, njit

@njit(int64(int64), debug=True)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)


@njit(int64(int64), debug=True)
def commented(n):
    # Not a statement.
    return n + 1


for function in (fib, commented):
    text = function.inspect_llvm(function.signatures[0])
    name = function.__name__
    print(name, re.search(rf'!DISubprogram\(name: "(?:\S*\.)?{name}\W.*? line: (\d+)', text)[1])
END
seen=$(env/bin/python functions.py)
echo "$seen"
test "$seen" = "fib 4
commented 10"
