# Runs inside the profiled Python, before the user's script, as its first
# `sitecustomize`. It reports what happens to Numba on an inherited channel and, in a
# profiled run and in a control run, has Numba emit line tables without any change to the
# code that it generates; in a control run, LLVM speaks about that code. Then it removes
# every trace of itself, so that the script and its children see the interpreter they would
# have seen. Where children are followed, their environment keeps what has it run in them, and
# each of them reports on a channel of its own.
#
# Everything that it touches inside Numba is private there. Each patch looks for
# what it expects first; where something is missing, Numba's own debug build is
# asked for instead and the channel says so.

import os
import sys
from time import CLOCK_MONOTONIC, clock_gettime_ns


def _start():
    settings = os.environ.pop("PROFILA_BOOTSTRAP", "").split(":", 3)
    os.environ.pop("PROFILA_GUARD", None)
    if len(settings) != 4:
        return
    descriptor, mode, placement, cache = int(settings[0]), settings[1], int(settings[2]), settings[3]
    # Where children are followed, they find all of this in their environment.
    door = os.environ.get("PROFILA_CHILDREN")
    is_main = descriptor >= 0

    own_folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry != own_folder]
    sys.path_importer_cache.pop(own_folder, None)
    working_tree = os.environ.get("PROFILA_WORKING_TREE")
    revision = os.environ.get("PROFILA_REVISION")
    if door is None:
        _restore_environment()
    else:
        os.environ["PROFILA_BOOTSTRAP"] = ":".join(["-1", *settings[1:]])

    if is_main:
        os.set_inheritable(descriptor, False)
        channel = _Channel(descriptor)
    else:
        channel = _connect(door)
    has_code = False
    numba_version = None
    was_forked = False

    def tell(event, detail=""):
        nonlocal has_code
        has_code = has_code or event == "compile-end"
        channel.tell(event, detail)

    def let_trace():
        if channel.is_ours():
            _allow_tracer()
            tell("ready")
            channel.await_tracer()

    def introduce():
        tell("start", ".".join(map(str, sys.version_info[:3])))

    def begin_forked():
        # A child has a channel of its own, or none: for that of the script to be closed when
        # the script is gone, nobody else must have it.
        nonlocal channel, was_forked
        channel.hang_up()
        was_forked = True
        if door is None or _forks_of_ours:
            return
        channel = _connect(door)
        introduce()
        if numba_version is None:
            return
        tell("numba", numba_version)
        if has_code:
            # It may run what was compiled before it was there.
            tell("compile-begin", 0)
            if mode == "profiled":
                let_trace()
            tell("compile-end", 0)

    os.register_at_fork(after_in_child=begin_forked)

    introduce()
    _at_exit(lambda: tell("exit", _seconds_of_children()))
    if working_tree and revision:
        _import_from(revision, working_tree)
        _at_exit(lambda: _tell_modules_of(working_tree, revision, tell))

    def numba_imported(numba):
        nonlocal numba_version
        if not channel.is_of_this_process():
            return
        dispatchers = {}
        each = door is not None
        _listen(tell, _Once(let_trace, each) if mode == "profiled" else None, dispatchers)
        numba_version = numba.__version__
        tell("numba", numba_version)
        if placement >= 0:
            _displace(placement, dispatchers, _Once(lambda: tell("placement", placement)))
        if mode == "timed":
            return
        _keep_caches_in(cache, numba)
        problem = _emit_line_tables(numba, own_folder, cache, mode == "profiled", tell)
        if problem:
            tell("fallback", problem)
        if mode == "remarks":
            problem = _ask_for_remarks()
            if problem:
                tell("no-remarks", problem)
            _ask_about_parallel_loops(lambda problem: tell("no-parallel-remarks", problem))

    sys.meta_path.insert(0, _NumbaImportHook(numba_imported))

    def profila_imported(profila):
        if channel.is_of_this_process():
            _decide_about_line_tables()
        if is_main and channel.is_of_this_process() and not was_forked:
            _record_regions(os.path.join(os.path.dirname(own_folder), "regions"), tell)

    _provide_profila(os.path.join(own_folder, "modules"), profila_imported)
    region = os.environ.pop("PROFILA_SUITE", None)
    if region is not None:
        _provide_suites(os.path.join(own_folder, "suites.py"), region, tell)


