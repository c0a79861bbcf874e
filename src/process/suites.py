# Runs one benchmark of a suite, in the profiled Python: a test that uses the fixture of
# pytest-benchmark, or a `time_*` of asv. The bootstrap makes a module of it and starts it in the
# place of a script; the arguments are the suite, the benchmark, and options of pytest.
#
# Everything around the benchmark is the suite's own: discovery, parameters, fixtures, set-up and
# tear-down. What is different is how often it is called: once to compile, then as often as a
# window of `SECONDS` takes, within a region that alone is measured. Its units are calls.

import gc
import os
import sys
from functools import partial
from itertools import product, repeat
from time import perf_counter

# How long the calls take together, in seconds, and how long with all that is around them.
SECONDS = 1.0
MOST_SECONDS = 10.0

# Parts into which calls are grouped: the clock is looked at once for each.
PARTS = 50

# Where each call has a set-up of its own it is an entry of the region, of which there is room
# for a limited number.
MOST_ENTRIES = 200_000

# The longest that is said of a failure, in characters.
MOST_WORDS = 8000

# The bootstrap sets how to say what is in the way, and what the region is called.
report = None
REGION = None


class Problem(Exception):
    """What keeps the benchmark from being measured, which profila shows in its own words."""

    def __init__(self, kind, **details):
        super().__init__(kind)
        self.report = {"kind": kind, **details}


def main():
    """Runs the benchmark that the arguments name, and exits."""
    suite, benchmark, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    sys.argv[:] = [suite, benchmark, *options]
    try:
        code = _run_test(benchmark, options) if suite == "pytest" else _run_asv(benchmark)
    except Problem as problem:
        report(problem.report)
        code = 1
    sys.stdout.flush()
    sys.exit(code)


def _region():
    """The class that notes when calls are made."""
    import profila

    if not hasattr(sys.modules.get("profila.regions"), "FORM"):
        file = getattr(profila, "__file__", None)
        raise Problem("other-profila", file=file or "a module without a file")
    return profila.region


def _not_installed(error, packages):
    """The problem that an import comes to, if it is one of these packages that is not there."""
    missing = (error.name or "").partition(".")[0]
    if missing not in {package.replace("-", "_") for package in packages}:
        raise error
    return Problem("not-installed", packages=packages)


def _end_of(words):
    words = str(words)
    return words if len(words) <= MOST_WORDS else "…" + words[-MOST_WORDS:]


# How calls are made and counted.


def _call_for_long(call, region, keeps_garbage=False):
    """Calls a function, which was called before, for the window. Returns the calls of each part
    and the seconds that each part took."""
    collects = gc.isenabled() and keeps_garbage
    if collects:
        gc.disable()
    try:
        size = _size_of_part(lambda number: _seconds(call, number))
        parts = []
        with region(REGION) as window:
            begin = perf_counter()
            while not parts or perf_counter() - begin < SECONDS:
                parts.append(_seconds(call, size))
            window.units = size * len(parts)
    finally:
        if collects:
            gc.enable()
    return size, parts


def _seconds(call, number):
    begin = perf_counter()
    for _ in repeat(None, number):
        call()
    return perf_counter() - begin


def _size_of_part(seconds_of):
    """How many calls take about as long as a part of the window."""
    number = 1
    while True:
        seconds = seconds_of(number)
        if seconds >= SECONDS / PARTS:
            return number
        growth = SECONDS / PARTS / max(seconds, 1e-9)
        number = max(number + 1, int(number * min(10.0, growth * 1.1)))


class _Allowance:
    """How much longer calls are made that have something around each that is not measured."""

    def __init__(self):
        self._began = perf_counter()
        self._seconds = 0.0
        self._entries = 0

    def spend(self, seconds, entries=1):
        """Notes calls of so many seconds."""
        self._seconds += seconds
        self._entries += entries

    def is_left(self):
        """Whether there is any."""
        return (
            self._seconds < SECONDS
            and self._entries < MOST_ENTRIES
            and perf_counter() - self._began < MOST_SECONDS
        )


# pytest-benchmark


def _run_test(wanted, options):
    file, _, name = wanted.partition("::")
    packages = ["pytest", "pytest-benchmark"]
    try:
        import pytest
        import pytest_benchmark.fixture
    except ImportError as error:
        raise _not_installed(error, packages) from None
    if not os.path.exists(file):
        raise Problem("unknown", wanted=wanted, known=[])
    window = _FixtureWindow(_region())
    window.take_place_in(pytest_benchmark.fixture.BenchmarkFixture)
    plugin = _OneTest(pytest, wanted, file, name)
    code = pytest.main([file, *_options(), *options], plugins=[plugin])
    if plugin.problem is not None:
        raise plugin.problem
    if code == 0 and not window.was_used:
        raise Problem("unused", wanted=wanted)
    return int(code)


