# Has Numba give everything that it compiles from now on line tables, and nothing else
# that a debug build has: the machine code stays that of a production build.
#
# Run by the bootstrap once Numba has been imported, and by `emit_line_tables` of the package.
# Three things are done, each on what the compiler writes about the code and never on the code:
#
# 1. Every statement gets its true place when it is lowered, also where Numba has
#    inlined it from elsewhere or generated it (`_patch_lowering`, `_patch_inlining`).
# 2. Functions that Numba generates around a kernel get a place too. Without one LLVM
#    drops the places of what it inlines into them (`_cover`).
# 3. LLVM drops the place of an instruction that it moves, and keeps its name. So
#    names say where an instruction came from, and the places are put back when all
#    optimisations are done, in a twin of the code (`_name_by_place`, `_write_twin`).
#
# All of this is private to Numba. What is relied on is looked for first; where it is
# missing, `install` raises LookupError and has changed nothing.

import ast
import bisect
import copy
import functools
import hashlib
import linecache
import os
import re
import sys
import warnings
from contextlib import contextmanager

# Where the source of a place is kept in a module, so that it survives optimisation,
# linking and the cache.
PLACES = "profila.places"

# Decorators and comments before a `def` are not longer than this.
MOST_DECORATOR_LINES = 1000

# Names of what Numba generates: the text that it compiles then is no source of anybody.
LOOP, EXPRESSION, STENCIL = "__numba_parfor_gufunc", "__numba_array_expr", "__numba_stencil"
GENERATED = (LOOP, EXPRESSION, STENCIL)


# What runs when places are given, besides what comes with Python.
OWN_MODULES = (__name__.partition(".")[0], "numba", "llvmlite", "numpy")


def install(folder, complain, tell_source):
    """Patches Numba; raises LookupError where it is not as expected.

    `folder` is where twins of what is compiled are written to (`_write_twin`), and
    `complain` is called with what kept one from being written. `tell_source` is called
    with the name and the text of code that is in no file, or None for the text.

    Where the folder is None, the code is for LLVM to speak about and not to be sampled.
    There are no twins, and files have their whole path as a name, which is all that LLVM
    gives of it.
    """
    from numba.core import codegen, compiler, cpu, debuginfo, inline_closurecall, lowering
    from numba.np.ufunc import ufuncbuilder
    from numba.stencils import stencil, stencilparfor

    targets = [cpu.CPUTargetOptions, ufuncbuilder.UFuncTargetOptions]
    for owner, names in [
        (debuginfo.DIBuilder, ["initialize", "mark_variable", "mark_location", "mark_subprogram"]),
        (debuginfo.DIBuilder, ["__init__", "_di_file"]),
        (debuginfo, ["suspend_emission"]),
        (lowering.BaseLower, ["__init__", "_compute_def_location", "lower_function_body"]),
        (inline_closurecall, ["inline_closure_call"]),
        (inline_closurecall.InlineWorker, ["inline_ir"]),
        (stencil.StencilFunc, ["add_indices_to_kernel", "replace_return_with_setitem"]),
        (stencilparfor.StencilPass, ["_replace_stencil_accesses", "replace_return_with_setitem"]),
        (stencilparfor.StencilPass, ["_mk_stencil_parfor"]),
        (codegen.CPUCodeLibrary, ["add_ir_module", "_optimize_final_module"]),
        *((options, ["finalize"]) for options in targets),
    ]:
        for name in names:
            if not callable(vars(owner).get(name)):
                raise LookupError(f"{owner.__name__}.{name} is missing")
    for flag in ("debuginfo", "dbg_directives_only"):
        if not hasattr(compiler.Flags, flag):
            raise LookupError(f"the flag {flag} is missing")

    global _has_whole_names
    _has_whole_names = folder is None
    _complaints.append(complain)
    for options in targets:
        options.finalize = _finalize_with_line_tables(options.finalize)
    _turn_on(compiler.DEFAULT_FLAGS)
    _patch_debug_info(debuginfo)
    _patch_lowering(lowering.BaseLower, _Texts(tell_source))
    _patch_inlining(inline_closurecall)
    _patch_stencils(stencil, stencilparfor)
    _patch_libraries(codegen.CPUCodeLibrary, folder)


# What could not be done is told to whoever installed this.
_complaints = []

# Whether files have their whole path as a name.
_has_whole_names = False


def _attempt(function, *arguments):
    """Calls what gives places. Where it fails, code has fewer of them, and is compiled."""
    try:
        function(*arguments)
    except Exception as problem:
        if _is_from_outside(problem):
            raise
        for complain in _complaints:
            complain(f"{type(problem).__name__}: {problem}")


