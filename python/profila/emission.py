"""Line tables for what Numba compiles from now on, so that `profila attach` shows lines.

It changes no machine code. Nothing is done before it is asked for.
"""

import atexit
import hashlib
import itertools
import json
import os
import shutil
import sys
import tempfile
import threading
import warnings

__all__ = ["emit_line_tables"]

# The folder that profila finds by the descriptor which this process has of it
# (`src/process/stranger.rs`).
FOLDER = "profila-twins"

_lock = threading.Lock()
# What is done already, or is somebody else's to do: then there is no folder.
_is_done = False
_kept_open = None


def emit_line_tables():
    """Has all that Numba compiles from now on carry line tables.

    A service calls it when it starts, before functions are compiled. The machine code stays
    that of a production build. Compiling takes longer, and functions with `cache=True` are
    compiled anew in each process: Numba's caches are neither read nor written from now on.

    Where this version of Numba does not allow it, it warns, and code is compiled as before.
    """
    global _is_done, _kept_open
    with _lock:
        if _is_done:
            return
        _is_done = True
        import numba

        folder = _make_folder()
        twins = os.path.join(folder, FOLDER)
        os.mkdir(twins, mode=0o700)
        _kept_open = os.open(twins, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        problem = _install(numba, folder, twins)
        about = {
            "python": ".".join(map(str, sys.version_info[:3])),
            "numba": numba.__version__,
            "problem": problem,
        }
        _write(twins, "about.json", about)
        if problem:
            said = f"profila cannot have Numba {numba.__version__} write line tables: {problem}"
            warnings.warn(said, RuntimeWarning, stacklevel=2)


def leave_to_profiler():
    """Profila has started this process, and decides itself what has line tables."""
    global _is_done
    _is_done = True


def _make_folder():
    """A folder that nobody else can read, and that goes with this process."""
    folder = tempfile.mkdtemp(prefix="profila-")
    process = os.getpid()

    def remove():
        # A child that was forked shares it.
        if os.getpid() == process:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _install(numba, folder, twins):
    """Returns what kept it from being done, or None."""
    numbers = itertools.count()

    def keep_source(name, text):
        file = f"{os.getpid()}-{next(numbers)}.text"
        try:
            _write(twins, file, {"name": name, "text": text})
        except OSError:
            # The lines of this text have their numbers alone.
            pass

    try:
        from . import line_tables

        leave_caches_alone = _find_caches(folder)
        line_tables.install(twins, lambda problem: None, keep_source)
        leave_caches_alone()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return None


def _write(folder, name, value):
    """Writes a file that is whole as soon as it has its name."""
    unfinished = os.path.join(folder, f".{name}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with open(os.open(unfinished, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.rename(unfinished, os.path.join(folder, name))


def _find_caches(folder):
    """Returns what has Numba neither load code without line tables from its caches nor save any
    with. Fails where caches are not as expected.

    What is defined from now on has a cache in a folder of this process. What was defined before
    has a cache already, which is not used any more.
    """
    from numba.core import caching

    cache = caching.Cache
    load, save, init = cache.load_overload, cache.save_overload, cache.__init__

    def begin(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.profila_is_new = True

    def load_own(self, *args, **kwargs):
        return load(self, *args, **kwargs) if hasattr(self, "profila_is_new") else None

    def save_own(self, *args, **kwargs):
        if hasattr(self, "profila_is_new"):
            save(self, *args, **kwargs)

    implementation = getattr(caching, "CacheImpl", None) or caching._CacheImpl
    find_place = implementation.__init__

    def find_own_place(self, *args, **kwargs):
        find_place(self, *args, **kwargs)
        users = os.fsencode(os.path.abspath(self.locator.get_cache_path()))
        own = os.path.join(folder, "cache", hashlib.sha256(users).hexdigest()[:32])
        os.makedirs(own, mode=0o700, exist_ok=True)
        self.locator.get_cache_path = lambda: own

    def leave_alone():
        implementation.__init__ = find_own_place
        cache.__init__, cache.load_overload, cache.save_overload = begin, load_own, save_own

    return leave_alone