def _options():
    """What would keep the test from being run in this process, as it is, is switched off; and
    nothing is left in the user's folder."""
    from importlib.util import find_spec

    folder = os.path.dirname(os.path.abspath(__file__))
    cache, storage = (os.path.join(folder, name) for name in ("pytest-cache", "storage"))
    options = ["--benchmark-enable", f"--benchmark-storage=file://{storage}"]
    options += ["-o", f"cache_dir={cache}"]
    if find_spec("xdist") is not None:
        options.append("-n0")
    if find_spec("pytest_cov") is not None:
        options.append("--no-cov")
    return options


class _OneTest:
    """A plugin of pytest that runs one test of those that were collected, and says what became of
    it."""

    def __init__(self, pytest, wanted, file, name):
        self._wanted = wanted
        self._file = file
        self._name = name
        self.problem = None

        # After the plugins that choose tests, or put them in another order.
        @pytest.hookimpl(trylast=True)
        def choose(items):
            self._choose(items)

        self.pytest_collection_modifyitems = choose

    def _choose(self, items):
        names = {item: item.nodeid.partition("::")[2] for item in items}
        uses_fixture = [it for it in items if "benchmark" in getattr(it, "fixturenames", ())]
        chosen = [item for item in items if names[item] == self._name]
        if not chosen:
            begins = (f"{self._name}[", f"{self._name}::") if self._name else ("",)
            chosen = [item for item in uses_fixture if names[item].startswith(begins)]
        items[:] = chosen if len(chosen) == 1 else []
        if self.problem is not None:
            # The file could not be read.
            return
        if len(chosen) == 1:
            if chosen[0] not in uses_fixture:
                self._fails(Problem("unused", wanted=self._wanted), items)
            return
        kind, known = ("several", chosen) if chosen else ("unknown", uses_fixture)
        known = [f"{self._file}::{names[item]}" for item in known]
        self._fails(Problem(kind, wanted=self._wanted, known=known), items)

    def _fails(self, problem, items):
        self.problem = problem
        items[:] = []

    def pytest_collectreport(self, report):
        if report.failed:
            words = _end_of(report.longreprtext)
            self.problem = Problem("failed", wanted=self._wanted, words=words)

    def pytest_runtest_logreport(self, report):
        if self.problem is not None:
            return
        if report.failed:
            words = _end_of(report.longreprtext)
            self.problem = Problem("failed", wanted=self._wanted, words=words)
        elif report.skipped:
            reason = getattr(report, "wasxfail", None) or report.longrepr
            reason = reason[2] if isinstance(reason, tuple) else reason
            self.problem = Problem("skipped", wanted=self._wanted, words=_end_of(reason))


class _FixtureWindow:
    """How pytest-benchmark's fixture calls what it is given: for the window, and not as often as
    its own options say. What else it does and checks is its own."""

    def __init__(self, region):
        self._region = region
        self.was_used = False

    def take_place_in(self, fixture):
        """Has all fixtures of this class call in this way."""
        for method in ("_raw", "_raw_pedantic"):
            if not hasattr(fixture, method):
                import pytest_benchmark

                version = getattr(pytest_benchmark, "__version__", "?")
                raise Problem("other-version", package=f"pytest-benchmark {version}")

        def raw(fixture, function, *args, **kwargs):
            return self._call(fixture, function, args, kwargs)

        def raw_pedantic(fixture, target, **options):
            return self._call_pedantically(fixture, target, **options)

        fixture._raw = raw
        fixture._raw_pedantic = raw_pedantic

    def _call(self, fixture, function, args, kwargs):
        self.was_used = True
        call = partial(function, *args, **kwargs) if args or kwargs else function
        # The first call compiles.
        call()
        with _WithoutTracing():
            size, parts = _call_for_long(call, self._region, _disables_gc(fixture))
        _keep_statistics(fixture, size, parts)
        return call()

    def _call_pedantically(
        self,
        fixture,
        target,
        args=(),
        kwargs=None,
        setup=None,
        teardown=None,
        rounds=1,
        warmup_rounds=0,
        iterations=1,
    ):
        kwargs = kwargs or {}
        for name, value, least in (
            ("iterations", iterations, 1),
            ("rounds", rounds, 1),
            ("warmup_rounds", warmup_rounds, 0),
        ):
            if not isinstance(value, int) or value < least:
                raise ValueError(f"Must have positive int for `{name}`.")
        if iterations > 1 and setup:
            raise ValueError("Can't use more than 1 `iterations` with a `setup` function.")
        if setup is None and teardown is None:
            return self._call(fixture, target, args, kwargs)

        def prepare():
            made = setup() if setup else None
            if not made:
                return args, kwargs
            if args or kwargs:
                raise TypeError("Can't use `args` or `kwargs` if `setup` returns the arguments.")
            return made

        def finish(args, kwargs):
            if teardown is not None:
                teardown(*args, **kwargs)

        self.was_used = True
        for _ in range(max(1, warmup_rounds)):
            given, named = prepare()
            target(*given, **named)
            finish(given, named)
        parts = []
        allowance = _Allowance()
        keeps_garbage = gc.isenabled() and _disables_gc(fixture)
        while allowance.is_left():
            given, named = prepare()
            if keeps_garbage:
                gc.disable()
            try:
                with _WithoutTracing(), self._region(REGION, units=iterations):
                    begin = perf_counter()
                    for _ in repeat(None, iterations):
                        result = target(*given, **named)
                    parts.append(perf_counter() - begin)
            finally:
                if keeps_garbage:
                    gc.enable()
            finish(given, named)
            allowance.spend(parts[-1])
        _keep_statistics(fixture, iterations, parts)
        return result