def _is_from_outside(problem):
    """Whether other code than what was called has raised it: a handler of a signal that
    came meanwhile, as for a time limit. That is for the script."""
    trace = problem.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
        if module not in OWN_MODULES and module not in sys.stdlib_module_names:
            return True
        trace = trace.tb_next
    return False


def _turn_on(flags):
    flags.debuginfo = True
    flags.dbg_directives_only = True


def _finalize_with_line_tables(original):
    def finalize(self, flags, options):
        # The original settles everything that depends on debug information, such
        # as bounds checks, as in a production build. Only then it is turned on.
        original(self, flags, options)
        if not flags.debuginfo:
            _turn_on(flags)

    return finalize


# Places of statements


def _patch_debug_info(debuginfo):
    from numba.core import targetconfig

    builder = debuginfo.DIBuilder
    init, initialize, mark_variable = builder.__init__, builder.initialize, builder.mark_variable
    mark_location, mark_subprogram = builder.mark_location, builder.mark_subprogram
    suspend_emission = debuginfo.suspend_emission

    def initialize_line_tables(self):
        # Settled before the original builds the compile unit from it. Helpers that are
        # compiled within a function have flags of their own, and its context.
        flags = targetconfig.ConfigStack.top_or_none()
        if flags is None or not flags.debuginfo or flags.dbg_directives_only:
            self.emission_kind = "LineTablesOnly"
        initialize(self)

    def keep_name(self, module, filepath, *args, **kwargs):
        self.profila_file = _path(filepath)
        init(self, module, filepath, *args, **kwargs)

    def file_by_name(self):
        return _di_file(self.module, self.profila_file)

    def mark_no_variable(self, *args, **kwargs):
        # LLVM refuses variables in a unit that has only line tables.
        if not _has_line_tables(self):
            return mark_variable(self, *args, **kwargs)

    def mark_true_location(self, builder, line):
        if not _has_line_tables(self) or not hasattr(self, "profila_lowering"):
            return mark_location(self, builder, line)
        builder.debug_metadata = _di_location(self, self.profila_lowering, line)

    def mark_kernel(self, function, qualname, *args, **kwargs):
        mark_subprogram(self, function, qualname, *args, **kwargs)
        line = kwargs["line"] if "line" in kwargs else args[-1]
        _kernels[function.name] = (self.profila_file, qualname, line)

    @contextmanager
    def go_on_emitting(builder):
        # A debugger is to skip what Numba does at the end of a variable's life and in
        # loops of its own. It takes time all the same, and belongs to the statement.
        if builder.debug_metadata is None:
            with suspend_emission(builder):
                yield
        else:
            yield

    builder.__init__ = keep_name
    builder._di_file = file_by_name
    builder.initialize = initialize_line_tables
    builder.mark_variable = mark_no_variable
    builder.mark_location = mark_true_location
    builder.mark_subprogram = mark_kernel
    debuginfo.suspend_emission = go_on_emitting


# The file, the name and the line of each function with a subprogram, by its symbol.
_kernels = {}


def _has_line_tables(builder):
    return builder.emission_kind == "LineTablesOnly"


def _di_location(builder, lowering, line):
    """The place in debug information of what is lowered now."""
    loc, definition = lowering.loc, lowering.defn_loc
    if getattr(loc, "line", None) != line or _is_above(loc, definition, lowering.func_ir):
        loc = definition
    if lowering.profila_outer is not None:
        loc = lowering.profila_outer
    return _located(builder, loc, builder.subprograms[-1], builder.profila_file)


def _is_above(loc, definition, func_ir):
    """Whether it is where Python says that the function begins, which is a decorator."""
    begin = func_ir.loc
    is_in_function = loc.filename == begin.filename and not hasattr(loc, "profila_call")
    return is_in_function and begin.line <= loc.line < definition.line


def _located(builder, loc, outermost, file):
    """A DILocation of `loc`, within `outermost`, which is a function in `file`."""
    known = builder.__dict__.setdefault("profila_located", {})
    key = (id(outermost), *_chain(loc))
    if key not in known:
        known[key] = _make_location(builder, loc, outermost, file)
    return known[key]


def _chain(loc):
    """What tells one place from another, with what it is inlined into."""
    while loc is not None:
        yield loc.filename, loc.line, getattr(loc, "profila_function", None)
        loc = getattr(loc, "profila_call", None)


def _make_location(builder, loc, outermost, file):
    module = builder.module
    filename = _path(loc.filename)
    call = getattr(loc, "profila_call", None)
    fields = {"line": max(loc.line, 1), "column": 1}
    if call is not None:
        fields["scope"] = _inlined_subprogram(builder, filename, loc.profila_function)
        fields["inlinedAt"] = _located(builder, call, outermost, file)
    elif filename == file:
        fields["scope"] = outermost
    else:
        block = {"scope": outermost, "file": _di_file(module, filename), "discriminator": 0}
        fields["scope"] = module.add_debug_info("DILexicalBlockFile", block)
    return module.add_debug_info("DILocation", fields)


