#!/usr/bin/env bash
# Installs the profila of this checkout, and a gdb, into the environment of the first `python` on
# PATH. To build it takes minutes and needs Rust: the wheel is kept in PROFILA_WHEELS, and taken
# from there if it is there already.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
wheels=${PROFILA_WHEELS:?is the folder in which the wheel is kept}
if ! compgen -G "$wheels/profila-*.whl" >/dev/null; then
    python -m pip wheel --no-deps --wheel-dir "$wheels" "$checkout"
fi
python -m pip install "$(echo "$wheels"/profila-*.whl)[gdb]"
