#!/usr/bin/env python3
"""Records what a real gdb prints, as the transcripts that the tests read.

    record.py GDB PYTHON FOLDER [SCENARIO...]

GDB is the gdb to record, PYTHON a Python that has Numba, FOLDER where the `.mi`
files go, one a scenario. In a transcript a line that begins with `> ` is a
command that was sent, one with `# ` says what was done to the target; any other
is a line that gdb printed. The set-up, which is long and always the same, is in
`samples.mi` only, and of a run of lines that differ in little (libraries,
signals) the first three stay. Paths of the machine are replaced by ones in
/home/user. It needs `as` and `nm` of the binutils, and the right to trace.
"""

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE / "target.py"
JIT_SYMBOLS = ("__jit_debug_register_code", "__jit_debug_descriptor")
SETTINGS = """\
mi-async on
auto-solib-add off
auto-load no
debuginfod enabled off
confirm off
pagination off
print frame-arguments none
breakpoint always-inserted on
detach-on-fork on
follow-fork-mode parent"""
HANDLE = ("handle all nostop noprint pass", "handle SIGINT stop print nopass")


class Gdb:
    """A gdb whose lines are kept, with the commands in between."""

    def __init__(self, gdb):
        environment = {k: v for k, v in os.environ.items() if k != "DEBUGINFOD_URLS"}
        self.process = subprocess.Popen(
            [gdb, "-nx", "-q", "--interpreter=mi3"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environment,
            start_new_session=True,
        )
        self.lines = []
        self.unread = b""
        self.token = 0

    def send(self, command):
        self.token += 1
        line = f"{self.token}{command}"
        self.lines.append(f"> {line}".encode())
        self.process.stdin.write(line.encode() + b"\n")
        return self.token

    def note(self, text):
        self.lines.append(f"# {text}".encode())

    def wait_for(self, pattern, seconds=20):
        """Reads until a line matches; None if gdb says nothing of the kind."""
        end = time.monotonic() + seconds
        while (line := self.read_line(end)) is not None:
            if re.match(pattern.encode(), line):
                return line
        return None

    def read_line(self, end):
        while b"\n" not in self.unread:
            left = max(0.0, end - time.monotonic())
            if not select.select([self.process.stdout], [], [], left)[0]:
                return None
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                return None
            self.unread += piece
        line, self.unread = self.unread.split(b"\n", 1)
        self.lines.append(line)
        return line

    def drain(self, seconds):
        self.wait_for("nothing of the kind", seconds)

    def ask(self, command):
        """Sends a command and reads up to its answer."""
        return self.wait_for(f"{self.send(command)}\\^")

    def console(self, command):
        quoted = command.replace("\\", "\\\\").replace('"', '\\"')
        return self.ask(f'-interpreter-exec console "{quoted}"')

    def stop(self):
        self.send("-exec-interrupt")
        return self.wait_for(r"\*stopped")

    def resume(self):
        self.send("-exec-continue")
        return self.wait_for(r"\*running")

    def close(self):
        self.ask("-gdb-exit")
        self.drain(5)
        self.process.stdin.close()
        self.process.wait()


def start_target(python, ending):
    """Starts the target; returns once its code is compiled."""
    environment = dict(
        os.environ,
        NUMBA_DEBUGINFO="1",
        NUMBA_BOUNDSCHECK="0",
        OPENBLAS_NUM_THREADS="2",
    )
    target = subprocess.Popen(
        [python, TARGET, ending],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    assert target.stdout.readline() == b"ready\n"
    return target


def go_on(gdb, target):
    """Tells the target to go on to what comes after its computation."""
    gdb.note("the target goes on")
    target.stdin.write(b"\n")


def jit_addresses(pid):
    """Where the two symbols through which LLVM tells of new code are in memory."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split()
        if fields[-1].endswith("libllvmlite.so") and fields[2] == "00000000":
            base, library = int(fields[0].split("-")[0], 16), fields[-1]
            break
    else:
        raise SystemExit("the target has not loaded libllvmlite.so")
    symbols = {}
    for line in subprocess.check_output(["nm", library], text=True).splitlines():
        address, _, name = line.rpartition(" ")
        if name in JIT_SYMBOLS:
            symbols[name] = base + int(address.split()[0], 16)
    return [symbols[name] for name in JIT_SYMBOLS]


def write_stub(path):
    """An object file that makes the two symbols global, for gdb to find."""
    source = f"""
        .text
        .globl {JIT_SYMBOLS[0]}
        .type {JIT_SYMBOLS[0]}, @function
        {JIT_SYMBOLS[0]}: ret
        .data
        .globl {JIT_SYMBOLS[1]}
        {JIT_SYMBOLS[1]}: .zero 24
    """
    subprocess.run(["as", "-o", path, "-"], input=source.encode(), check=True)


def attach(gdb, target, folder):
    """The set-up of a real sampler, up to the stop that follows the attach."""
    for setting in SETTINGS.splitlines():
        gdb.ask(f"-gdb-set {setting}")
    for command in HANDLE:
        gdb.console(command)
    stub = folder / "stub.o"
    write_stub(stub)
    text, data = jit_addresses(target.pid)
    gdb.console(f'exec-file "{os.readlink(f"/proc/{target.pid}/exe")}"')
    gdb.console(f'add-symbol-file "{stub}" -s .text {text:#x} -s .data {data:#x}')
    gdb.ask(f"-target-attach {target.pid}")
    gdb.drain(0.5)


def sample(gdb):
    """One sample, as a sampler takes it."""
    stopped = gdb.stop()
    thread = re.search(rb'thread-id="(\d+)"', stopped)[1].decode()
    gdb.ask(f"-stack-list-frames --thread {thread} --no-frame-filters 0 30")
    gdb.resume()


def samples(gdb, target):
    """Samples, a thread that comes and goes, and an exit with status 3."""
    gdb.ask("-thread-info")
    gdb.resume()
    for _ in range(5):
        time.sleep(0.05)
        sample(gdb)
    gdb.stop()
    gdb.console("sharedlibrary libm")
    gdb.resume()
    for _ in range(3):
        time.sleep(0.05)
        sample(gdb)
    go_on(gdb, target)
    gdb.wait_for("=thread-created")
    time.sleep(0.3)
    gdb.stop()
    gdb.ask("-thread-info")
    gdb.resume()
    go_on(gdb, target)
    gdb.wait_for("=thread-group-exited")
    gdb.drain(0.5)


def signals(gdb, target):
    """SIGUSR1, of which gdb says nothing, and SIGINT that nobody asked for."""
    gdb.resume()
    gdb.note("kill -USR1 TARGET")
    target.send_signal(signal.SIGUSR1)
    gdb.drain(0.3)
    sample(gdb)
    gdb.note("kill -INT TARGET")
    target.send_signal(signal.SIGINT)
    gdb.wait_for(r"\*stopped")
    gdb.console("signal SIGINT")
    gdb.wait_for("=thread-group-exited")
    gdb.drain(0.5)
    said = target.stdout.readline().decode().strip()
    gdb.note(f"the target said: {said}")


def killed(gdb, target):
    """SIGKILL while it runs, and what the next commands say."""
    gdb.resume()
    time.sleep(0.1)
    gdb.note("kill -KILL TARGET")
    target.kill()
    gdb.wait_for("=thread-group-exited")
    gdb.drain(0.5)
    gdb.ask("-exec-interrupt")
    gdb.ask("-thread-info")
    gdb.ask("-exec-continue")


def killed_while_stopped(gdb, target):
    """SIGKILL while it stands still, and what the next commands say."""
    gdb.resume()
    gdb.stop()
    gdb.note("kill -KILL TARGET")
    target.kill()
    gdb.drain(0.5)
    gdb.ask("-stack-list-frames --thread 1 --no-frame-filters 0 30")
    gdb.ask("-exec-continue")
    gdb.drain(1)
    gdb.ask("-thread-info")


def fork(gdb, target):
    """A child forked, and another started through vfork."""
    gdb.resume()
    go_on(gdb, target)
    gdb.wait_for("=thread-group-exited")
    gdb.drain(0.5)


def exec_(gdb, target):
    """The target becomes another program."""
    gdb.resume()
    go_on(gdb, target)
    gdb.wait_for("=thread-group-exited")
    gdb.drain(0.5)


def crash(gdb, target):
    """A signal of its own kills the target."""
    gdb.resume()
    go_on(gdb, target)
    gdb.wait_for("=thread-group-exited")
    gdb.drain(0.5)


def detach(gdb, target):
    """gdb lets go of the target."""
    gdb.resume()
    gdb.stop()
    gdb.ask("-target-detach")
    gdb.drain(0.5)
    gdb.note(f"the target {'runs' if target.poll() is None else 'is gone'}")


SCENARIOS = {
    "samples": (samples, "thread"),
    "signals": (signals, "signals"),
    "killed": (killed, "forever"),
    "killed-while-stopped": (killed_while_stopped, "forever"),
    "fork": (fork, "fork"),
    "exec": (exec_, "exec"),
    "crash": (crash, "crash"),
    "detach": (detach, "forever"),
}


def errors(gdb):
    """Commands that fail, without any target."""
    gdb.ask("-gdb-version")
    gdb.ask("-no-such-command")
    gdb.ask("no-such-command")
    gdb.ask("-gdb-set no-such-setting on")
    gdb.console("frobnicate")
    gdb.ask("-target-attach 99999999")
    gdb.ask("-target-attach 1")
    gdb.ask("-exec-interrupt")
    gdb.ask("-exec-continue")
    gdb.ask("-thread-info")
    gdb.ask("-stack-list-frames --thread 1 --no-frame-filters 0 30")
    gdb.ask("-stack-list-frames --no-frame-filters 0 30")
    gdb.console('exec-file "/no/such/file with \\"quotes\\" and é"')
    gdb.console("sharedlibrary libm")
    gdb.ask("-target-detach")


def main():
    gdb_path, python, output, *names = sys.argv[1:]
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    for name in names or [*SCENARIOS, "errors"]:
        with tempfile.TemporaryDirectory() as folder:
            lines = record(gdb_path, python, name, Path(folder))
            lines = abridged(without_paths(lines, gdb_path, python, folder))
        (output / f"{name}.mi").write_bytes(b"".join(line + b"\n" for line in lines))
        print(output / f"{name}.mi")


def record(gdb_path, python, name, folder):
    gdb = Gdb(gdb_path)
    target = None
    try:
        gdb.wait_for(r"\(gdb\)")
        if name == "errors":
            errors(gdb)
        else:
            scenario, ending = SCENARIOS[name]
            target = start_target(python, ending)
            attach(gdb, target, folder)
            if name != "samples":
                gdb.lines.clear()
            scenario(gdb, target)
        gdb.close()
    finally:
        gdb.process.kill()
        gdb.process.wait()
        if target is not None:
            target.kill()
            target.wait()
    return gdb.lines


def abridged(lines):
    """At most three in a row of the lines that gdb prints by the dozen."""
    run = 0
    for line in lines:
        run = run + 1 if line.startswith((b"=library-", b'~"SIG')) else 0
        if run <= 3:
            yield line


def without_paths(lines, gdb_path, python, folder):
    """The lines with this machine's paths replaced, longest and nearest first."""
    places = {
        str(Path(python).absolute().parent.parent): "/home/user/venv",
        str(Path(gdb_path).absolute().parent.parent): "/home/user/gdb",
        str(Path(python).resolve().parent.parent): "/opt/python",
        str(HERE): "/home/user",
        folder: "/home/user/tmp",
    }
    text = b"\n".join(lines)
    for place, instead in places.items():
        text = text.replace(place.encode(), instead.encode())
    return text.split(b"\n")


if __name__ == "__main__":
    main()
