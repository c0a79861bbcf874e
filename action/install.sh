#!/usr/bin/env bash
# Installs the profila of this checkout, and a gdb, into the environment of the first `python` on
# PATH. To build it takes minutes and needs Rust: the wheel is kept in PROFILA_WHEELS, in a folder
# that is called as what it was built from, and taken from there if it is there already.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
fingerprint=$(bash "$checkout/action/fingerprint.sh")
wheels=${PROFILA_WHEELS:?is the folder in which the wheel is kept}/${fingerprint#fingerprint=}
if ! compgen -G "$wheels/profila-*.whl" >/dev/null; then
    python -m pip wheel --no-deps --wheel-dir "$wheels" "$checkout"
fi
wheel=$(echo "$wheels"/profila-*.whl)
# pip takes every wheel of a version for the same, and would keep another one of it.
python -m pip install --force-reinstall --no-deps "$wheel"
python -m pip install "${wheel}[gdb]"
