#!/usr/bin/env bash
# A static method in the place of PathFinder.find_spec works for all of Python's own imports; pytest
# calls it with its hook as the name of the module, and silently explains no assertion any more.
#
# Versions: pytest 9.2.0.
# importlib calls it on the class, so that a class method and a static one make no difference.
# pytest keeps it as an attribute of a class of its own, and calls it on an instance of that: a
# function becomes a method there, and the arguments move by one. No module is found, so none
# is rewritten, and the test is imported in the usual way.
#
# Seen: of a failed comparison of two lists, what is in them is told with a class method, and not
# with a static one. Nothing is said of why.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip --disable-pip-version-check install --quiet pytest==9.2.0
cat > test_lists.py <<'END'
def test_lists():
    one, other = [1, 2], [1, 3]
    assert one == other
END
cat > replace.py <<'END'
import sys
from importlib.machinery import PathFinder

original = PathFinder.find_spec


def find_spec(name, path=None, target=None):
    return original(name, path, target)


if sys.argv[1] == "static":
    PathFinder.find_spec = staticmethod(find_spec)
else:
    PathFinder.find_spec = classmethod(lambda cls, *args: find_spec(*args))

import colorsys  # By Python itself.
import pytest

sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "test_lists.py"]))
END
seen=
for kind in static class; do
    env/bin/python replace.py "$kind" >"$kind" || true
    grep -q "1 failed" "$kind"
    told=$(grep -c -F "assert [1, 2] == [1, 3]" "$kind" || true)
    seen+="$kind: told $((told > 0)) "
done
echo "$seen"
test "$seen" = "static: told 0 class: told 1 "
