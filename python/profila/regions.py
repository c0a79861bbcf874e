"""Regions: named parts of a program that profila can measure by themselves.

Nothing here depends on profila being there. Without it, entering a region does nothing. Under
it, ``record`` is called before the script's first region, and every entry and exit is noted in a
file that profila reads when the script has ended.
"""

import functools
import threading
from math import inf, nan
from time import CLOCK_MONOTONIC, clock_gettime_ns

__all__ = ["region"]

# The form of what is noted. profila has the module write only a form that it reads.
FORM = 1

_recorder = None

# Flags of code that does not run when it is called: generators and coroutines.
_RUNS_LATER = 0x20 | 0x80 | 0x200


class region:
    """A part of a program with a name, as a context manager or as a decorator.

    ``units`` says how much work an entry does; it may be set until the region is left::

        with profila.region("load") as load:
            rows = read_rows()
            load.units = len(rows)

    Without it, an entry is a unit. One object may be entered again, also within itself and by
    several threads.
    """

    __slots__ = ("_name", "_units")

    def __init__(self, name, units=None):
        if not isinstance(name, str):
            raise TypeError(f"the name of a region is a string, not {type(name).__name__}")
        if not name:
            raise ValueError("a region has a name, which is not empty")
        self._name = name
        self.units = units

    @property
    def name(self):
        """What it is called."""
        return self._name

    @property
    def units(self):
        """How much work an entry does; None where an entry is a unit."""
        return self._units

    @units.setter
    def units(self, units):
        if units is not None:
            units = float(units)
            if not 0.0 <= units < inf:
                raise ValueError(f"the units of a region are a number of at least 0, not {units}")
        self._units = units

    def __enter__(self):
        if _recorder is not None:
            _recorder.enter(self._name)
        return self

    def __exit__(self, *exception):
        if _recorder is not None:
            _recorder.leave(self._name, self._units)

    def __call__(self, function):
        """The function, with each of its calls an entry of the region."""
        code = getattr(function, "__code__", None)
        if getattr(code, "co_flags", 0) & _RUNS_LATER:
            raise TypeError(
                "a generator or coroutine does not run when it is called: "
                "write `with profila.region(...)` in it"
            )

        @functools.wraps(function)
        def call_within(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return call_within

    def __repr__(self):
        units = "" if self._units is None else f", units={self._units!r}"
        return f"region({self._name!r}{units})"


def record(path, tell):
    """Has all entries and exits of this process noted in a new file.

    ``tell(event, detail)`` is called with the number of each name, and where nothing more can
    be noted. Child processes note nothing.
    """
    import os

    global _recorder
    _recorder = _Recorder(path, tell)
    os.register_at_fork(after_in_child=_stop)


def _stop():
    global _recorder
    _recorder = None


class _Recorder:
    """Notes what happens in blocks of a file, each of which one thread fills.

    They are memory that is shared with the file: what was noted is there however the process
    ends, and noting it takes no system call.
    """

    # Time, units, thread, name, kind: the last is written last, and is 0 in what is not whole.
    EVENT = 32
    BLOCK = 2048 * EVENT
    # Some million entries.
    MOST_BLOCKS = 1024
    MOST_NAMES = 1000
    ENTER, LEAVE = 1, 2
    # Descriptors that the script opens are numbered as without profila.
    LOWEST_DESCRIPTOR = 200

    def __init__(self, path, tell):
        import fcntl
        import itertools
        import os
        import struct

        self._tell = tell
        self._pack = struct.Struct("=QdIII4x").pack_into
        self._local = threading.local()
        self._names = {}
        self._new_block = itertools.count().__next__
        self._lock = threading.RLock()
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            self._file = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, self._lowest())
        finally:
            os.close(opened)
        self._identity = self._identify()

    def _lowest(self):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return min(self.LOWEST_DESCRIPTOR, most // 2 if most > 0 else self.LOWEST_DESCRIPTOR)

    def _identify(self):
        import os

        try:
            status = os.fstat(self._file)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def enter(self, name):
        """Notes that this thread enters a region."""
        number = self._names.get(name)
        if number is None:
            number = self._number(name)
            if number is None:
                return
        try:
            block, place, thread = self._local.next_place()
        except (AttributeError, StopIteration):
            if not self._begin_block():
                return
            block, place, thread = self._local.next_place()
        now = clock_gettime_ns(CLOCK_MONOTONIC)
        self._pack(block, place, now, nan, thread, number, self.ENTER)

    def leave(self, name, units):
        """Notes that this thread leaves a region."""
        now = clock_gettime_ns(CLOCK_MONOTONIC)
        number = self._names.get(name)
        if number is None:
            # It was entered before anything was noted.
            return
        try:
            block, place, thread = self._local.next_place()
        except (AttributeError, StopIteration):
            if not self._begin_block():
                return
            block, place, thread = self._local.next_place()
        self._pack(block, place, now, nan if units is None else units, thread, number, self.LEAVE)

    def _number(self, name):
        import json

        with self._lock:
            known = self._names.get(name)
            if known is not None:
                return known
            number = len(self._names)
            if number == self.MOST_NAMES:
                self._give_up(f"it has more than {number:,} regions of different names")
                return None
            self._tell("region", json.dumps({"number": number, "name": name[:200]}))
            self._names[name] = number
            return number

    def _begin_block(self):
        """Has this thread fill a block of its own from now on. False where there is none left."""
        import os
        import sys
        from itertools import repeat
        from mmap import mmap

        number = self._new_block()
        if number >= self.MOST_BLOCKS:
            entries = self.MOST_BLOCKS * self.BLOCK // self.EVENT // 2
            self._give_up(f"it entered and left regions more than {entries:,} times")
            return False
        if self._identify() != self._identity:
            self._give_up("it closed the descriptor on which they are noted")
            return False
        start = number * self.BLOCK
        try:
            # Without room for it, writing to the memory would end the process.
            os.posix_fallocate(self._file, start, self.BLOCK)
            # Older versions of Python keep a descriptor of their own for it.
            options = {"trackfd": False} if sys.version_info >= (3, 13) else {}
            block = mmap(self._file, self.BLOCK, offset=start, **options)
        except (OSError, ValueError) as problem:
            self._give_up(str(problem))
            return False
        thread = threading.get_native_id()
        places = zip(repeat(block), range(0, self.BLOCK, self.EVENT), repeat(thread))
        # A signal handler may come here between any two steps: what it takes is its own.
        self._local.next_place = places.__next__
        return True

    def _give_up(self, reason):
        with self._lock:
            if _recorder is self:
                _stop()
                self._tell("regions-end", reason)
