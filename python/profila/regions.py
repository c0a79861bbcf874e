"""Regions: named parts of a program that profila can measure by themselves.

Nothing here depends on profila being there. Without it, entering a region does nothing. Under
it, ``record`` is called before the script's first region, and every entry and exit is noted in a
file that profila reads when the script has ended.
"""

import functools
import threading
from itertools import repeat
from math import inf, nan
from threading import get_ident
from time import CLOCK_MONOTONIC, clock_gettime_ns

__all__ = ["region"]

# The form of what is noted. profila has the module write only a form that it reads.
FORM = 2

_recorder = None

# In characters.
_LONGEST_NAME = 200

# Flags of code that does not run when it is called: generators and coroutines.
_RUNS_LATER = 0x20 | 0x80 | 0x200


class region:
    """A part of a program with a name, as a context manager or as a decorator.

    ``units`` says how much work each entry does. Where that is known only in the region, it may
    be set for one entry until that is left::

        with profila.region("load") as load:
            rows = read_rows()
            load.units = len(rows)

    Without it, an entry is a unit. One object may be entered again, also within itself and by
    several threads: each entry has units of its own.
    """

    __slots__ = ("_name", "_units", "_entries")

    def __init__(self, name, units=None):
        if not isinstance(name, str):
            raise TypeError(f"the name of a region is a string, not {type(name).__name__}")
        if not name:
            raise ValueError("a region has a name, which is not empty")
        if len(name) > _LONGEST_NAME:
            raise ValueError(
                f"the name of a region has at most {_LONGEST_NAME} characters, not {len(name)}: "
                f"{name[:30]!r}…"
            )
        self._name = name
        self._units = None if units is None else _checked(units)
        # The innermost entry that is open in each thread.
        self._entries = {}

    @property
    def name(self):
        """What it is called."""
        return self._name

    @property
    def units(self):
        """How much work an entry does that says nothing else; None where an entry is a unit."""
        return self._units

    @units.setter
    def units(self, units):
        raise AttributeError(
            "units are set for one entry: `with profila.region(...) as entry: entry.units = n`"
        )

    def __enter__(self):
        # It may be gone at any moment, as where there is no room for more.
        recorder = _recorder
        if recorder is None:
            return _Entry(self._units, None)
        thread = get_ident()
        entry = self._entries[thread] = _Entry(self._units, self._entries.get(thread))
        recorder.enter(self._name)
        return entry

    def __exit__(self, *exception):
        recorder = _recorder
        if recorder is None:
            return
        thread = get_ident()
        entry = self._entries.pop(thread, None)
        if entry is None:
            # It was entered in another thread, or before anything was noted.
            recorder.leave(self._name, self._units)
            return
        if entry._outer is not None:
            self._entries[thread] = entry._outer
        recorder.leave(self._name, entry._units)

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


class _Entry:
    """One entry of a region, until it is left."""

    __slots__ = ("_units", "_outer")

    def __init__(self, units, outer):
        self._units = units
        # The one of the same region and thread that it is within.
        self._outer = outer

    @property
    def units(self):
        """How much work it does; None where it is a unit."""
        return self._units

    @units.setter
    def units(self, units):
        self._units = None if units is None else _checked(units)


def _checked(units):
    units = float(units)
    if not 0.0 <= units < inf:
        raise ValueError(f"the units of a region are a number of at least 0, not {units}")
    return units


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
    """Notes what happens in blocks of a file, each of which one thread fills. What a thread leaves
    of one when it ends, another one fills.

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
        # What threads that have ended left of theirs.
        self._rests = []
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
        found = self._next_place()
        if found is not None:
            block, place, thread = found
            now = clock_gettime_ns(CLOCK_MONOTONIC)
            self._pack(block, place, now, nan, thread, number, self.ENTER)

    def leave(self, name, units):
        """Notes that this thread leaves a region."""
        now = clock_gettime_ns(CLOCK_MONOTONIC)
        number = self._names.get(name)
        if number is None:
            # It was entered before anything was noted.
            return
        found = self._next_place()
        if found is not None:
            block, place, thread = found
            units = nan if units is None else units
            self._pack(block, place, now, units, thread, number, self.LEAVE)

    def _next_place(self):
        """Where this thread notes what happens next, or nothing where there is no room left."""
        try:
            return self._local.lease.next_place()
        except (AttributeError, StopIteration):
            return self._local.lease.next_place() if self._begin_block() else None

    def _number(self, name):
        import json

        with self._lock:
            known = self._names.get(name)
            if known is not None:
                return known
            number = len(self._names)
            if number == self.MOST_NAMES:
                self._give_up("names", f"it has more than {number:,} regions of different names")
                return None
            self._tell("region", json.dumps({"number": number, "name": name}))
            self._names[name] = number
            return number

    def _begin_block(self):
        """Has this thread fill a block, or the rest of one, by itself from now on. False where
        there is none left."""
        try:
            block, places = self._rests.pop()
        except IndexError:
            block = self._map_block()
            if block is None:
                return False
            places = iter(range(0, self.BLOCK, self.EVENT))
        # A signal handler may come here between any two steps: what it takes is its own.
        self._local.lease = _Lease(block, places, self._rests)
        return True

    def _map_block(self):
        """A new block; None where there is none left."""
        import os
        import sys
        from mmap import mmap

        number = self._new_block()
        if number >= self.MOST_BLOCKS:
            entries = self.MOST_BLOCKS * self.BLOCK // self.EVENT // 2
            self._give_up(
                "entries",
                f"it entered and left regions about {entries:,} times, or did so in more than "
                f"{self.MOST_BLOCKS:,} threads at once",
            )
            return None
        if self._identify() != self._identity:
            self._give_up("descriptor", "it closed the descriptor on which they are noted")
            return None
        start = number * self.BLOCK
        try:
            # Without room for it, writing to the memory would end the process.
            os.posix_fallocate(self._file, start, self.BLOCK)
            # Older versions of Python keep a descriptor of their own for it.
            options = {"trackfd": False} if sys.version_info >= (3, 13) else {}
            return mmap(self._file, self.BLOCK, offset=start, **options)
        except (OSError, ValueError) as problem:
            self._give_up("file", str(problem))
            return None

    def _give_up(self, cause, reason):
        import json

        with self._lock:
            if _recorder is self:
                _stop()
                self._tell("regions-end", json.dumps({"cause": cause, "reason": reason}))


class _Lease:
    """The part of a block that a thread fills: it lives as long as the thread, or until it is
    full."""

    __slots__ = ("next_place", "_block", "_places", "_rests")

    def __init__(self, block, places, rests):
        self._block = block
        self._rests = rests
        self._places = places
        # The block, where in it, and the thread.
        self.next_place = zip(repeat(block), places, repeat(threading.get_native_id())).__next__

    def __del__(self):
        if self._places.__length_hint__() > 0:
            self._rests.append((self._block, self._places))
