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
# Seconds for which the mapped files are taken to be the same, at least.
MAPPINGS_LAST = 1.0
# Bytes of a call.
LONGEST_CALL = 7
# What can be said of a call: that it was none of the function, that it may have been one,
# for it calls whatever a register or a table holds, or that it was one.
NO_CALL, POSSIBLE_CALL, SURE_CALL = range(3)


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
        # Distance of the stack pointer from each instruction on, by address, in order.
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
        name, _, operands = text.partition(" ")
        if re.match(r"(j|call|ret|bnd|notrack)", name):
            return False
        moved = self.moves_stack_pointer(name, operands)
        if moved is None:
            self.depths.append((end, None))
            return False
        depth = self.depths[-1][1] + moved
        if moved:
            self.depths.append((end, depth))
        if name == "push":
            self.save(operands, depth, end)
        stored = re.match(r"(%\w+),(-?\w*)\(%rsp\)$", operands)
        if name == "mov" and stored:
            self.save(stored.group(1), depth - int(stored.group(2) or "0", 16), end)
        if name == "mov" and operands.startswith("%rsp,%"):
            self.copy = self.copy or (operands[len("%rsp,%") :], depth, end)
        return True

    @staticmethod
    def moves_stack_pointer(name, operands):
        """By how many bytes, downwards; None where only running it could tell."""
        if name == "push" and operands.startswith("%"):
            return WORD
        by_number = re.match(r"\$(\w+),%rsp$", operands)
        if name in ("sub", "add") and by_number:
            number = signed(by_number.group(1))
            return number if name == "sub" else -number
        by_address = re.match(r"(-?\w+)\(%rsp\),%rsp$", operands)
        if name == "lea" and by_address:
            return -int(by_address.group(1), 16)
        of_the_stack = re.match(r"(push|pop|enter|leave)(f?q?)$", name)
        return None if of_the_stack or operands.endswith(",%rsp") else 0

    def save(self, operand, distance, end):
        register = operand[1:]
        if operand.startswith("%") and register in KEPT:
            self.saved.setdefault(register, (distance, end))

    def frame_ends(self, pc, read_register):
        """Where the frame may end."""
        ends = set()
        if self.copy and pc >= self.copy[2]:
            ends.add((read_register(self.copy[0]) + self.copy[1]) & MASK)
        places = [place for place, _ in self.depths]
        depth = self.depths[bisect.bisect(places, pc) - 1][1]
        if depth is not None:
            ends.add((read_register("rsp") + depth) & MASK)
        return ends


class Process:
    """The memory of the process."""

    def __init__(self):
        self.inferior = gdb.selected_inferior()
        self.mapped_at = None
        self.code = []

    def read(self, address, length):
        return bytes(self.inferior.read_memory(address & MASK, length))

    def word(self, address):
        return struct.unpack("<Q", self.read(address, WORD))[0]

    def is_code(self, address):
        if self.is_mapped_code(address):
            return True
        now = time.monotonic()
        if self.mapped_at is None or now - self.mapped_at > MAPPINGS_LAST:
            self.mapped_at = now
            self.code = self.mapped_code()
        return self.is_mapped_code(address)

    def is_mapped_code(self, address):
        place = bisect.bisect(self.code, (address, MASK)) - 1
        return place >= 0 and address < self.code[place][1]

    def mapped_code(self):
        with open("/proc/{}/maps".format(self.inferior.pid), "rb") as file:
            lines = (line.split(None, 2) for line in file)
            ranges = (line[0].split(b"-") for line in lines if b"x" in line[1])
            return sorted((int(start, 16), int(end, 16)) for start, end in ranges)

    def returns(self, pc):
        """Whether the next instruction is the one that returns."""
        return self.read(pc, 1) == b"\xc3" or self.read(pc, 2) == b"\xf3\xc3"

    def evidence_of_call(self, function, after):
        """How much speaks for it that the instruction that ends there called a function."""
        if not self.is_code(after):
            return NO_CALL
        before = self.read(after - LONGEST_CALL, LONGEST_CALL)
        if before[-5] == 0xE8:
            target = (after + struct.unpack("<i", before[-4:])[0]) & MASK
            # A stub of the linker for another function: that one may have jumped on.
            led_to = function if target == function else self.led_to(target)
            if led_to is not None:
                return SURE_CALL if led_to == function else POSSIBLE_CALL
        # What is before the instruction may look like anything.
        calls = (before[start:] for start in range(LONGEST_CALL - 1))
        return POSSIBLE_CALL if any(map(is_indirect_call, calls)) else NO_CALL

    def led_to(self, address):
        """Where a stub of the linker jumps to; None where there is none."""
        if not self.is_code(address):
            return None
        code = self.read(address, 11)
        for prefix in (b"\xf3\x0f\x1e\xfa", b"\xf2"):  # endbr64, bnd
            if code.startswith(prefix):
                address += len(prefix)
                code = code[len(prefix) :]
        if not code.startswith(b"\xff\x25"):  # jmp *distance(%rip)
            return None
        return self.word(address + 6 + struct.unpack("<i", code[2:6])[0])


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
        end = beginning and self.frame_end(beginning, pc, read_register)
        if end is None:
            return None
        registers = {"rip": self.process.word(end - WORD), "rsp": end}
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

    def frame_end(self, beginning, pc, read_register):
        """Where the frame ends; None where nothing speaks for one place alone."""
        if self.process.returns(pc):
            ends = {read_register("rsp") + WORD}
        else:
            ends = beginning.frame_ends(pc, read_register)
        found = {}
        for end in ends:
            try:
                caller = self.process.word(end - WORD)
                evidence = self.process.evidence_of_call(beginning.start, caller)
            except gdb.error:
                # The register holds something else by now.
                continue
            found.setdefault(evidence, []).append(end)
        likeliest = found.get(SURE_CALL) or found.get(POSSIBLE_CALL) or []
        return likeliest[0] if len(likeliest) == 1 else None

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
    said = gdb.execute("info symbol {:#x}".format(address), to_string=True)
    match = re.match(r"(.+?)(?: \+ (\d+))? in section ", said)
    return match and (match.group(1), address - int(match.group(2) or "0"))


unwinder = Unwinder()
gdb.unwinder.register_unwinder(None, unwinder)
