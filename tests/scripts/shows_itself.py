"""Shows what a script can see of the process it runs in: a line for each thing.

It looks once Numba is imported and has compiled, which is when a profiler is at work.
"""

import os
import resource
import signal
import stat
import sys
import threading

from work import work


def kind_of(descriptor):
    """Return what kind of file a descriptor is open on."""
    mode = os.fstat(descriptor).st_mode
    kinds = {
        stat.S_ISREG: "file",
        stat.S_ISFIFO: "pipe",
        stat.S_ISSOCK: "socket",
        stat.S_ISCHR: "device",
        stat.S_ISDIR: "folder",
    }
    return next(kind for is_kind, kind in kinds.items() if is_kind(mode))


def open_files():
    """Yield the descriptors below 100, and what they are open on."""
    for descriptor in sorted(map(int, os.listdir("/proc/self/fd"))):
        try:
            inherited = os.get_inheritable(descriptor)
        except OSError:
            continue  # That of the list itself.
        if descriptor < 100:
            yield f"{descriptor}: {kind_of(descriptor)}, inheritable: {inherited}"


def signal_masks():
    """Yield which signals are blocked, ignored and caught."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("Sig") and not line.startswith("SigQ"):
                yield " ".join(line.split())


def limits():
    """Yield the limits of resources."""
    for name in sorted(vars(resource)):
        if name.startswith("RLIMIT_"):
            yield f"{name}: {resource.getrlimit(getattr(resource, name))}"


def show(title, things):
    """Print things, a line each."""
    for thing in things:
        print(f"{title}: {thing}")


work(0.3)
show("argument", sys.argv)
show("original argument", sys.orig_argv)
show("name", [__name__, __file__, sys.executable, os.getcwd(), sys.prefix])
show("path", sys.path)
show("variable", sorted(f"{name}={value}" for name, value in os.environ.items()))
show("module", sorted(sys.modules))
show("finder", (getattr(it, "__name__", type(it).__name__) for it in sys.meta_path))
show("path hook", (hook.__qualname__ for hook in sys.path_hooks))
show("importer", sorted(sys.path_importer_cache))
show("flags", [sys.flags])
show("recursion limit", [sys.getrecursionlimit()])
show("hook", [sys.gettrace(), sys.getprofile(), sys.excepthook, sys.displayhook])
show("terminal", (stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)))
show("encoding", (stream.encoding for stream in (sys.stdin, sys.stdout, sys.stderr)))
show("buffered", [sys.stdout.line_buffering, sys.stdout.write_through])
show("open", open_files())
show("signals", signal_masks())
show("handler", (f"{it!r}: {signal.getsignal(it)!r}" for it in signal.valid_signals()))
show("thread", (thread.name for thread in threading.enumerate()))
show("limit", limits())
show("mask", [oct(os.umask(0o22))])
show("priority", [os.nice(0)])
