#!/usr/bin/env bash
# Prints what the profila of this checkout is made of, as one short word for the key of a cache.
set -euo pipefail
cd "$(dirname "$0")/.."
word=$(find Cargo.toml Cargo.lock pyproject.toml packaging python src templates -type f \
    -not -name '*.pyc' -print0 | LC_ALL=C sort --zero-terminated | xargs -0 sha256sum | sha256sum)
echo "fingerprint=${word:0:16}"