def _inlined_subprogram(builder, filename, function):
    name, line = function
    known = builder.__dict__.setdefault("profila_inlined", {})
    key = (filename, name, line)
    if key not in known:
        known[key] = _subprogram(
            builder.module, builder.dicompileunit, filename, name, f"{name}:{filename}:{line}", line
        )
    return known[key]


def _subprogram(module, unit, filename, name, linkage_name, line):
    file = _di_file(module, filename)
    types = module.add_debug_info("DISubroutineType", {"types": module.add_metadata([])})
    fields = {
        "name": name,
        "linkageName": linkage_name,
        "scope": file,
        "file": file,
        "line": line,
        "type": types,
        "isLocal": False,
        "isDefinition": True,
        "scopeLine": line,
        "isOptimized": True,
        "unit": unit,
    }
    return module.add_debug_info("DISubprogram", fields, is_distinct=True)


def _path(filename):
    """The whole path of a file; the name alone of what is in none, such as `<string>`."""
    return filename if filename.startswith("<") else os.path.abspath(filename)


def _di_file(module, filename):
    is_whole = _has_whole_names or filename.startswith("<")
    if _has_whole_names:
        # What LLVM says is told from what the script writes line by line.
        filename = " ".join(filename.splitlines())
    directory, name = ("", filename) if is_whole else os.path.split(filename)
    return module.add_debug_info("DIFile", {"directory": directory, "filename": name})


def _patch_lowering(base, texts):
    original_init, lower_function_body = base.__init__, base.lower_function_body
    # What is being lowered, outermost first: array expressions and the like are compiled
    # while the statement is lowered that they are in.
    active = []

    def init(self, context, library, fndesc, func_ir, *args, **kwargs):
        self.profila_outer = None
        name = func_ir.func_id.func_name
        if name.startswith(GENERATED):
            within = active[-1].loc if active else None
            if name.startswith(EXPRESSION) and within is not None:
                self.profila_outer = within
                func_ir.loc = _outermost(within)
            else:
                _move_generated_statements(func_ir, None if name.startswith(STENCIL) else within)
        else:
            _attempt(texts.name, func_ir)
        original_init(self, context, library, fndesc, func_ir, *args, **kwargs)
        self.debuginfo.profila_lowering = self

    def lower(self):
        active.append(self)
        try:
            return lower_function_body(self)
        finally:
            active.pop()

    def locate_definition(self):
        if self.func_ir.func_id.func_name.startswith(GENERATED):
            return self.func_ir.loc
        return _definition(self.func_ir.loc)

    base.__init__ = init
    base.lower_function_body = lower
    base._compute_def_location = locate_definition


def _definition(loc):
    """The place of `def`: where Python says that a function begins, a decorator is."""
    first = linecache.getline(loc.filename, loc.line)
    if not first.lstrip().startswith("@"):
        return loc
    indent = re.escape(first[: len(first) - len(first.lstrip())])
    starts = re.compile(rf"{indent}(?:async\s+)?def\s")
    for line in range(loc.line + 1, loc.line + MOST_DECORATOR_LINES):
        if starts.match(linecache.getline(loc.filename, line)):
            return loc.with_lineno(line)
    return loc


def _move_generated_statements(func_ir, begin):
    """Gives statements that are in no file the place of the loop, `begin`, or, without
    one, of the function that they are made from.

    The body of a `prange` loop and that of a stencil are compiled as functions whose
    frame, the loop over a thread's share or over the picture, is generated text. So
    lines of that text would be taken for lines of the user's.
    """
    statements = [it for block in func_ir.blocks.values() for it in block.body]
    # What was inlined, and so belongs elsewhere, is not what the loop is in.
    real = [_outermost(it.loc) for it in statements if not it.loc.filename.startswith("<")]
    first = None
    if begin is None:
        if not real:
            return
        first = min(real, key=lambda loc: (loc.filename != real[0].filename, loc.line))
        begin = _definition(first)
    for part in [func_ir, *func_ir.blocks.values(), *statements]:
        if part.loc.filename.startswith("<") or part.loc == first:
            part.loc = begin
    func_ir.loc = _outermost(begin)


# Code that is in no file


