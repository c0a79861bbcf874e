#!/usr/bin/env bash
# glibc's table for unwinding (`.eh_frame`) leaves out the bytes behind the system call by which
# `clone3` starts a thread, although what is before and what is behind them is in it. One would
# guess that an instruction of a library is in some entry. A tracer that follows threads stops the
# new one just there, and the one that starts it close by: who unwinds by the table alone knows the
# caller of neither. Who takes the last word of the stack for the address to return to is right in
# the one, and led astray in the other: a new thread's stack begins with its own descriptor.
#
# Seen with glibc 2.36 for x86-64, read by pyelftools 0.32: the 10 bytes from the system call to
# where the new thread goes its own way are in no entry.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyelftools==0.32
cat > holes.py <<'PYTHON'
import os

from elftools.dwarf.callframe import FDE
from elftools.elf.elffile import ELFFile

with open("/proc/self/maps") as maps:
    path = next(line.split()[-1] for line in maps if "libc.so" in line)
with open(path, "rb") as file:
    elf = ELFFile(file)
    text = elf.get_section_by_name(".text")
    code, start = text.data(), text["sh_addr"]
    entries = elf.get_dwarf_info().EH_CFI_entries()
ranges = sorted(
    (entry["initial_location"], entry["initial_location"] + entry["address_range"])
    for entry in entries
    if isinstance(entry, FDE)
)


def is_written(address):
    return any(begin <= address < end for begin, end in ranges)


# mov eax, 435; syscall
at = code.index(b"\xb8\xb3\x01\x00\x00\x0f\x05")
call = start + at + 5
behind = next(begin for begin, _ in ranges if begin > call)
print(os.confstr("CS_GNU_LIBC_VERSION"))
print(f"before the call: {is_written(call - 1)}, behind it: {is_written(call + 2)}")
print(f"bytes in no entry: {behind - call}")
assert is_written(call - 1) and not is_written(call + 2)
assert 2 < behind - call < 32
PYTHON
venv/bin/python holes.py