def _disables_gc(fixture):
    return bool(getattr(fixture, "_disable_gc", False))


def _keep_statistics(fixture, iterations, parts):
    """Has the test find the statistics that it may look at. They are not the session's, which
    could keep them where it keeps those of other runs."""
    try:
        fixture._add_stats = lambda statistics: None
        statistics = fixture._make_stats(iterations)
        for seconds in parts:
            statistics.update(seconds)
    except (AttributeError, TypeError):
        # Another version keeps them in another way; most tests do not look.
        pass


class _WithoutTracing:
    """Sets tracers and profilers of Python aside, as the fixture does."""

    def __enter__(self):
        self._tracer, self._profiler = sys.gettrace(), sys.getprofile()
        if self._tracer is not None:
            sys.settrace(None)
        if self._profiler is not None:
            sys.setprofile(None)

    def __exit__(self, *exception):
        if self._tracer is not None:
            sys.settrace(self._tracer)
        if self._profiler is not None:
            sys.setprofile(self._profiler)


# asv


def _run_asv(wanted):
    try:
        from asv_runner import discovery
        from asv_runner.benchmarks.time import TimeBenchmark
    except ImportError as error:
        raise _not_installed(error, ["asv_runner"]) from None
    # asv runs benchmarks of what is installed, and not of what lies beside them.
    if sys.path and sys.path[0] == "":
        del sys.path[0]
    region = _region()
    suite = _suite()
    try:
        _run_of_suite(discovery, TimeBenchmark, suite, wanted, region)
    except Problem:
        raise
    except Exception as error:
        words = _told(error)
        print(words, file=sys.stderr)
        raise Problem("failed", wanted=wanted, words=_end_of(words)) from None
    return 0


def _run_of_suite(discovery, timed, suite, wanted, region):
    name, parameters = _parsed(wanted)
    benchmark = _found(discovery, suite, name, wanted)
    kind = getattr(benchmark, "type", "time")
    if not isinstance(benchmark, timed) or kind != "time":
        raise Problem("other-kind", wanted=wanted, of=kind)
    _choose_parameters(benchmark, wanted, parameters)
    clock = _Clock(region)
    benchmark._attr_sources.insert(0, clock.attributes())
    benchmark.benchmark_timing = partial(clock.take_samples, benchmark)
    _fill_cache(benchmark)
    if benchmark.do_setup():
        words = "its parameters are skipped, or its `setup` raised NotImplementedError"
        raise Problem("skipped", wanted=wanted, words=words)
    try:
        benchmark.do_run()
    finally:
        benchmark.do_teardown()


def _told(error):
    """An error as Python tells it, without what called the code of the suite."""
    import asv_runner
    import timeit
    from traceback import format_exception

    ours = (__file__, timeit.__file__, "<timeit-src>", os.path.dirname(asv_runner.__file__))
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((*ours, "<frozen importlib")) and "importlib" not in file:
            break
        trace = trace.tb_next
    return "".join(format_exception(type(error), error, trace or error.__traceback__)).rstrip()


def _parsed(wanted):
    """The name of a benchmark, and its parameters where they are given."""
    name, bracket, rest = wanted.partition("(")
    if not bracket:
        return name, None
    return name.strip(), _canonical(rest.rstrip().removesuffix(")"))