class _Texts:
    """The texts of code that is in no file: of `exec`, `-c`, cells, templates, archives.

    Several may have one name, and are told apart.
    """

    def __init__(self, tell):
        self.tell = tell
        # For each name of a file, what was compiled from each text: its code objects.
        self.known = {}
        command = _command()
        if command is not None:
            # Of this one the profiler knows the text.
            functions = _functions_of(command, "<string>")
            self.known["<string>"] = [_Text("<string>", command, functions)]

    def name(self, func_ir):
        """Gives all that is compiled of a text the name of that text."""
        filename, code = func_ir.loc.filename, func_ir.func_id.code
        if os.path.isfile(filename):
            return
        text = self.text_of(filename, code, func_ir.func_id.func.__globals__)
        text.add(code)
        if text.name == filename:
            return
        statements = [it for block in func_ir.blocks.values() for it in block.body]
        for part in [func_ir, *func_ir.blocks.values(), *statements]:
            if _outermost(part.loc).filename == filename:
                part.loc = _renamed(part.loc, text.name)

    def text_of(self, filename, code, scope):
        texts = self.known.setdefault(filename, [])
        for known in texts:
            if known.has(code):
                return known
        source = _source_of(filename, scope)
        functions = _functions_of(source, filename)
        if code not in functions:
            source, functions = None, frozenset()
        for known in texts:
            if source is None and known.source is None and not known.conflicts(code):
                return known
        name = filename
        if texts:
            name = re.sub(r"(>?)$", rf"#{len(texts) + 1}\1", filename, count=1)
        texts.append(_Text(name, source, functions))
        self.tell(name, source)
        return texts[-1]


class _Text:
    def __init__(self, name, source, functions):
        self.name = name
        self.source = source
        # The code objects that the text has, and those that were seen.
        self.functions = functions
        self.extents = {}

    def has(self, code):
        return code in self.functions or code in self.extents

    def add(self, code):
        if code not in self.extents:
            self.extents[code] = _extent(code)

    def conflicts(self, code):
        """Whether another function is where this one is, other than around it."""
        first, last = _extent(code)
        for begin, end in self.extents.values():
            is_apart = last < begin or end < first
            is_within = (begin < first and last <= end) or (first < begin and end <= last)
            if not is_apart and not is_within:
                return True
        return False


def _source_of(filename, scope):
    try:
        return "".join(linecache.getlines(filename, scope))
    except Exception:
        # Loaders of the user's may raise anything.
        return ""


def _extent(code):
    """The first and the last line of a function."""
    lines = [line for _, _, line in code.co_lines() if line is not None]
    nested = [_extent(it)[1] for it in code.co_consts if isinstance(it, type(code))]
    return code.co_firstlineno, max([code.co_firstlineno, *lines, *nested])


def _command():
    """The text of `-c`, where that is what runs."""
    arguments = sys.orig_argv
    if "-c" not in arguments or sys.argv[:1] != ["-c"]:
        return None
    rest = arguments[arguments.index("-c") + 1 :]
    return rest[0] if rest else None


@functools.lru_cache(maxsize=None)
def _functions_of(source, filename):
    """The code objects that Python makes of a text; none of what is no Python.

    Notebooks compile each statement of a cell by itself. Where a text imports a module, functions
    of the same text call those of the module by other instructions.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            waiting = [compile(source, filename, "exec", dont_inherit=True)]
            for statement in ast.parse(source, filename).body:
                alone = ast.Module([statement], type_ignores=[])
                waiting.append(compile(alone, filename, "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found = set()
    while waiting:
        code = waiting.pop()
        found.add(code)
        waiting.extend(it for it in code.co_consts if isinstance(it, type(code)))
    return frozenset(found)


# Places of inlined statements


def _patch_inlining(inlining):
    closure_call, inline_ir = inlining.inline_closure_call, inlining.InlineWorker.inline_ir

    def inline_closure_call(func_ir, glbls, block, i, callee, *args, **kwargs):
        call = block.body[i].loc
        inlined = closure_call(func_ir, glbls, block, i, callee, *args, **kwargs)
        # A function within the function has its lines there.
        if hasattr(callee, "__code__"):
            _attempt(_inline_places, inlined[0], callee.__code__, call)
        return inlined

    def inline_ir_at(self, caller_ir, block, i, callee_ir, *args, **kwargs):
        call = block.body[i].loc
        inlined = inline_ir(self, caller_ir, block, i, callee_ir, *args, **kwargs)
        _attempt(_inline_places, inlined[1], callee_ir.func_id.code, call)
        return inlined

    inlining.inline_closure_call = inline_closure_call
    inlining.InlineWorker.inline_ir = inline_ir_at


def _inline_places(blocks, code, call):
    """Has statements know that they were inlined, and where."""
    name = getattr(code, "co_qualname", code.co_name)
    begin = type(call)(code.co_filename, code.co_firstlineno)
    definition = _definition(begin)
    function = (name, definition.line)
    known = {}
    for block in blocks.values():
        for statement in block.body:
            loc = statement.loc
            if id(loc) not in known:
                own = definition if loc == begin else loc
                known[id(loc)] = (loc, _inlined(own, function, call))
            statement.loc = known[id(loc)][1]


def _inlined(loc, function, call):
    inlined = copy.copy(loc)
    within = getattr(loc, "profila_call", None)
    if within is None:
        inlined.profila_function, inlined.profila_call = function, call
    elif loc is not call:
        inlined.profila_call = _inlined(within, function, call)
    return inlined


def _renamed(loc, filename):
    """The place with another file at the end of the chain of what it is inlined into."""
    renamed = copy.copy(loc)
    call = getattr(loc, "profila_call", None)
    if call is None:
        renamed.filename = filename
    else:
        renamed.profila_call = _renamed(call, filename)
    return renamed


def _outermost(loc):
    while getattr(loc, "profila_call", None) is not None:
        loc = loc.profila_call
    return loc


# Places of the statements of stencils


def _patch_stencils(stencil, stencilparfor):
    plain, parallel = stencil.StencilFunc, stencilparfor.StencilPass
    for owner, name, blocks_of in [
        (plain, "add_indices_to_kernel", lambda kernel: kernel.blocks),
        (plain, "replace_return_with_setitem", lambda blocks: blocks),
        (parallel, "_replace_stencil_accesses", lambda kernel: kernel.blocks),
        (parallel, "replace_return_with_setitem", lambda blocks: blocks),
    ]:
        setattr(owner, name, _keeping_places(getattr(owner, name), blocks_of))
    parallel._mk_stencil_parfor = _placing_loop(parallel._mk_stencil_parfor)


def _keeping_places(original, blocks_of):
    """Gives statements that replace others the places of those, and not the block's."""

    def rewrite(self, kernel, *args, **kwargs):
        blocks = blocks_of(kernel)
        before = {label: list(block.body) for label, block in blocks.items()}
        result = original(self, kernel, *args, **kwargs)
        for label, block in blocks.items():
            _attempt(_take_places, block.body, before.get(label, []))
        return result

    return rewrite


