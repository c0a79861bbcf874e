"""How to unwind functions that say nothing of it themselves, run by gdb.

Libraries have assembly without unwind information, such as the kernels of BLAS. gdb
guesses where their callers are, and mostly goes wrong. Here it is read off the
instructions with which a function begins, and checked: what is taken for a return
address must be behind a call that can have led there. Nothing is searched for on the
stack, where addresses of calls long past are left over.

x86-64 alone: elsewhere a function that calls no other one keeps its return address in
a register, as gdb expects.
"""

import bisect
import functools
import re
import struct
import time

import gdb
import gdb.unwinder

WORD = 8
MASK = (1 << 64) - 1
# Those that a function gives back to its caller as they were.
KEPT = ("rbx", "rbp", "r12", "r13", "r14", "r15")
# Instructions of a function that are looked at, at most.
LONGEST_BEGINNING = 40
# Bytes of machine code that a function may have: the largest kernels have a tenth of it.
LONGEST_FUNCTION = 1 << 20
# Seconds after which it may be looked again what is mapped.
MAPPINGS_LAST = 1.0


class FrameId:
    """What gdb tells a frame by."""

    def __init__(self, frame_end, function):
        self.sp = gdb.Value(frame_end)
        self.pc = gdb.Value(function)


class Beginning:
    """What the first instructions of a function do to its frame, up to the first jump.

    Distances are in bytes below the end of the frame, which is where the caller's stack
    pointer was before the call.
    """

    def __init__(self, start, instructions):
        self.start = start
        # Distance of the stack pointer from each instruction on: by address, in order.
        self.depths = [(start, WORD)]
        # A register that keeps the stack pointer: its name, the distance, from where on.
        self.copy = None
        # Where the kept registers are: the distance, from where on.
        self.saved = {}
        for instruction in instructions:
            text = re.sub(r"\s+", " ", instruction["asm"].split("#")[0]).strip()
            if not self.follow(text, instruction["addr"] + instruction["length"]):
                break

    def follow(self, text, end):
        """Takes in an instruction that ends there; false if it is one too many."""
        depth = self.depths[-1][1]
        if re.match(r"(j|call|ret|bnd|notrack)", text):
            return False
        if match := re.fullmatch(r"push %(\w+)", text):
            depth += WORD
            self.save(match[1], depth, end)
        elif match := re.fullmatch(r"sub \$(\w+),%rsp", text):
            depth += signed(match[1])
        elif match := re.fullmatch(r"add \$(\w+),%rsp", text):
            depth -= signed(match[1])
        elif match := re.fullmatch(r"mov %(\w+),(\w*)\(%rsp\)", text):
            self.save(match[1], depth - int(match[2] or "0", 16), end)
        elif match := re.fullmatch(r"mov %rsp,%(\w+)", text):
            self.copy = self.copy or (match[1], depth, end)
        elif re.search(r",%rsp$", text) or text.startswith("pop"):
            # Nobody knows what it is now, unless there is a copy.
            self.depths.append((end, None))
            return False
        if depth != self.depths[-1][1]:
            self.depths.append((end, depth))
        return True

    def save(self, register, distance, end):
        if register in KEPT:
            self.saved.setdefault(register, (distance, end))

    def frame_ends(self, pc, read_register):
        """Where the frame may end, the likeliest place first."""
        if self.copy and pc >= self.copy[2]:
            yield read_register(self.copy[0]) + self.copy[1]
        places = [place for place, _ in self.depths]
        depth = self.depths[bisect.bisect(places, pc) - 1][1]
        if depth is not None:
            yield read_register("rsp") + depth


