"""`python -m profila`: the program, which profiles with this Python."""

import os
import sys

from profila.program import ProgramMissing, find


# The exit code of whatever is missing from the environment: see docs/exit-codes.md.
ENVIRONMENT = 4


def main():
    """Becomes the program."""
    try:
        path = find()
    except ProgramMissing as missing:
        print(f"error: {missing}", file=sys.stderr)
        sys.exit(ENVIRONMENT)
    # What `--python` and a configuration say comes before it.
    environment = {**os.environ, "PROFILA_PYTHON": sys.executable}
    sys.stdout.flush()
    os.execve(path, [os.fspath(path), *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