def _placing_loop(original):
    """Gives what Numba adds around a stencil the place of the call, and not that of its
    first array; what stores a result, that of `return`."""

    def make(self, label, in_args, out_arr, stencil_ir, index_offsets, target, *args, **kwargs):
        bodies = [block.body for block in stencil_ir.blocks.values()]
        ends = [body[-1].loc for body in bodies if type(body[-1]).__name__ == "Return"]
        nodes = original(
            self, label, in_args, out_arr, stencil_ir, index_offsets, target, *args, **kwargs
        )
        for statement in _with_loops(nodes):
            if statement.loc == in_args[0].loc:
                is_store = type(statement).__name__ == "SetItem"
                statement.loc = ends[0] if is_store and ends else target.loc
        return nodes

    return make


def _with_loops(nodes):
    """Statements with those of the loops among them."""
    for node in nodes:
        yield node
        if hasattr(node, "loop_body"):
            yield from node.init_block.body
            for block in node.loop_body.values():
                yield from block.body


def _target(statement):
    """The name of the variable that a statement sets, if it sets one."""
    return getattr(getattr(statement, "target", None), "name", None)


def _take_places(body, before):
    kept = set(map(id, before))
    # The target of a jump is a label, and has no name.
    targets = {_target(it): it.loc for it in before if _target(it) is not None}
    # What prepares for a statement stands before it.
    loc = before[-1].loc if before else None
    for statement in reversed(body):
        if id(statement) in kept:
            loc = statement.loc
            continue
        loc = targets.get(_target(statement), loc)
        if loc is not None:
            statement.loc = loc


# Functions without a place


def _cover(module):
    """Gives functions that Numba generates around a kernel the place of its `def`."""
    for function in module.functions:
        if function.is_declaration or "dbg" in function.metadata:
            continue
        kernel = _kernel_of(function)
        if kernel is None:
            continue
        filename, name, line = kernel
        unit = _unit(module, filename)
        subprogram = _subprogram(module, unit, filename, name, function.name, line)
        function.set_metadata("dbg", subprogram)
        fields = {"line": line, "column": 1, "scope": subprogram}
        place = module.add_debug_info("DILocation", fields)
        for block in function.blocks:
            for instruction in block.instructions:
                instruction.metadata.setdefault("dbg", place)


def _kernel_of(function):
    for block in function.blocks:
        for instruction in block.instructions:
            callee = getattr(instruction, "callee", None)
            kernel = _kernels.get(getattr(callee, "name", None))
            if kernel is not None:
                return kernel
    return None


def _unit(module, filename):
    file = _di_file(module, filename)
    ir = _llvmlite_ir()
    fields = {
        "language": ir.DIToken("DW_LANG_C_plus_plus"),
        "file": file,
        "producer": "clang (Numba)",
        "runtimeVersion": 0,
        "isOptimized": True,
        "emissionKind": ir.DIToken("LineTablesOnly"),
    }
    unit = module.add_debug_info("DICompileUnit", fields, is_distinct=True)
    _declare(module, unit)
    return unit


