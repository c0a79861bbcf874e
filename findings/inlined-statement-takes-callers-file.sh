#!/usr/bin/env bash
# A statement that inline="always" puts into another module's function keeps its line
# number and takes the caller's file.
#
# Versions: Numba 0.68.1, llvmlite 0.50.0, NumPy 2.4.6.
# The helper's body stands on line 40 of helper.py. In the debug information of its
# caller, in a file of eight lines, it is on line 40 of the caller.
#
# Seen: caller.py has 8 lines and a place on line 40.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
export NUMBA_CACHE_DIR="$folder/cache"
python3 - > helper.py <<'END'
print("import math\nfrom numba import njit\n" + "\n" * 34)
print('@njit(inline="always")\ndef hot(x):\n    return math.sin(x) * 2.0')
END
cat > caller.py <<'END'
from helper import hot
from numba import njit


@njit(debug=True)
def total(x):
    return hot(x) + 1.0
END
cat > show.py <<'END'
import re

import caller

caller.total(1.0)
text = caller.total.inspect_llvm(caller.total.signatures[0])
lines = {int(line) for line in re.findall(r"!DILocation\(line: (\d+)", text)}
files = set(re.findall(r'!DIFile\(filename: "([^"]+)"', text))
length = len(open("caller.py").read().splitlines())
print(sorted(files), "lines past its end:", sorted(it for it in lines if it > length))
END
seen=$(env/bin/python show.py)
echo "$seen"
test "$seen" = "['caller.py'] lines past its end: [40]"
