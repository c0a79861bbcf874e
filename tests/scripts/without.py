"""Run a program to which the system refuses some system calls, as containers do.

    without.py perf_event_open ptrace -- PROGRAM [ARGUMENTS...]
"""

import ctypes
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": {"perf_event_open": 298, "ptrace": 101, "process_vm_readv": 310},
    "aarch64": {"perf_event_open": 241, "ptrace": 117, "process_vm_readv": 270},
}

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2

LOAD_NUMBER = (0x20, 0, 0, 0)  # The number is the first word of what a filter sees.
ALLOW = (0x06, 0, 0, 0x7FFF0000)
REFUSE = (0x06, 0, 0, 0x00050000 | 1)  # With EPERM.


def skip_unless(number):
    """Leave out the next instruction unless the number of the call is this one."""
    return (0x15, 0, 1, number)


class Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def refuse(calls):
    """Install a filter that all programs started from here on have."""
    instructions = [LOAD_NUMBER]
    for call in calls:
        instructions += [skip_unless(NUMBERS[platform.machine()][call]), REFUSE]
    instructions.append(ALLOW)
    code = b"".join(struct.pack("HBBI", *it) for it in instructions)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(instructions), ctypes.addressof(buffer))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for arguments in [
        (PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), ctypes.c_ulong(0)),
        (PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(program)),
    ]:
        if prctl(*arguments, ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def main():
    """Refuse the calls, and become the program."""
    end = sys.argv.index("--")
    refuse(sys.argv[1:end])
    program = sys.argv[end + 1 :]
    os.execvp(program[0], program)


if __name__ == "__main__":
    main()