def _finish(module):
    """Declares units that Numba does not, those of functions in object mode. LLVM would
    say on standard error that it leaves them out."""
    for function in module.functions:
        for name, value in getattr(function.metadata.get("dbg"), "operands", ()):
            if name == "unit" and value not in _named(module, "llvm.dbg.cu").operands:
                _declare(module, value)


def _declare(module, unit):
    ir = _llvmlite_ir()
    _named(module, "llvm.dbg.cu").add(unit)
    number = ir.IntType(32)
    flags = _named(module, "llvm.module.flags")
    for name, version in (("Dwarf Version", 4), ("Debug Info Version", 3)):
        flag = module.add_metadata([number(2), name, number(version)])
        if flag not in flags.operands:
            flags.add(flag)


def _named(module, name):
    named = module.namedmetadata.get(name)
    return module.add_named_metadata(name) if named is None else named


def _llvmlite_ir():
    from llvmlite import ir

    return ir


# Places that LLVM drops


def _patch_libraries(library, folder):
    add_ir_module, optimize = library.add_ir_module, library._optimize_final_module

    def add_located_module(self, module):
        _attempt(_cover, module)
        _attempt(_finish, module)
        _attempt(_name_by_place, module)
        add_ir_module(self, module)

    def optimize_and_write_twin(self):
        optimize(self)
        if folder is None:
            return
        # Without one, the places that were dropped stay guesses, which are counted as such.
        _attempt(_write_twin, self, folder)

    library.add_ir_module = add_located_module
    library._optimize_final_module = optimize_and_write_twin


def _name_by_place(module):
    """Has the names of instructions begin with a key to their place."""
    places = {}
    for function in module.functions:
        if "dbg" not in function.metadata:
            continue
        for block in function.blocks:
            for instruction in block.instructions:
                place = instruction.metadata.get("dbg")
                if place is None or not _has_result(instruction):
                    continue
                # By identity: a node is hashed with all that it refers to.
                if id(place) not in places:
                    key = _key(function.name, place)
                    places[id(place)] = key
                    node = module.add_metadata([key, place])
                    _named(module, PLACES).add(node)
                instruction._name = f"{places[id(place)]}_{instruction._name}"
                for cached in ("_StringReferenceCaching__cached_refstr", "_StrCaching__cached_str"):
                    instruction.__dict__.pop(cached, None)


def _has_result(instruction):
    return str(instruction.type) != "void"


def _key(function, place):
    text = function + repr(_spelled(place))
    return "p" + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _spelled(node):
    """What a location says, without the numbers that its nodes have in the module."""
    if not hasattr(node, "operands"):
        return str(node)
    wanted = ("line", "scope", "inlinedAt", "file", "filename", "directory", "linkageName")
    return [(name, _spelled(value)) for name, value in node.operands if name in wanted]


