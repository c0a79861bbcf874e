"""Checks, within gdb, what the sampler's unwinder reads off machine code.

`UNWINDER` is the file to check.
"""

exec(open(UNWINDER).read())  # noqa: F821


def beginning(*instructions):
    """That of a function at 100, whose instructions are four bytes long."""
    listed = [
        {"asm": text, "addr": 100 + 4 * index, "length": 4}
        for index, text in enumerate(instructions)
    ]
    return Beginning(100, listed)


def ends(function, pc, **registers):
    return function.frame_ends(pc, registers.__getitem__)


def check(expected, actual):
    assert expected == actual, "{} instead of {}".format(actual, expected)


# Pushes, and room for variables: the distance grows with each.
plain = beginning(
    "endbr64",
    "push   %rbp",
    "push   %r12",
    "sub    $0x20,%rsp",
    "popcnt %rax,%rax",
    "jmp    0x80",
)
for pc, distance in [(100, 8), (104, 8), (108, 16), (112, 24), (115, 24), (116, 56), (150, 56)]:
    check({1000 + distance}, ends(plain, pc, rsp=1000))
check({"rbp": (16, 108), "r12": (24, 112)}, plain.saved)

# As the kernels do that need aligned room: the stack pointer is kept in a register.
aligned = beginning(
    "sub    $0x60,%rsp",
    "mov    %rbx,(%rsp)",
    "mov    %r15,0x28(%rsp)",
    "mov    %rdi,0x30(%rsp)",
    "mov    %rsp,%rbx",
    "sub    $0x7080,%rsp",
    "and    $0xfffffffffffff000,%rsp",
    "mov    %r14,0x8(%rsp)",
)
check({1104}, ends(aligned, 104, rsp=1000))
check({504, 1000 + 104 + 0x7080}, ends(aligned, 124, rbx=400, rsp=1000))
check({504}, ends(aligned, 200, rbx=400, rsp=1000))
check({"rbx": (104, 108), "r15": (64, 112)}, aligned.saved)

# Room may be made in other ways, or not be needed.
check({1000 + 136}, ends(beginning("add    $0xffffffffffffff80,%rsp"), 200, rsp=1000))
check({1000 + 104}, ends(beginning("lea    -0x60(%rsp),%rsp"), 200, rsp=1000))
check({"rbx": (16, 104)}, beginning("mov    %rbx,-0x8(%rsp)").saved)
for unknown in ["pop    %rax", "push   $0x8", "pushf", "leave", "mov    %rax,%rsp"]:
    check(set(), ends(beginning(unknown), 200, rsp=1000))
# What is behind a jump is not looked at.
check({}, beginning("call   0x400", "push   %rbx").saved)
check({1008}, ends(beginning("ret", "push   %rbx"), 200, rsp=1000))

CALLS = [
    "ff d0",  # call *%rax
    "41 ff d3",  # call *%r11
    "ff 50 10",  # call *0x10(%rax)
    "ff 14 d8",  # call *(%rax,%rbx,8)
    "ff 54 d8 08",  # call *0x8(%rax,%rbx,8)
    "ff 90 00 10 00 00",  # call *0x1000(%rax)
    "ff 15 00 10 00 00",  # call *0x1000(%rip)
    "ff 94 d8 00 10 00 00",  # call *0x1000(%rax,%rbx,8)
    "ff 14 25 00 10 00 00",  # call *0x1000
]
OTHERS = [
    "ff e0",  # jmp *%rax
    "ff c0",  # inc %eax
    "ff 50 10 90",  # call *0x10(%rax), and another instruction
    "ff 90 00 10",  # a part of a call
]


def is_call(text):
    code = bytes.fromhex(text)
    # A prefix is no matter: it is before what is looked at.
    return is_indirect_call(code[1:] if code[0] == 0x41 else code)


check([True] * len(CALLS), [is_call(text) for text in CALLS])
check([False] * len(OTHERS), [is_call(text) for text in OTHERS])


