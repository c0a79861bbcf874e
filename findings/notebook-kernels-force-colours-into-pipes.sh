#!/usr/bin/env bash
# A Jupyter kernel for Python sets `FORCE_COLOR` and `CLICOLOR_FORCE` in its own environment, for
# the sake of `!command` cells. Whatever a cell starts inherits them: a program whose output the cell
# reads through a pipe, as by `subprocess.run(..., capture_output=True)`, colours it there. One
# would guess that a program which looks whether it writes to a terminal writes plain text into a
# pipe, in a notebook as in a script.
#
# Seen with ipykernel 7.4.0: the same code reads 3 characters in a script and 12 in a notebook, of
# which the others are escape sequences. The program is one that prints by rich 14.2.0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ipykernel==7.4.0 nbclient==0.11.0 \
    nbformat==5.10.4 rich==14.2.0

cat > reads.py <<'PYTHON'
import subprocess, sys

program = "from rich.console import Console; Console().print('red', style='red')"
said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
print(repr(said.rstrip("\n")))
PYTHON

cat > compares.py <<'PYTHON'
import pathlib
import subprocess
import sys

import nbformat
from nbclient import NotebookClient

code = pathlib.Path("reads.py").read_text()
script = subprocess.run([sys.executable, "reads.py"], capture_output=True, text=True).stdout
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
cell = notebook.cells[0].outputs[0]["text"]
print("read by a script:  ", script, end="")
print("read by a notebook:", cell, end="")
is_plain = script.strip() == "'red'"
is_coloured = cell.strip() == r"'\x1b[31mred\x1b[0m'"
sys.exit(0 if is_plain and is_coloured else "not as described above")
PYTHON

# As whoever runs this has set none of it.
env -u FORCE_COLOR -u CLICOLOR -u CLICOLOR_FORCE -u NO_COLOR TERM=xterm \
    JUPYTER_PREFER_ENV_PATH=1 JUPYTER_DATA_DIR="$folder/data" IPYTHONDIR="$folder/ipython" \
    venv/bin/python compares.py