class Process:
    """The memory of the process."""

    def __init__(self):
        self.inferior = gdb.selected_inferior()
        self.mapped_at = None
        self.code = []

    def read(self, address, length):
        return bytes(self.inferior.read_memory(address, length))

    def word(self, address):
        return struct.unpack("<Q", self.read(address, WORD))[0]

    def is_code(self, address):
        if self.is_mapped_code(address):
            return True
        now = time.monotonic()
        if self.mapped_at is None or now - self.mapped_at > MAPPINGS_LAST:
            self.mapped_at = now
            self.read_mappings()
        return self.is_mapped_code(address)

    def is_mapped_code(self, address):
        place = bisect.bisect(self.code, (address, MASK)) - 1
        return place >= 0 and address < self.code[place][1]

    def read_mappings(self):
        with open(f"/proc/{self.inferior.pid}/maps", "rb") as file:
            lines = (line.split(maxsplit=2) for line in file)
            ranges = (line[0].split(b"-") for line in lines if b"x" in line[1])
            self.code = sorted((int(start, 16), int(end, 16)) for start, end in ranges)

    def is_call_of(self, function, after):
        """Whether the instruction that ends there may have called the function."""
        if not self.is_code(after):
            return False
        before = self.read(after - 7, 7)
        if before[2] == 0xE8:
            target = (after + struct.unpack("<i", before[3:])[0]) & MASK
            return target == function or self.is_detour(target)
        calls = (before[length:] for length in range(6))
        return any(is_indirect_call(call) for call in calls)

    def is_detour(self, address):
        """Whether it is a stub of the linker, which jumps to a place from a table."""
        if not self.is_code(address):
            return False
        code = self.read(address, 12)
        code = code.removeprefix(b"\xf3\x0f\x1e\xfa").removeprefix(b"\xf2")
        return code.startswith(b"\xff\x25")


def signed(text):
    """A hexadecimal number of 64 bits, as what it is in two's complement."""
    number = int(text, 16)
    return number - (MASK + 1) if number >> 63 else number


def is_indirect_call(code):
    """Whether the bytes are one `call` of what a register or a place in memory holds."""
    if code[0] != 0xFF or (code[1] >> 3) & 7 != 2:
        return False
    mode, base = code[1] >> 6, code[1] & 7
    length = 2
    if mode != 3 and base == 4:
        length += 1
        if mode == 0 and len(code) > 2 and code[2] & 7 == 5:
            length += 4
    if mode == 0 and base == 5:
        length += 4
    length += {1: 1, 2: 4}.get(mode, 0)
    return length == len(code)


class Unwinder(gdb.unwinder.Unwinder):
    """Unwinds the functions that it was told of."""

    def __init__(self):
        super().__init__("functions without unwind information")
        self.process = Process()
        # Addresses in functions that were not looked at yet: to be done while the
        # process stands still.
        self.new = []
        # By name and start.
        self.beginnings = {}

    def add_function_at(self, address):
        self.new.append(address)

    def __call__(self, frame):
        try:
            return self.unwind(frame)
        except (gdb.error, OSError):
            # What is to be read may not be there.
            return None

    def unwind(self, frame):
        def read_register(name):
            return int(frame.read_register(name)) & MASK

        pc = read_register("rip")
        while self.new:
            self.look_at(self.new.pop(), frame.architecture())
        beginning = self.beginning_of(pc)
        if beginning is None:
            return None
        for end in beginning.frame_ends(pc, read_register):
            caller = self.process.word(end - WORD)
            if self.process.is_call_of(beginning.start, caller):
                break
        else:
            return None
        registers = {"rip": caller, "rsp": end}
        for register in KEPT:
            distance, since = beginning.saved.get(register, (0, MASK))
            is_saved = pc >= since
            registers[register] = (
                self.process.word(end - distance) if is_saved else read_register(register)
            )
        unwound = frame.create_unwind_info(FrameId(end, beginning.start))
        for register, value in registers.items():
            unwound.add_saved_register(register, gdb.Value(value))
        return unwound

    def look_at(self, address, architecture):
        function = function_at(address)
        if function and function not in self.beginnings:
            instructions = architecture.disassemble(function[1], count=LONGEST_BEGINNING)
            self.beginnings[function] = Beginning(function[1], instructions)

    def beginning_of(self, pc):
        near = (start <= pc < start + LONGEST_FUNCTION for _, start in self.beginnings)
        return self.beginnings.get(function_at(pc)) if any(near) else None


@functools.lru_cache(maxsize=4096)
def function_at(address):
    """Name and start of the function at an address, by the symbol before it."""
    said = gdb.execute(f"info symbol {address:#x}", to_string=True)
    match = re.match(r"(.+?)(?: \+ (\d+))? in section ", said)
    return match and (match[1], address - int(match[2] or "0"))


unwinder = Unwinder()
gdb.unwinder.register_unwinder(None, unwinder)