class Memory(Process):
    """Code from 0x1000 on, and a stack from 0x8000 on."""

    def __init__(self):
        self.bytes = {}
        self.mapped_at = None
        self.code = []

    def mapped_code(self):
        return [(0x1000, 0x2000)]

    def read(self, address, length):
        if not all(0x1000 <= at < 0x2000 or 0x8000 <= at < 0x9000 for at in (address, address + length - 1)):
            raise gdb.MemoryError("nothing there")
        return bytes(self.bytes.get(at, 0) for at in range(address, address + length))

    def write(self, address, code):
        """Returns the address behind it."""
        self.bytes.update({address + index: byte for index, byte in enumerate(code)})
        return address + len(code)

    def call(self, address, target):
        distance = struct.pack("<i", target - address - 5)
        return self.write(address, b"\xe8" + distance)

    def stub(self, address, prefix, slot, target):
        distance = struct.pack("<i", slot - (address + len(prefix) + 6))
        self.write(address, prefix + b"\xff\x25" + distance)
        self.write(slot, struct.pack("<Q", target))


KERNEL, OTHER = 0x1800, 0x1900
memory = Memory()
for after, expected in [
    (memory.call(0x1100, KERNEL), SURE_CALL),
    (memory.call(0x1110, OTHER), NO_CALL),
    (memory.write(0x1120, bytes.fromhex("ff d0")), POSSIBLE_CALL),
    # Before it is what looks like a call with a distance.
    (memory.write(0x1130, bytes.fromhex("e8 48 41 ff 50 10")), POSSIBLE_CALL),
    (memory.write(0x1140, bytes.fromhex("48 89 c3 90 90 90 90")), NO_CALL),
    (0x8100, NO_CALL),
    (0x3000, NO_CALL),
]:
    check(expected, memory.evidence_of_call(KERNEL, after))
for prefix in [b"", b"\xf3\x0f\x1e\xfa", b"\xf2", b"\xf3\x0f\x1e\xfa\xf2"]:
    memory.stub(0x1a00, prefix, 0x1b00, KERNEL)
    check(SURE_CALL, memory.evidence_of_call(KERNEL, memory.call(0x1150, 0x1A00)))
    memory.stub(0x1a00, prefix, 0x1b00, OTHER)
    check(POSSIBLE_CALL, memory.evidence_of_call(KERNEL, memory.call(0x1150, 0x1A00)))

SURE, POSSIBLE = memory.call(0x1100, KERNEL), memory.write(0x1120, bytes.fromhex("ff d0"))
with_copy = Beginning(
    KERNEL,
    [
        {"asm": text, "addr": KERNEL + index, "length": 1}
        for index, text in enumerate(["push   %rbp", "mov    %rsp,%rbp", "sub    $0x10,%rsp"])
    ],
)


def frame_end(pc, stack, **registers):
    """That of the kernel, where these words are on the stack."""
    for place, word in stack.items():
        memory.write(place, struct.pack("<Q", word))
    unwinder.process = memory
    return unwinder.frame_end(with_copy, pc, registers.__getitem__)


BODY = KERNEL + 0x20
there = dict(rsp=0x8000, rbp=0x8010)
check(0x8020, frame_end(BODY, {0x8018: SURE}, **there))
check(0x8020, frame_end(BODY, {0x8018: POSSIBLE}, **there))
check(None, frame_end(BODY, {0x8018: OTHER}, **there))
# The register holds something else: what is not there, another function's frame.
check(0x8020, frame_end(BODY, {0x8018: SURE}, rsp=0x8000, rbp=3))
check(0x8020, frame_end(BODY, {0x8018: SURE, 0x8108: POSSIBLE}, rsp=0x8000, rbp=0x8100))
check(None, frame_end(BODY, {0x8018: POSSIBLE, 0x8108: POSSIBLE}, rsp=0x8000, rbp=0x8100))
# All is given back where it returns.
for code in [b"\xc3", b"\xf3\xc3"]:
    memory.write(BODY, code)
    check(0x8008, frame_end(BODY, {0x8000: POSSIBLE, 0x8108: SURE}, rsp=0x8000, rbp=0x8100))
print("checked")