def _write_twin(library, folder):
    """Compiles a twin of a finished module, one in which all places are put back.

    The module itself stays as it is: to read it from text would change the order in
    which LLVM visits the uses of a value, and so, at times, the code. The twin's line
    table is for whoever finds that both are the same code.

    It is named after the module's text, without what is different in each process: the
    runs of an experiment share the folder, and what one of them has written the others
    need not compile, wherever their code lies. Where nothing was dropped the file is empty.
    """
    from llvmlite import binding

    text = str(library._final_module)
    lasting = _ADDRESS.sub(r"\1", _IN_FRONT.sub(r"\1", text))
    name = hashlib.blake2b(lasting.encode(), digest_size=16).hexdigest()
    path = os.path.join(folder, f"{name}.o")
    if os.path.exists(path):
        return
    twin = b""
    restored = _put_places_back(text)
    if restored is not None:
        twin = library._codegen._tm.emit_object(binding.parse_assembly(restored))
    unfinished = os.path.join(folder, f".{name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(twin)
    os.rename(unfinished, path)


# The names of constants, in which older versions have an address.
_ADDRESS = re.compile(r"(\.const\.pickle(?:buf|data)\.)\d+")
# What a placement puts before the code (`_displace` of the bootstrap).
_IN_FRONT = re.compile(r"(@\"?profila\.placement\"?\(\).* prefix \[)\d+")
_DEFINITION = re.compile(r"^!(\d+) = (.*)$")
_LOCATION = re.compile(
    r"!DILocation\(line: (\d+)(?:, column: (\d+))?, scope: !(\d+)(?:, inlinedAt: !(\d+))?"
)
_SCOPE = re.compile(r"scope: !(\d+)")
_FUNCTION = re.compile(r"^define .*@(?:\"[^\"]*\"|[^\s(]+)\(.*!dbg !(\d+)")
_DBG = re.compile(r", !dbg !(\d+)")
_RESULT = re.compile(r"^  %(\"[^\"]*\"|[-\w$.]+) = (\w+)")
_OPERAND = re.compile(r"%(\"[^\"]*\"|[-\w$.]+)")
_CALL = re.compile(r"^  (?:%(?:\"[^\"]*\"|[-\w$.]+) = )?(?:(?:tail|musttail|notail) )?(?:call|invoke) ")
# What is done, which of a call is the function without the number of elements.
_OPERATION = re.compile(
    r"^  %(?:\"[^\"]*\"|[-\w$.]+) = (?:(?:tail|musttail|notail) )?"
    r"(\w+)(?:.* @(?:llvm\.|numba_|__svml_)?([a-z]+))?"
)
_VECTOR = re.compile(r"<(?:vscale x )?\d+ x ")
_KEY = re.compile(r"(p[0-9a-f]{12})_")


class _Metadata:
    """The nodes of a module's text that say where instructions are, and new ones."""

    def __init__(self, lines):
        self.nodes = {}
        self.added = []
        named = ""
        for line in lines:
            definition = _DEFINITION.match(line)
            if definition:
                self.nodes[int(definition[1])] = definition[2]
            elif line.startswith(f"!{PLACES} = "):
                named = line
        self.next = max(self.nodes, default=-1) + 1
        self.places = {}
        for number in map(int, re.findall(r"!(\d+)", named)):
            key, place = re.match(r'!\{!"(\w+)", !(\d+)\}', self.nodes[number]).groups()
            self.places[key] = int(place)
        self.subprograms = {}
        self.locations = {}

    def location(self, number):
        """Line, scope and inlinedAt of a location."""
        if number not in self.locations:
            line, _, scope, at = _LOCATION.search(self.nodes[number]).groups()
            self.locations[number] = (int(line), int(scope), None if at is None else int(at))
        return self.locations[number]

    def subprogram(self, scope):
        """The function that a scope is in."""
        if scope not in self.subprograms:
            node = self.nodes[scope]
            if "!DISubprogram(" in node:
                self.subprograms[scope] = scope
            else:
                self.subprograms[scope] = self.subprogram(int(_SCOPE.search(node)[1]))
        return self.subprograms[scope]

    def has_line(self, number):
        return self.location(number)[0] > 0

    def chain(self, number):
        """The location with those that it is inlined at, innermost first."""
        while number is not None:
            line, scope, at = self.location(number)
            yield line, scope, at
            number = at

    def add(self, line, scope, at):
        inlined = "" if at is None else f", inlinedAt: !{at}"
        text = f"!DILocation(line: {line}, column: 1, scope: !{scope}{inlined})"
        number, self.next = self.next, self.next + 1
        self.nodes[number] = text
        self.added.append(f"!{number} = {text}")
        return number


def _put_places_back(text):
    """The text of a module with the places that its optimisation dropped; None where
    nothing was dropped."""
    lines = text.split("\n")
    metadata = _Metadata(lines)
    if not metadata.places:
        return None
    start = None
    for index, line in enumerate(lines):
        if line.startswith("define "):
            header = _FUNCTION.match(line)
            start = index + 1 if header else None
        elif line == "}" and start is not None:
            body = _Body(metadata, int(header[1]), lines, start, index)
            body.put_places_back()
            start = None
    return "\n".join(lines + metadata.added) + "\n"


class _Body:
    """The instructions of a function in a module's text."""

    def __init__(self, metadata, subprogram, lines, start, end):
        self.metadata = metadata
        self.subprogram = subprogram
        self.lines = lines
        self.range = range(start, end)
        # Where functions are inlined, by the function: near which lines, in their order, and
        # which call that is.
        self.inlined = {}
        self.placed = {}
        # The lines that the optimisation has left a place, in their order.
        self.kept = []

    def put_places_back(self):
        missing = []
        for index in self.range:
            line = self.lines[index]
            if not line.startswith("  ") or line.startswith("   "):
                continue
            place = _DBG.search(line)
            number = int(place[1]) if place else None
            if number is not None and self.metadata.has_line(number):
                self.note(index, number)
            elif number is None or _CALL.match(line):
                missing.append(index)
            # Else it was made of two instructions of different lines, and is on neither.
            # A call that was moved looks the same, as it keeps the function that it is in.
        for index in missing:
            self.restore(index)
        self.follow_scalars()
        self.follow_uses(set(missing))

    def note(self, index, number):
        self.placed[index] = number
        self.kept.append(index)
        for _, scope, at in self.metadata.chain(number):
            if at is not None:
                near, calls = self.inlined.setdefault(self.metadata.subprogram(scope), ([], []))
                if not calls or calls[-1] != at:
                    near.append(index)
                    calls.append(at)

    def restore(self, index):
        """Puts the place back that a name tells of, where there is one."""
        line = self.lines[index]
        result = _RESULT.match(line)
        if not result or result[2] == "phi":
            return
        keys = _KEY.findall(result[1])
        origin = self.metadata.places.get(keys[-1]) if keys else None
        place = None if origin is None else self.inline(origin, index)
        if place is not None:
            self.set(index, place)

    def follow_scalars(self):
        """Gives vector instructions the places of what they do for several elements at once.

        They have no names, and no place where what they are made from had lost its own. What
        uses them may be elsewhere. But the elements that are left over are worked on one by
        one, in a block of the same operations, by instructions with names.
        """
        scalars, vectors = self.operations()
        for vector in vectors:
            like = [scalar for scalar in scalars if _times(vector, scalar)]
            for operation, indices in vector.items():
                if all(index in self.placed for index in indices):
                    continue
                # Blocks of several loops may be like it, and tell different places.
                told = {tuple(map(self.spot, scalar[operation])) for scalar in like}
                if len(told) == 1:
                    self.follow(indices, like[0][operation], told.pop())

    def follow(self, indices, scalar, spots):
        """Gives instructions the places of others, which are at these spots."""
        times = len(indices) // len(scalar)
        # Of several in a row it is not known how they take turns.
        if None in spots or (times > 1 and len(set(spots)) > 1):
            return
        for position, index in enumerate(indices):
            if index not in self.placed:
                self.set(index, self.placed[scalar[position // times]])

    def spot(self, index):
        """The line and the scope of an instruction; None where it has no place."""
        if index not in self.placed:
            return None
        return self.metadata.location(self.placed[index])[:2]

    def operations(self):
        """For each block, which operations are where: of one element, and of several."""
        kinds = {}
        block = 0
        for index in self.range:
            line = self.lines[index]
            if not line.startswith("  "):
                block = index
                continue
            operation = _OPERATION.match(line)
            if operation:
                kind = kinds.setdefault((bool(_VECTOR.search(line)), block), {})
                kind.setdefault(operation[2] or operation[1], []).append(index)
        scalars = [found for (is_vector, _), found in kinds.items() if not is_vector]
        vectors = [found for (is_vector, _), found in kinds.items() if is_vector]
        return scalars, vectors

    def inline(self, origin, index):
        """The location `origin` as it is in this function, at this line of the text."""
        chain = [(line, scope) for line, scope, _ in self.metadata.chain(origin)]
        outermost = self.metadata.subprogram(chain[-1][1])
        if outermost == self.subprogram:
            return origin
        if outermost in self.inlined:
            near, calls = self.inlined[outermost]
            at = calls[_nearest(near, index)]
        else:
            at = self.call_near(index)
        if at is None:
            return None
        for line, scope in reversed(chain):
            at = self.metadata.add(line, scope, at)
        return at

    def call_near(self, index):
        """A place of this function for a call of which no place is left: that of the next
        instruction that has one, or else of the one before."""
        if not self.kept:
            return None
        near = self.kept[min(bisect.bisect_left(self.kept, index), len(self.kept) - 1)]
        *_, (line, scope, _) = self.metadata.chain(self.placed[near])
        return self.metadata.add(line, scope, None)

    def set(self, index, number):
        line = self.lines[index]
        if _DBG.search(line):
            line = _DBG.sub(f", !dbg !{number}", line)
        else:
            line = f"{line}, !dbg !{number}"
        self.lines[index] = line
        self.placed[index] = number

    def follow_uses(self, missing):
        """Gives what has no name of ours the place of what uses it next in its block."""
        next_use = {}
        for index in reversed(self.range):
            line = self.lines[index]
            if not line.startswith("  "):
                next_use.clear()
                continue
            result = _RESULT.match(line)
            if result and result[2] != "phi" and index in missing and index not in self.placed:
                use = next_use.get(result[1])
                if use in self.placed:
                    self.set(index, self.placed[use])
            for name in _OPERAND.findall(line, result.end() if result else 0):
                next_use[name] = index


def _times(vector, scalar):
    """How often a block does what another does once; 0 where it does something else."""
    if not vector.keys() <= scalar.keys():
        return 0
    parts = {divmod(len(vector[it]), len(scalar[it])) for it in vector}
    times, rest = parts.pop()
    return times if not parts and rest == 0 else 0


def _nearest(numbers, wanted):
    """Where in a sorted list the number is that is nearest to another."""
    after = bisect.bisect_left(numbers, wanted)
    beside = [it for it in (after - 1, after) if 0 <= it < len(numbers)]
    return min(beside, key=lambda it: abs(numbers[it] - wanted))