def _canonical(parameters):
    """Parameters as they are compared: `1, "a"` are `1,'a'`."""
    from ast import literal_eval

    try:
        return ",".join(map(repr, literal_eval(f"({parameters},)")))
    except (SyntaxError, ValueError):
        return "".join(parameters.split())


def _suite():
    """The folder of the benchmarks: that of `asv.conf.json`, or else `benchmarks`, or this one."""
    for file in ("asv.conf.json", "asv.conf.jsonc"):
        if os.path.exists(file):
            return os.path.abspath(_benchmark_dir(file))
    return os.path.abspath("benchmarks" if os.path.isdir("benchmarks") else ".")


def _benchmark_dir(file):
    """What the configuration of asv says, which is JSON with comments."""
    import json
    import re

    with open(file, encoding="utf-8") as configuration:
        text = configuration.read()
    beyond_json = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
    without = text
    # A comma may be the last only when the comment behind it is gone.
    for _ in range(2):
        without = beyond_json.sub(lambda found: found[1] or "", without)
    try:
        settings = json.loads(without)
        folder = settings.get("benchmark_dir", "benchmarks")
        if not isinstance(folder, str):
            raise ValueError("`benchmark_dir` is not a text")
    except (ValueError, AttributeError) as error:
        raise Problem("no-suite", file=file, words=str(error)) from None
    if not os.path.isdir(folder):
        words = f"its `benchmark_dir`, {folder}, is no folder"
        raise Problem("no-suite", file=file, words=words)
    return folder


def _found(discovery, suite, name, wanted):
    # First without a look at the other modules: importing them may be much work, or fail.
    try:
        return discovery.get_benchmark_from_name(suite, name)
    except ValueError:
        known = {benchmark.name: benchmark for benchmark in discovery.disc_benchmarks(suite)}
    within = [other for other in known if other.startswith(f"{name}.")]
    if len(within) == 1:
        return known[within[0]]
    if within:
        raise Problem("several", wanted=wanted, known=within)
    raise Problem("unknown", wanted=wanted, known=_nearest_first(name, known))


def _nearest_first(name, known):
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3)
    return near + [other for other in known if other not in near]


def _choose_parameters(benchmark, wanted, parameters):
    """Has a benchmark use the parameters that were given. They may be left out where there is
    only one choice."""
    shown = [", ".join(choice) for choice in product(*benchmark.params)]
    if not benchmark.params:
        if parameters is not None:
            raise Problem("unknown", wanted=wanted, known=[benchmark.name])
        return
    matching = range(len(shown))
    if parameters is not None:
        matching = [at for at in matching if _canonical(shown[at]) == parameters]
    if len(matching) != 1:
        known = [f"{benchmark.name}({choice})" for choice in shown]
        kind = "unknown" if parameters is not None else "several"
        raise Problem(kind, wanted=wanted, known=known)
    benchmark.set_param_idx(matching[0])


def _fill_cache(benchmark):
    """Gives a benchmark what its `setup_cache` makes, in the form in which asv passes it on."""
    if getattr(benchmark, "setup_cache_key", None) is None:
        return
    import pickle

    cache = pickle.loads(pickle.dumps(benchmark.do_setup_cache()))
    if cache is None:
        return
    if hasattr(benchmark, "set_cache"):
        benchmark.set_cache(cache)
    else:
        benchmark.insert_param(cache)


class _Clock:
    """The clock of a benchmark of asv, which looks at it before and after what it times: that is
    the window."""

    def __init__(self, region):
        self._region = region
        self._open = None
        # The calls that are timed at once; none before they count.
        self._calls = None

    def attributes(self):
        """What a benchmark takes before its own attributes."""

        class Attributes:
            timer = staticmethod(self._look)

        return Attributes

    def _look(self):
        if self._calls is None:
            return perf_counter()
        if self._open is None:
            self._open = self._region(REGION, units=self._calls)
            self._open.__enter__()
            return perf_counter()
        seconds = perf_counter()
        window, self._open = self._open, None
        window.__exit__(None, None, None)
        return seconds

    def take_samples(self, benchmark, timer, *_, number, **__):
        """Times a benchmark in the place of its own method, whose arguments these are."""
        from timeit import Timer

        benchmark._redo_setup_next = False
        # The first call compiles.
        timer.timeit(1)
        at_once = type(timer) is Timer
        if number == 0:
            number = _size_of_part(timer.timeit)
        self._calls = number if at_once else 1
        allowance = _Allowance()
        samples = []
        while allowance.is_left():
            samples.append(timer.timeit(number))
            allowance.spend(samples[-1], 1 if at_once else number)
        self._calls = None
        return samples, number