def _file_of(descriptor):
    """Tells apart what a descriptor is open on; nothing where it is closed."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


# How long a child waits for its tracer, in milliseconds: longer than that takes to attach, or to
# find that it cannot.
_PATIENCE_MS = 15_000

# The lowest number of a child's channel, as of the script's own; or half of what the system
# allows, where that is less.
_LOWEST_CHANNEL = 200


class _Channel:
    """What a process reports on; `None` is nothing, for a process that nobody listens to."""

    def __init__(self, descriptor, patience_ms=None):
        self._descriptor = descriptor
        self._file = None if descriptor is None else _file_of(descriptor)
        self._process = os.getpid()
        self._patience_ms = patience_ms

    def is_open(self):
        # The script may close all descriptors, and open files of its own instead.
        return self._file is not None and _file_of(self._descriptor) == self._file

    def is_of_this_process(self):
        return self._file is not None and os.getpid() == self._process

    def is_ours(self):
        return self.is_of_this_process() and self.is_open()

    def hang_up(self):
        if self.is_open():
            os.close(self._descriptor)

    def tell(self, event, detail):
        if not self.is_ours():
            return
        detail = " ".join(str(detail).splitlines())
        line = f"{event} {clock_gettime_ns(CLOCK_MONOTONIC)} {detail}\n"
        try:
            os.write(self._descriptor, line.encode("utf-8", "backslashreplace"))
        except OSError:
            pass

    def await_tracer(self):
        # Blocks until the tracer is attached, or has gone.
        if not self.is_open():
            return
        try:
            if self._patience_ms is not None:
                import select

                poll = select.poll()
                poll.register(self._descriptor, select.POLLIN)
                if not poll.poll(self._patience_ms):
                    return
            os.read(self._descriptor, 1)
        except OSError:
            pass


def _connect(door):
    """The channel of a child, on which nobody listens where profila is gone."""
    import fcntl
    import resource
    from _socket import AF_UNIX, SOCK_STREAM, socket

    try:
        connection = socket(AF_UNIX, SOCK_STREAM)
        try:
            # What profila does not answer in time it does not answer at all.
            connection.settimeout(5)
            connection.connect(door)
            connection.settimeout(None)
            most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            lowest = _LOWEST_CHANNEL
            if most != resource.RLIM_INFINITY:
                lowest = min(lowest, most // 2)
            lowest = fcntl.F_DUPFD_CLOEXEC, lowest
            return _Channel(fcntl.fcntl(connection.fileno(), *lowest), _PATIENCE_MS)
        finally:
            connection.close()
    except (OSError, TypeError):
        return _Channel(None)


def _restore_environment():
    """Has the script and its children see the environment that they would have seen."""
    os.environ.pop("PROFILA_WORKING_TREE", None)
    os.environ.pop("PROFILA_REVISION", None)
    users_path = os.environ.pop("PROFILA_PYTHONPATH", None)
    if users_path is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = users_path


def _seconds_of_children():
    """Processor time of the child processes that have ended."""
    times = os.times()
    return f"{times.children_user + times.children_system:.2f}"


def _import_from(revision, working_tree):
    """Has Python look in a revision for what it would look for in the working tree of the same
    repository, where an editable installation leads it there, as far as the revision has it."""

    def moved(path):
        real = os.path.realpath(path)
        if real == working_tree or real.startswith(working_tree + os.sep):
            ours = revision + real[len(working_tree) :]
            if os.path.exists(ours):
                return ours
        return path

    sys.path[:] = [moved(entry) if entry else entry for entry in sys.path]
    # Those of setuptools, which are told which folder is which package.
    for finder in sys.meta_path:
        name = getattr(finder, "__module__", None) or ""
        if not name.startswith("__editable__"):
            continue
        for table in ("MAPPING", "NAMESPACES"):
            places = getattr(sys.modules.get(name), table, None) or {}
            for package, place in places.items():
                several = isinstance(place, list)
                places[package] = [moved(one) for one in place] if several else moved(place)


def _tell_modules_of(working_tree, revision, tell):
    """Says which modules were imported from the working tree although a revision is measured."""
    import json

    def is_in(path, folder):
        return path.startswith(folder + os.sep)

    prefixes = {os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)}
    libraries = [prefix for prefix in prefixes if is_in(prefix, working_tree)] + [revision]
    found = []
    for name, module in sorted(sys.modules.items()):
        try:
            file = os.path.realpath(module.__dict__["__file__"])
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        parts = file.split(os.sep)
        if not is_in(file, working_tree) or any(is_in(file, folder) for folder in libraries):
            continue
        if "site-packages" not in parts and "dist-packages" not in parts:
            found.append(f"`{name}` from {file}"[:500])
    if found:
        tell("working-tree", json.dumps(found[:10]))


def _at_exit(function):
    import atexit

    # Registered before all others, this runs after all others.
    atexit.register(function)


class _NumbaImportHook:
    """Calls back once, when `numba` has been imported whole."""

    def __init__(self, imported):
        self._imported = imported

    def find_spec(self, name, path=None, target=None):
        # To be asked is not to be imported: scripts look whether there is a Numba.
        if name != "numba":
            return None
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec = find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _ThenCall(spec.loader, spec, self._when_imported)
                return spec
        return None

    def _when_imported(self, numba):
        if self in sys.meta_path:
            sys.meta_path.remove(self)
            self._imported(numba)


class _ThenCall:
    """A loader that puts the real one back in its place, uses it and calls back."""

    def __init__(self, loader, spec, imported):
        self._loader = loader
        self._spec = spec
        self._imported = imported

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._spec.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._imported(module)


def _provide_profila(folder, imported):
    """Has the script find the module `profila`, in a folder of our own where there is no other,
    and calls back when it has been imported.

    It is asked for where modules in files are, and not by a finder of its own, which the script
    would see.
    """
    from importlib.machinery import PathFinder

    find_in_files = PathFinder.find_spec

    def find_profila(name, path, target):
        finders = (getattr(finder, "find_spec", None) for finder in sys.meta_path)
        others = [find for find in finders if find not in (None, PathFinder.find_spec)]
        for find in [find_in_files, *others]:
            spec = find(name, path, target)
            if spec is not None:
                return spec
        return find_in_files(name, [folder], target)

    def find_spec(name, path=None, target=None):
        if name != "profila" or path is not None:
            return find_in_files(name, path, target)
        spec = find_profila(name, path, target)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _ThenCall(spec.loader, spec, when_imported)
        return spec

    def when_imported(profila):
        PathFinder.find_spec = original
        imported(profila)

    # A method of the class, as the original is: pytest keeps it as an attribute of a class of its
    # own, where a function would become a method of that.
    original = PathFinder.__dict__["find_spec"]
    PathFinder.find_spec = classmethod(lambda cls, *args, **named: find_spec(*args, **named))


def _provide_suites(file, region, tell):
    """Makes a module of what runs benchmarks of suites, which notes calls as this region."""
    from types import ModuleType

    suites = ModuleType("profila_suites")
    suites.__file__ = file
    with open(file, encoding="utf-8") as source:
        exec(compile(source.read(), file, "exec"), suites.__dict__)

    def report(problem):
        import json

        tell("suite", json.dumps(problem))

    suites.report, suites.REGION = report, region
    sys.modules["profila_suites"] = suites


def _decide_about_line_tables():
    """Has the module that the script has imported leave to us what has line tables: timed runs
    have none."""
    emission = sys.modules.get("profila.emission")
    leave = getattr(emission, "leave_to_profiler", None)
    if leave is not None:
        leave()


# The form of what a script's module notes of its regions that we read.
_REGIONS_FORM = 2


def _record_regions(file, tell):
    """Has the module that the script has imported note its regions in a file."""

    def end(cause, reason):
        import json

        tell("regions-end", json.dumps({"cause": cause, "reason": reason}))

    regions = sys.modules.get("profila.regions")
    form = getattr(regions, "FORM", None)
    if form is None:
        # It is another module of the same name.
        return
    if form != _REGIONS_FORM:
        end("version", "its module `profila` is of another version of profila")
        return
    try:
        regions.record(file, tell)
    except OSError as problem:
        end("file", str(problem))


class _Once:
    """Calls a function the first time, and has all threads wait until it is done.

    In a child that is forked before, it is called again where `each` process has to; else not
    at all.
    """

    def __init__(self, function, each=False):
        self._function = self._original = function
        self._is_done = False
        self._renew()
        # Whoever forks now has a child in which nobody would ever unlock it.
        os.register_at_fork(after_in_child=self._begin_anew if each else self._become_done)

    def _renew(self):
        from _thread import RLock

        # A signal may interrupt a thread that waits, and its handler may compile.
        self._lock = RLock()

    def _begin_anew(self):
        if not self._is_done:
            self._function = self._original
            self._renew()

    def _become_done(self):
        self._is_done = True

    def __call__(self):
        if self._is_done:
            return
        with self._lock:
            function, self._function = self._function, None
            if function is not None:
                try:
                    function()
                finally:
                    self._become_done()


def _listen(tell, before_first_end, dispatchers):
    """Reports when a thread begins and ends to compile, or to load from a cache, and keeps
    what each thread compiles, the innermost last, in `dispatchers`.

    Both happen under Numba's compiler lock, also for `@vectorize`, which has no
    event of its own. Nested events of a thread are one. Before an end is reported,
    and before any of the code can run, `before_first_end` is called if there is one.
    """
    from _thread import get_ident

    from numba.core import event

    _set_up_compiler()
    depths = {}

    class CompileListener(event.Listener):
        def on_start(self, event):
            thread = get_ident()
            if event.kind == "numba:compile":
                compiling = dispatchers.setdefault(thread, [])
                compiling.append((event.data or {}).get("dispatcher"))
            depth = depths.get(thread, 0)
            depths[thread] = depth + 1
            if depth == 0:
                tell("compile-begin", thread)

        def on_end(self, event):
            thread = get_ident()
            if event.kind == "numba:compile":
                tell("compiled")
                if dispatchers.get(thread):
                    dispatchers[thread].pop()
            depth = depths.pop(thread, 1) - 1
            if depth > 0:
                depths[thread] = depth
                return
            try:
                if before_first_end is not None:
                    before_first_end()
            finally:
                # A signal handler may have raised an exception meanwhile.
                tell("compile-end", thread)

    listener = CompileListener()
    for kind in ("numba:compile", "numba:compiler_lock"):
        event.register(kind, listener)


def _displace(placement, dispatchers, is_done):
    """Has the code of each compiled library begin so many bytes behind the start of a page,
    a multiple of 16, by something in front that is never run. Calls `is_done` when the first
    library begins there.

    Without it a function begins at the start of a page in every process, and what a loop
    gains or loses by where it lies within lines of the cache is the same in all runs of a
    version. The instructions are the same: compilers align functions and loops to 16 bytes,
    and that they still are. Code that goes into a cache is left where it is, as the cache is
    the user's, and so is code of which that is not known: ufuncs, and callbacks for C.
    """
    from _thread import get_ident
    from platform import machine

    try:
        from llvmlite import binding
        from numba.core import codegen
        from numba.core.caching import NullCache

        library = codegen.JITCodeLibrary
        begin = library.__init__
    except (ImportError, AttributeError):
        return
    # Bytes, and a function of one instruction behind them.
    size = placement - (1 if machine() in ("x86_64", "AMD64", "i386", "i686") else 4)
    text = (
        f'define void @"profila.placement"() prefix [{size} x i8] zeroinitializer {{\n'
        "  ret void\n}\n"
    )

    def is_for_no_cache():
        # A lifted loop has no cache of its own, but what it was lifted from.
        for dispatcher in reversed(dispatchers.get(get_ident(), [])):
            cache = getattr(dispatcher, "_cache", None) or getattr(dispatcher, "cache", None)
            if cache is not None:
                return isinstance(cache, NullCache)
        return False

    def begin_displaced(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        if not is_for_no_cache():
            return
        if placement > 0:
            self._final_module.link_in(binding.parse_assembly(text))
        is_done()

    library.__init__ = begin_displaced


def _set_up_compiler():
    """Has Numba do now, once, what it does before it compiles anything.

    It takes the compiler lock for it as soon as a function is decorated, which
    would look like a compilation.
    """
    try:
        from numba.core.registry import cpu_target

        cpu_target.target_context
    except Exception:
        # Then a script that never compiles is taken for one that ends too soon.
        pass


def _write_source(folder, text):
    """Writes a text to a file of its own, and returns its path; None of none."""
    if text is None:
        return None
    from tempfile import mkstemp

    descriptor, path = mkstemp(prefix="profila-source-", dir=folder)
    with open(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
    return path


def _keep_caches_in(folder, numba):
    """Has all that Numba caches lie in a folder, and not among what runs without a
    profiler load.

    There is a setting for it. But what is defined in an archive or a cell is cached
    elsewhere all the same, and so is everything where the user has chosen another way to
    find a place.
    """
    import hashlib

    numba.config.CACHE_DIR = folder
    try:
        from numba.core import caching

        implementation = getattr(caching, "CacheImpl", None) or caching._CacheImpl
        find_place = implementation.__init__
    except (ImportError, AttributeError):
        # Then there is the setting.
        return

    def find_own_place(self, *args, **kwargs):
        find_place(self, *args, **kwargs)
        users = os.path.abspath(self.locator.get_cache_path())
        if os.path.commonpath([users, folder]) == folder:
            return
        own = os.path.join(folder, hashlib.sha256(os.fsencode(users)).hexdigest()[:32])
        os.makedirs(own, mode=0o700, exist_ok=True)
        self.locator.get_cache_path = lambda: own

    implementation.__init__ = find_own_place


def _emit_line_tables(numba, own_folder, cache, is_sampled, tell):
    """Has all code compiled from now on carry line tables, and nothing else.

    Returns what kept it from doing so, or an empty string.
    """
    import json

    try:
        twins = None
        os.makedirs(cache, mode=0o700, exist_ok=True)
        if is_sampled:
            twins = os.path.join(cache, "profila-twins")
            os.makedirs(twins, mode=0o700, exist_ok=True)
        path = os.path.join(own_folder, "line_tables.py")
        with open(path, encoding="utf-8") as file:
            code = compile(file.read(), path, "exec")
        line_tables = {"__name__": "profila_line_tables"}
        exec(code, line_tables)

        def tell_source(name, text):
            tell("source", json.dumps({"name": name, "file": _write_source(cache, text)}))

        line_tables["install"](twins, lambda problem: tell("no-twin", str(problem)[:1000]), tell_source)
    except Exception as problem:
        numba.config.DEBUGINFO_DEFAULT = 1
        numba.config.BOUNDSCHECK = 0
        return f"{type(problem).__name__}: {problem}"
    return ""


# What LLVM is to say: what it did, what it did not do, and why not, each of some passes.
_REMARKS = (
    ("pass-remarks", ("loop-vectorize", "slp-vectorizer", "loop-unroll")),
    ("pass-remarks-missed", ("loop-vectorize", "slp-vectorizer", "licm", "inline")),
    ("pass-remarks-analysis", ("loop-vectorize", "slp-vectorizer")),
)


def _ask_for_remarks():
    """Has LLVM say on standard error what becomes of loops and calls that it compiles.

    Returns what kept it from doing so, or an empty string.
    """
    try:
        from llvmlite import binding

        functions = binding.ffi.lib._fntab
        set_option = binding.ffi.lib.LLVMPY_SetCommandLine
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    options = [f"-{name}=^({'|'.join(passes)})$" for name, passes in _REMARKS]

    def set_all():
        for option in options:
            set_option(b"profila", option.encode())

    # LLVM ends the process for an option that it does not know.
    problem = _what_ends(set_all)
    if problem:
        return problem
    set_all()

    # The script would ask for others instead.
    ours = [name.encode() for name, _ in _REMARKS]

    def set_another_option(name, option):
        if option.lstrip(b"-").partition(b"=")[0] not in ours:
            set_option(name, option)

    functions["LLVMPY_SetCommandLine"] = set_another_option
    return ""


def _ask_about_parallel_loops(complain):
    """Has Numba say what becomes of parallel loops, in the same way as LLVM.

    What keeps it from doing so is said once.
    """
    complaints = []

    def complain_once(problem):
        if not complaints:
            complaints.append(problem)
            complain(f"{type(problem).__name__}: {problem}")

    try:
        from numba.core.typed_passes import DumpParforDiagnostics

        run_pass = DumpParforDiagnostics.run_pass
    except Exception as problem:
        complain_once(problem)
        return

    def run_pass_and_tell(self, state):
        changed = run_pass(self, state)
        try:
            diagnostics = state.parfor_diagnostics
            if state.flags.auto_parallel.enabled and diagnostics is not None:
                said = "".join(_parallel_remarks(diagnostics))
                os.write(2, said.encode())
        except Exception as problem:
            # It is what Numba keeps to itself, and may be otherwise in another version.
            complain_once(problem)
        return changed

    DumpParforDiagnostics.run_pass = run_pass_and_tell


def _parallel_remarks(diagnostics):
    """What became of the parallel loops of a function, and of allocations in them.

    A remark ends with the line of the other loop that it is about, if there is one.
    """
    if not diagnostics.has_setup or diagnostics.internal_name in diagnostics.name:
        return

    places = {}
    for loop in diagnostics.initial_parfors:
        loc, pattern = loop.loc, loop.patterns[0]
        if isinstance(pattern, tuple) and pattern[1] == "internal":
            # That of the call, and not in the library.
            loc = pattern[2][1]
        places[loop.id] = loc

    def remark(loop, text, other=None):
        loc = places[loop]
        behind = f" @line {places[other].line}" if other in places else ""
        return f"remark: {loc.filename}:{loc.line}:1: {text}{behind}\n"

    # It is tried more than once, and the last time counts.
    tried = {(first, second): message for first, second, message in diagnostics.fusion_reports}
    fused = set()
    for (first, second), message in tried.items():
        if second not in places or first not in places:
            continue
        is_fused = "fusion succeeded" in message
        if is_fused:
            fused.add(second)
        if places[first].line == places[second].line:
            continue
        text = "fused with another one" if is_fused else f"not fused: {_reason(message)}"
        yield remark(second, f"parallel loop {text}", first)
    nested = set()
    for outer, inner in diagnostics.nested_fusion_info.items():
        for loop in inner:
            if loop in places:
                nested.add(loop)
                yield remark(loop, "loop run serially, within a parallel one", outer)
    # Some were not needed.
    left = {loop.id for loop in diagnostics.get_parfors()}
    for loop in places:
        if loop in left and loop not in fused and loop not in nested:
            yield remark(loop, "loop run in parallel")
    for statement, text in _allocations(diagnostics):
        loc = statement.loc
        yield f"remark: {loc.filename}:{loc.line}:1: {text}\n"


def _reason(message):
    """Why loops were not fused, without the numbers and names that Numba gives them."""
    reason = message.partition("fusion failed: ")[2].strip()
    if "has a dependency on the body" in reason:
        return "it depends on the other one"
    for mark in (" between loops", ". ", ", "):
        reason = reason.partition(mark)[0]
    return reason.rstrip(".")


def _allocations(diagnostics):
    """What became of allocations in parallel loops."""
    from numba.core.ir_utils import find_callname, guard

    def is_allocation(statement):
        called = guard(find_callname, diagnostics.func_ir, statement.value)
        return called == ("empty", "numpy")

    def all_of(kind):
        return (it for moved in diagnostics.hoist_info.values() for it in moved.get(kind, ()))

    reasons = {
        "dependency": "it depends on the step",
        "not pure": "it may have other effects",
        "stored array": "the array is stored elsewhere",
    }
    for statement in all_of("hoisted"):
        if is_allocation(statement):
            yield statement, "allocation moved out of the parallel loop"
    for statement, reason in all_of("not_hoisted"):
        if is_allocation(statement):
            yield statement, f"allocation left in the parallel loop: {reasons.get(reason, reason)}"


# Has something in it while a child is forked that is none of the script's.
_forks_of_ours = []


def _what_ends(function):
    """Has a child try a function in silence. Returns why it did not get through it, or an
    empty string."""
    import signal
    import time
    import warnings

    try:
        # There may be threads already, of which nothing is needed.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _forks_of_ours.append(True)
            try:
                child = os.fork()
            finally:
                _forks_of_ours.clear()
        if child == 0:
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                function()
                os._exit(0)
            finally:
                os._exit(1)
        deadline = time.monotonic() + 5
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return "LLVM does not take the options for them" if status else ""
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return "LLVM does not come back from being asked"
            time.sleep(0.002)
    except Exception as problem:
        # It cannot be tried, or somebody else has reaped the child.
        return f"{type(problem).__name__}: {problem}"


def _allow_tracer():
    """Lets a process that is no ancestor trace this one, under Yama's scope 1."""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope") as scope:
            restricted = scope.read().strip() == "1"
    except OSError:
        return
    if restricted:
        import ctypes

        PR_SET_PTRACER, PR_SET_PTRACER_ANY = 0x59616D61, ctypes.c_ulong(-1)
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0)


_start()

# Where the user has a `sitecustomize`, this module becomes it. Where there is none,
# the import fails as it would have failed without this one.
del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402, F401
