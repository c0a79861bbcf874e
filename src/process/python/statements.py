# Finds the statements of a block and which of them depend on which others. It runs in the
# user's Python, whose grammar the script is written in, and reads the script with `ast`
# alone: the script is neither imported nor run.
#
# Whatever is not understood depends on everything. Two statements are independent only if
# that follows from what is written in them and in the function around them.
#
# What comes before has set REQUEST.

import ast
import builtins
import io
import json
import tokenize

# What a call of these reads is what it is given, and it writes nothing.
NUMBERS_OF = {"abs", "bool", "complex", "float", "int", "len", "round"}
PURE_BUILTINS = NUMBERS_OF | {"enumerate", "max", "min", "range", "zip"}
MATH = {"math", "cmath"}
NUMPY_OF_ONE = set(
    "absolute abs fabs negative positive sign rint floor ceil trunc sqrt cbrt square "
    "reciprocal exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh "
    "cosh tanh arcsinh arccosh arctanh deg2rad rad2deg degrees radians isnan isinf isfinite "
    "signbit conj conjugate real_if_close invert bitwise_not logical_not spacing".split()
)
NUMPY_OF_TWO = set(
    "add subtract multiply divide true_divide floor_divide power float_power mod remainder "
    "fmod arctan2 hypot maximum minimum fmax fmin copysign nextafter ldexp logaddexp "
    "logaddexp2 heaviside gcd lcm bitwise_and bitwise_or bitwise_xor left_shift right_shift "
    "logical_and logical_or logical_xor equal not_equal less less_equal greater "
    "greater_equal".split()
)
NUMPY_SCALARS = set(
    "int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp float16 float32 float64 "
    "complex64 complex128 bool_".split()
)
NUMPY_ARRAYS = set(
    "empty zeros ones full empty_like zeros_like ones_like full_like arange linspace eye "
    "identity array copy".split()
)
METADATA = {"shape", "size", "ndim", "dtype", "itemsize", "nbytes", "strides"}
NUMBERS_OF_ARRAYS = {"size", "ndim", "itemsize", "nbytes"}
OUTSIDE = "outside"

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = FUNCTIONS + (ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
TRY_STAR = getattr(ast, "TryStar", ast.Try)
# Statements that are not moved: what they bind is bound for the code around them as well.
FIXED = SCOPES + (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
UNDERSTOOD = LOOPS + (
    ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Expr, ast.If, ast.Pass, ast.Try,
    TRY_STAR, ast.Return, ast.Raise, ast.Assert, ast.Break, ast.Continue,
)


class Refused(Exception):
    """A block that cannot be reordered: what is wrong, and what to do."""

    def __init__(self, message, hint):
        super().__init__(message)
        self.message, self.hint = message, hint


def lines(first, last):
    return f"line {first}" if first == last else f"lines {first} to {last}"


def suites(node):
    """The suites right within a node, each with the last line before it."""
    for field in ("body", "orelse", "finalbody"):
        suite = getattr(node, field, None)
        if isinstance(suite, list) and suite and isinstance(suite[0], ast.stmt):
            yield suite
    for part in getattr(node, "handlers", []) + getattr(node, "cases", []):
        yield part.body


def first_line(statement):
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno] + [it.lineno for it in decorators])


def within(node):
    """All nodes in the same scope, those of functions and classes in it left out."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, SCOPES):
            yield from within(child)


def is_docstring(suite, statement, owner):
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return (
        isinstance(owner, FUNCTIONS + (ast.ClassDef, ast.Module))
        and suite[0] is statement
        and is_text
        and isinstance(statement.value.value, str)
    )


def names_of(target):
    return [it.id for it in ast.walk(target) if isinstance(it, ast.Name)]


def root(expression):
    """The name whose object an element or attribute belongs to, if there is one."""
    while isinstance(expression, (ast.Subscript, ast.Attribute, ast.Starred)):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else None


def constant(expression):
    """The value of a constant integer."""
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
        value = constant(expression.operand)
        return None if value is None else -value
    if isinstance(expression, ast.Constant) and type(expression.value) is int:
        return expression.value
    return None


def affine(expression):
    """A name and a constant that is added to it; no name for a constant alone."""
    value = constant(expression)
    if value is not None:
        return None, value
    if isinstance(expression, ast.Name):
        return expression.id, 0
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, (ast.Add, ast.Sub)):
        left, right = affine(expression.left), affine(expression.right)
        if left is None or right is None:
            return None
        if isinstance(expression.op, ast.Sub):
            return (left[0], left[1] - right[1]) if right[0] is None else None
        if left[0] is None or right[0] is None:
            return left[0] or right[0], left[1] + right[1]
    return None


class Imports:
    """What names mean that the script imports, and nothing else binds."""

    def __init__(self, tree):
        self.modules, self.members, bound = {}, {}, {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    target = alias.name if alias.asname else name
                    self.modules[name] = target
                    bound.setdefault(name, set()).add(("module", target))
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    name = alias.asname or alias.name
                    self.members[name] = (node.module, alias.name)
                    bound.setdefault(name, set()).add((node.module, alias.name))
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                bound.setdefault(node.id, set()).add(node)
            elif isinstance(node, ast.arg):
                bound.setdefault(node.arg, set()).add(node)
            elif isinstance(node, FUNCTIONS + (ast.ClassDef,)):
                bound.setdefault(node.name, set()).add(node)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                bound.setdefault(node.name, set()).add(node)
            elif type(node).__name__ in ("MatchAs", "MatchStar") and node.name:
                bound.setdefault(node.name, set()).add(node)
        self.ambiguous = {name for name, meanings in bound.items() if len(meanings) > 1}
        self.bound = set(bound)
        if "*" in self.bound:
            # Any name may be another's.
            self.ambiguous |= self.bound | set(dir(builtins))

    def meaning(self, function):
        """The module and the name of a function, if it is known."""
        if isinstance(function, ast.Name):
            name = function.id
            if name in self.ambiguous:
                return None
            if name in self.members:
                return self.members[name]
            return None if name in self.bound else ("builtins", name)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            name = function.value.id
            if name in self.modules and name not in self.ambiguous:
                return self.modules[name], function.attr
        return None

    def is_of_numbers(self, expression):
        """Whether an expression is a module whose constants are numbers."""
        return self.is_module(expression) and self.modules[expression.id] in MATH | {"numpy"}

    def is_module(self, expression):
        return (
            isinstance(expression, ast.Name)
            and expression.id in self.modules
            and expression.id not in self.ambiguous
        )


class Call:
    """What is known of a call."""

    def __init__(self, node, imports):
        self.node = node
        self.arguments = list(node.args) + [keyword.value for keyword in node.keywords]
        self.kind = self._kind(imports)

    def _kind(self, imports):
        """`number`, `fresh` (an object of its own), `view` (of what it is given), `range`, or
        None where anything may happen."""
        node, function = self.node, self.node.func
        keywords = {keyword.arg for keyword in node.keywords}
        if None in keywords or any(isinstance(it, ast.Starred) for it in node.args):
            return None
        if isinstance(function, ast.Attribute) and not imports.is_module(function.value):
            if function.attr == "copy" and not self.arguments:
                return "fresh"
            if function.attr == "astype" and len(node.args) == 1 and not keywords:
                return "fresh"
            return None
        module, name = imports.meaning(function) or (None, None)
        if module in ("numba", "numba.misc.special") and name == "prange":
            return "range"
        if module == "builtins" and name in PURE_BUILTINS:
            if name == "range":
                return "range"
            if name in NUMBERS_OF:
                return "number" if name not in ("abs", "round") else "fresh"
            return "view" if not keywords else None
        if module in MATH:
            return "number"
        if module != "numpy" or keywords & {"out", "where", "copy", "like", "subok"}:
            return None
        if name in NUMPY_SCALARS and len(self.arguments) <= 1:
            return "fresh"
        if name in NUMPY_OF_ONE and len(node.args) == 1 and not keywords:
            return "fresh"
        if name in NUMPY_OF_TWO and len(node.args) == 2 and not keywords:
            return "fresh"
        return "array" if name in NUMPY_ARRAYS else None

    def name(self):
        return ast.unparse(self.node.func)


class Scope:
    """What the names of a function, or of the module, may stand for."""

    def __init__(self, owner, tree, imports):
        self.owner, self.imports = owner, imports
        self.bindings = {}
        self.parameters = set()
        self.declared = set()
        if isinstance(owner, FUNCTIONS):
            self.parameters = {it.arg for it in ast.walk(owner.args) if isinstance(it, ast.arg)}
        self.constants = self._constants(tree)
        self.escaping = []
        for node in within(owner):
            self._learn(node)
        self.numbers = self._find_numbers()
        self.arrays = self._find_arrays()
        self.origins = self._find_origins()

    def _constants(self, tree):
        """Names of the module that are bound once, to a number."""
        counts, numbers = {}, set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                counts[node.id] = counts.get(node.id, 0) + 1
            elif isinstance(node, ast.arg):
                counts[node.arg] = 2
            elif isinstance(node, FUNCTIONS + (ast.ClassDef,)):
                counts[node.name] = 2
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target, value = statement.targets[0], statement.value
                if isinstance(value, ast.UnaryOp):
                    value = value.operand
                is_number = isinstance(value, ast.Constant) and isinstance(
                    value.value, (int, float, complex)
                )
                if isinstance(target, ast.Name) and is_number and counts[target.id] == 1:
                    numbers.add(target.id)
        return numbers - self.imports.ambiguous

    def _bind(self, target, value, kind="value"):
        """Of which value a name may be: `kind` says whether it is the value, or an element."""
        if isinstance(target, ast.Starred):
            self._bind(target.value, value, "other")
        elif isinstance(target, ast.Name):
            self.bindings.setdefault(target.id, []).append((kind, value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = target.elts
            is_pairwise = (
                kind == "value"
                and isinstance(value, (ast.Tuple, ast.List))
                and len(value.elts) == len(parts)
                and not any(isinstance(it, ast.Starred) for it in parts + value.elts)
            )
            for index, part in enumerate(parts):
                if is_pairwise:
                    self._bind(part, value.elts[index])
                elif kind == "iterated" and self._is_enumerate(value):
                    self._bind(part, value, "index" if index == 0 else "other")
                else:
                    self._bind(part, value, "element" if kind == "value" else "other")
        else:
            self.escaping.append((root(target), value))

    def _is_enumerate(self, value):
        is_call = isinstance(value, ast.Call)
        return is_call and self.imports.meaning(value.func) == ("builtins", "enumerate")

    def _learn(self, node):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._bind(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._bind(node.target, ast.BinOp(node.target, node.op, node.value))
            if isinstance(node.target, ast.Name):
                # An array is still the same one.
                self._bind(node.target, node.target)
        elif isinstance(node, ast.NamedExpr):
            self._bind(node.target, node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            self._bind(node.target, node.iter, "iterated")
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, None, "outside")
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self.bindings.setdefault(node.name, []).append(("outside", None))
        elif type(node).__name__ in ("MatchAs", "MatchStar") and node.name:
            self.bindings.setdefault(node.name, []).append(("outside", None))
        elif type(node).__name__ == "MatchMapping" and node.rest:
            self.bindings.setdefault(node.rest, []).append(("outside", None))
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            self.declared.update(node.names)
        elif isinstance(node, SCOPES):
            # A function within may keep whatever it sees, and assign to what it declares.
            declared = {
                name
                for it in ast.walk(node)
                if isinstance(it, (ast.Global, ast.Nonlocal))
                for name in it.names
            }
            for name in names_of(node):
                kind = "outside" if name in declared else "kept"
                self.bindings.setdefault(name, []).append((kind, None))
            if not isinstance(node, ast.Lambda):
                self.bindings.setdefault(node.name, []).append(("outside", None))
        elif isinstance(node, ast.Call) and Call(node, self.imports).kind is None:
            # So may a function that is called, and it may keep one of them in another.
            for name in names_of(node):
                self.bindings.setdefault(name, []).append(("kept", None))

    def _find_numbers(self):
        """Names that are numbers, whatever is assigned to them."""
        numbers = set(self.bindings) - self.parameters - self.declared
        while True:
            lost = set()
            for name in numbers:
                values = [it for it in self.bindings[name] if it[0] != "kept"]
                sound = all(self._is_number_binding(it, numbers) for it in values)
                if not values or not sound:
                    lost.add(name)
            if not lost:
                return numbers
            numbers -= lost

    def _is_number_binding(self, binding, numbers):
        kind, value = binding
        if kind == "value":
            return self.is_number(value, numbers)
        if kind == "element":
            return isinstance(value, ast.Attribute) and value.attr == "shape"
        if kind == "iterated":
            return isinstance(value, ast.Call) and Call(value, self.imports).kind == "range"
        return kind == "index"

    def is_number(self, value, numbers=None):
        """Whether an expression is a number, and no array."""
        numbers = self.numbers if numbers is None else numbers
        if isinstance(value, ast.Constant):
            return isinstance(value.value, (bool, int, float, complex))
        if isinstance(value, ast.Name):
            is_bound = any(kind != "kept" for kind, _ in self.bindings.get(value.id, []))
            is_local = is_bound or value.id in self.parameters
            return value.id in (numbers if is_local else self.constants)
        if isinstance(value, ast.BinOp):
            return self.is_number(value.left, numbers) and self.is_number(value.right, numbers)
        if isinstance(value, ast.UnaryOp):
            return self.is_number(value.operand, numbers)
        if isinstance(value, ast.BoolOp):
            return all(self.is_number(it, numbers) for it in value.values)
        if isinstance(value, ast.Compare):
            both = [value.left] + value.comparators
            return all(self.is_number(it, numbers) for it in both)
        if isinstance(value, ast.IfExp):
            return self.is_number(value.body, numbers) and self.is_number(value.orelse, numbers)
        if isinstance(value, ast.NamedExpr):
            return self.is_number(value.value, numbers)
        if isinstance(value, ast.Attribute):
            return value.attr in NUMBERS_OF_ARRAYS or self.imports.is_of_numbers(value.value)
        if isinstance(value, ast.Subscript):
            base = value.value
            is_shape = isinstance(base, ast.Attribute) and base.attr == "shape"
            return is_shape and self.is_number(value.slice, numbers)
        if isinstance(value, ast.Call):
            call = Call(value, self.imports)
            if call.kind == "number":
                return True
            return call.kind in ("fresh", "view") and bool(call.arguments) and all(
                self.is_number(it, numbers) for it in call.arguments
            ) and not isinstance(value.func, ast.Attribute) or (
                call.kind == "fresh"
                and isinstance(value.func, ast.Attribute)
                and self.imports.is_module(value.func.value)
                and bool(call.arguments)
                and all(self.is_number(it, numbers) for it in call.arguments)
            )
        return False

    def _find_arrays(self):
        """Names that are arrays that this function made: they hold numbers, and no others'
        memory."""
        arrays = set(self.bindings) - self.parameters - self.declared
        def is_array(binding, arrays):
            kind, value = binding
            if kind != "value":
                return kind == "kept"
            if isinstance(value, ast.Name):
                return value.id in arrays
            if isinstance(value, ast.BinOp):
                return is_array(("value", value.left), arrays)
            is_call = isinstance(value, ast.Call)
            return is_call and Call(value, self.imports).kind in ("array", "fresh")
        while True:
            lost = {
                name
                for name in arrays
                if not all(is_array(it, arrays) for it in self.bindings[name])
            }
            if not lost:
                return arrays
            arrays -= lost

    def _find_origins(self):
        """Whose memory each name may stand for."""
        origins = {name: set() for name in self.bindings}
        for name in self.parameters | self.declared:
            origins[name] = {OUTSIDE}
        changed = True
        while changed:
            before = {name: set(found) for name, found in origins.items()}
            for name, values in self.bindings.items():
                for kind, value in values:
                    if kind in ("outside", "kept"):
                        origins[name].add(OUTSIDE)
                    else:
                        origins[name] |= self.origin(value, origins)
                if name in self.declared:
                    for _, value in values:
                        self._escape(value, {OUTSIDE}, origins)
            for base, value in self.escaping:
                if base in self.arrays or self.is_number(value):
                    continue
                kept = origins.get(base, {OUTSIDE}) | self.origin(value, origins)
                if base in origins:
                    origins[base] |= kept
                self._escape(value, kept, origins)
            changed = before != origins
        return origins

    def _is_list(self, value):
        """Whether it is written as a list or a tuple, here or where its name is assigned."""
        displays = (ast.List, ast.Tuple, ast.ListComp)
        if isinstance(value, ast.Name):
            bound = self.bindings.get(value.id, [])
            return any(isinstance(it, displays) for _, it in bound)
        return isinstance(value, displays)

    def is_dict(self, name):
        """Whether a name is a dictionary, which keeps the order in which keys came."""
        def is_one(value):
            is_display = isinstance(value, (ast.Dict, ast.DictComp))
            is_call = isinstance(value, ast.Call)
            return is_display or is_call and "dict" in ast.unparse(value.func).lower()
        return any(value is not None and is_one(value) for _, value in self.bindings.get(name, []))

    @staticmethod
    def _escape(value, to, origins):
        for name in names_of(value) if value is not None else []:
            if name in origins:
                origins[name] |= to

    def origin(self, value, origins=None):
        """Whose memory an expression may stand for."""
        origins = self.origins if origins is None else origins
        fresh = {(value.lineno, value.col_offset)} if hasattr(value, "lineno") else {id(value)}
        if self.is_number(value) or isinstance(value, (ast.Constant, ast.Compare)):
            return set()
        if isinstance(value, ast.BinOp):
            # Lists that are joined have the elements of both.
            lists = [it for it in (value.left, value.right) if self._is_list(it)]
            return fresh.union(*(self.origin(it, origins) for it in lists))
        if isinstance(value, (ast.UnaryOp, ast.JoinedStr)):
            return fresh
        if isinstance(value, ast.Name):
            return origins.get(value.id, {OUTSIDE})
        if isinstance(value, ast.Attribute) and value.attr in METADATA:
            return set()
        if isinstance(value, (ast.Subscript, ast.Attribute, ast.Starred)):
            return self.origin(value.value, origins)
        parts = None
        if isinstance(value, ast.BoolOp):
            parts = value.values
        elif isinstance(value, ast.IfExp):
            parts = [value.body, value.orelse]
        elif isinstance(value, ast.NamedExpr):
            parts = [value.value]
        elif isinstance(value, (ast.Tuple, ast.List, ast.Set)):
            parts = value.elts
        elif isinstance(value, ast.Call):
            call = Call(value, self.imports)
            if call.kind in ("number", "range"):
                return set()
            if call.kind in ("fresh", "array"):
                return fresh
            parts = call.arguments
            if call.kind is None:
                fresh = {OUTSIDE}
                if isinstance(value.func, ast.Attribute):
                    parts = parts + [value.func.value]
        if parts is None:
            return {OUTSIDE}
        return fresh.union(*(self.origin(part, origins) for part in parts))


class Access:
    """Reading or writing what a name stands for, or one element of it."""

    def __init__(self, name, origins, index, writes):
        self.name, self.origins, self.index, self.writes = name, origins, index, writes


class Effects(ast.NodeVisitor):
    """What a statement does."""

    def __init__(self, statement, scope):
        self.scope, self.imports = scope, scope.imports
        self.reads, self.writes = set(), set()
        self.accesses = []
        self.call = None
        self.exit = None
        self.loops = 0
        self.visit(statement)

    def does_anything(self, what):
        self.call = self.call or what

    def leaves(self, word):
        self.exit = self.exit or word

    def access(self, expression, index, writes):
        name = root(expression)
        if name is not None and name in self.scope.numbers:
            return
        shown = name or ast.unparse(expression)[:40]
        self.accesses.append(Access(shown, self.scope.origin(expression), index, writes))

    def generic_visit(self, node):
        if isinstance(node, ast.stmt) and not isinstance(node, UNDERSTOOD):
            self.does_anything(type(node).__name__.lower())
        super().generic_visit(node)

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.writes.add(node.id)
            return
        self.reads.add(node.id)
        is_builtin = node.id not in self.imports.bound and hasattr(builtins, node.id)
        if not (is_builtin or self.imports.is_module(node) or self.scope.is_number(node)):
            self.access(node, None, False)

    def _names_alone(self, expression):
        """Reads the names of the base of an element: its elements are read elsewhere."""
        if isinstance(expression, ast.Name):
            self.reads.add(expression.id)
        else:
            self.visit(expression)

    def visit_Attribute(self, node):
        if self.imports.is_module(node.value):
            self.reads.add(node.value.id)
            if not isinstance(node.ctx, ast.Load):
                self.does_anything(ast.unparse(node))
            elif not self.imports.is_of_numbers(node.value):
                self.access(node, None, False)
            return
        self._names_alone(node.value)
        if node.attr in METADATA and isinstance(node.ctx, ast.Load):
            return
        self.access(node.value, None, not isinstance(node.ctx, ast.Load))

    def visit_Subscript(self, node):
        base = node.value
        self.visit(node.slice)
        self._names_alone(base)
        if isinstance(base, ast.Attribute) and base.attr == "shape":
            return
        is_element = isinstance(base, ast.Name) and not isinstance(node.ctx, ast.Del)
        is_element = is_element and not self.scope.is_dict(base.id)
        index = self._index(node.slice) if is_element else None
        self.access(base, index, not isinstance(node.ctx, ast.Load))

    def _index(self, expression):
        """The components of an index: a name and a constant for each that is understood."""
        parts = expression.elts if isinstance(expression, ast.Tuple) else [expression]
        for part in parts:
            if isinstance(part, ast.Starred) or (
                isinstance(part, ast.Constant) and part.value in (None, Ellipsis)
            ):
                return None
        index = []
        for part in parts:
            found = affine(part)
            if found and found[0] is not None and not self.scope.is_number(
                ast.Name(found[0], ast.Load())
            ):
                # An array of indices may have the same element in both.
                found = None
            index.append(found)
        return index

    def visit_AugAssign(self, node):
        self.visit(node.value)
        target = node.target
        self.visit(target)
        if isinstance(target, ast.Name):
            self.reads.add(target.id)
            if target.id not in self.scope.numbers:
                self.access(target, None, True)
                self.access(target, None, False)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            is_dict = self.scope.is_dict(target.value.id)
            self.access(target.value, None if is_dict else self._index(target.slice), False)
        else:
            self.access(target, None, False)

    def visit_Call(self, node):
        call = Call(node, self.imports)
        if call.kind is None:
            self.does_anything(call.name())
        if isinstance(node.func, ast.Name):
            self.reads.add(node.func.id)
        elif isinstance(node.func, ast.Attribute):
            # What a method is of is read.
            self.visit(node.func.value)
        else:
            self.visit(node.func)
        for argument in call.arguments:
            self.visit(argument)

    def visit_AnnAssign(self, node):
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_ExceptHandler(self, node):
        if node.name:
            self.writes.add(node.name)
        self.generic_visit(node)

    def _visit_loop(self, node):
        for field in ("target", "iter", "test"):
            if hasattr(node, field):
                self.visit(getattr(node, field))
        if isinstance(node, ast.AsyncFor):
            self.leaves("await")
        self.loops += 1
        for statement in node.body:
            self.visit(statement)
        self.loops -= 1
        for statement in node.orelse:
            self.visit(statement)

    visit_For = visit_AsyncFor = visit_While = _visit_loop

    def visit_comprehension(self, node):
        if node.is_async:
            self.leaves("await")
        self.generic_visit(node)

    def _visit_jump(self, node):
        if self.loops == 0:
            self.leaves(type(node).__name__.lower())

    visit_Break = visit_Continue = _visit_jump

    def _visit_exit(self, node):
        self.leaves(type(node).__name__.lower().replace("from", ""))
        self.generic_visit(node)

    visit_Return = visit_Raise = visit_Assert = _visit_exit
    visit_Yield = visit_YieldFrom = visit_Await = _visit_exit

    def visit_Lambda(self, node):
        self.does_anything("lambda")
        self.generic_visit(node)

    def _visit_definition(self, node):
        self.does_anything(node.name)
        self.writes.add(node.name)
        self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _visit_definition

    def _visit_import(self, node):
        self.does_anything("import")
        for alias in node.names:
            self.writes.add(alias.asname or alias.name.split(".")[0])

    visit_Import = visit_ImportFrom = _visit_import

    def _visit_capture(self, node):
        self.does_anything("match")
        for name in (getattr(node, "name", None), getattr(node, "rest", None)):
            if name:
                self.writes.add(name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _visit_capture


def are_different(one, other, written):
    """Whether two indices of one array are never of the same element."""
    if one is None or other is None:
        return False
    for a, b in zip(one, other):
        if a is None or b is None or a[0] != b[0] or a[1] == b[1]:
            continue
        # A negative constant counts from the end.
        if a[0] is None and (a[1] < 0) == (b[1] < 0):
            return True
        if a[0] is not None and a[0] not in written:
            return True
    return False


def may_meet(one, other, written):
    if not (one.writes or other.writes) or not one.origins & other.origins:
        return False
    return one.name != other.name or not are_different(one.index, other.index, written)


def dependences(effects):
    """Why each statement has to come before each later one, if there is a reason."""
    written = set().union(*(it.writes for it in effects))
    found = []
    for second, later in enumerate(effects):
        for first, earlier in enumerate(effects[:second]):
            def add(kind, names):
                found.append({"first": first, "second": second, "kind": kind, "names": names})
            for kind, names in [
                ("read-after-write", earlier.writes & later.reads),
                ("write-after-read", earlier.reads & later.writes),
                ("write-after-write", earlier.writes & later.writes),
            ]:
                if names:
                    add(kind, [min(names)])
            for which, statement in (("first", earlier), ("second", later)):
                if statement.exit:
                    add(f"exit-of-{which}", [statement.exit])
                if statement.call:
                    add(f"call-of-{which}", [statement.call])
            for one in earlier.accesses:
                meeting = [it for it in later.accesses if may_meet(one, it, written)]
                if meeting:
                    names = {one.name, meeting[0].name}
                    add("memory", [one.name] + sorted(names - {one.name}))
                    break
    return found


def walk_suites(node, owner):
    """All suites, with the node that each is right in and the scope around it."""
    for suite in suites(node):
        yield suite, node, owner
        for statement in suite:
            is_scope = isinstance(statement, FUNCTIONS + (ast.ClassDef,))
            yield from walk_suites(statement, statement if is_scope else owner)


def find_block(tree, first, last, text_lines):
    if first > last:
        raise Refused(f"the block ends before it begins: {first}-{last}", "write --lines FIRST-LAST")
    if last > len(text_lines):
        raise Refused(
            f"there is no line {last}: the script has {len(text_lines)} lines",
            "give lines of the script, such as --lines 38-45",
        )
    def is_code(line):
        text = text_lines[line - 1].strip()
        return bool(text) and not text.startswith("#")
    if not any(map(is_code, range(first, last + 1))):
        raise Refused(
            f"there is no statement in {lines(first, last)}",
            "give the lines of two or more statements",
        )
    while not is_code(last):
        last -= 1
    best = None
    for suite, node, owner in walk_suites(tree, tree):
        inside = [it for it in suite if first_line(it) <= last and it.end_lineno >= first]
        if not inside:
            continue
        begins, ends = first_line(inside[0]), inside[-1].end_lineno
        if any(map(is_code, range(first, begins))) or ends < last:
            # Something else is in these lines.
            continue
        if begins >= first and ends == last:
            # The outermost that fits: what is within one of its statements fits as well.
            return suite, inside, node, owner
        best = (begins, ends, inside)
    if best is None:
        raise Refused(
            f"there is no statement in {lines(first, last)}",
            "give the lines of two or more statements",
        )
    begins, ends, inside = best
    cut = inside[0] if begins < first else inside[-1]
    raise Refused(
        f"{lines(first, last)} cut the statement in {lines(first_line(cut), cut.end_lineno)}",
        f"give whole statements of one block, such as --lines {begins}-{ends}",
    )


def require_movable(suite, inside, node):
    for statement in inside:
        at = lines(first_line(statement), statement.end_lineno)
        if is_docstring(suite, statement, node):
            raise Refused(f"the docstring in {at} cannot be moved", "begin the block after it")
        if isinstance(statement, FIXED):
            what = type(statement).__name__
            word = {"FunctionDef": "def", "AsyncFunctionDef": "def", "ClassDef": "class",
                    "ImportFrom": "import"}.get(what, what.lower())
            raise Refused(
                f"the `{word}` in {at} cannot be moved",
                "give a block without definitions, imports and declarations",
            )
    line = sharing_line(suite, inside, node)
    if line is not None:
        raise Refused(
            f"line {line} has more than one statement, or shares it with what is around them",
            "put each statement of the block on lines of its own",
        )
    if len(inside) < 2:
        only = lines(first_line(inside[0]), inside[0].end_lineno)
        raise Refused(
            f"there is only one statement to order, in {only}",
            "give the lines of two or more statements of one block",
        )


def sharing_line(suite, inside, node):
    """A line of one of the statements that something else is on as well."""
    ends = [it.end_lineno for it in suite]
    for statement in inside:
        index = suite.index(statement)
        if index > 0 and ends[index - 1] >= first_line(statement):
            return first_line(statement)
        if index + 1 < len(suite) and first_line(suite[index + 1]) <= ends[index]:
            return ends[index]
        if TEXT_LINES[first_line(statement) - 1][: statement.col_offset].strip():
            if not getattr(statement, "decorator_list", []):
                return first_line(statement)
        # A semicolon may be behind the last one, and with it another on the next line.
        code = TEXT_LINES[ends[index] - 1].encode()[statement.end_col_offset :].lstrip()
        if code[:1] in (b";", b"\\"):
            return ends[index]
    return None


def in_function(tree, imports, name, assume, most):
    """The longest block of a function in which something may be moved."""
    found = []
    def search(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, FUNCTIONS):
                if name in (prefix + child.name, child.name):
                    found.append(child)
                search(child, prefix + child.name + ".<locals>.")
            elif isinstance(child, ast.ClassDef):
                search(child, prefix + child.name + ".")
            else:
                search(child, prefix)
    search(tree, "")
    if not found:
        raise Refused(f"there is no function `{name}`", "give the name of a function of the script")
    if len(found) > 1:
        both = ", ".join(str(it.lineno) for it in found)
        raise Refused(f"there are several functions `{name}`, at lines {both}", "use --lines")
    function = found[0]
    scope = Scope(function, tree, imports)
    best = (0, 0, None)
    for suite, node, owner in walk_suites(function, function):
        if owner is not function:
            continue
        run = []
        for statement in suite + [None]:
            is_fit = statement is not None and not (
                isinstance(statement, FIXED)
                or is_docstring(suite, statement, node)
                or sharing_line(suite, [statement], node) is not None
            )
            if is_fit:
                run.append(statement)
                continue
            part = free_part(run, scope, assume)[:most]
            if len(part) >= 2:
                key = (len(part), part[0].col_offset)
                if key > best[:2]:
                    best = (*key, (suite, part, node, owner))
            run = []
    if best[2] is None:
        raise Refused(
            f"no two statements of `{name}` are known to be independent of each other",
            "give the block with --lines to see why",
        )
    return best[2]


def free_part(run, scope, assume):
    """The statements from the first to the last that may change places."""
    if len(run) < 2:
        return []
    pairs = {
        (it["first"], it["second"])
        for it in dependences([Effects(statement, scope) for statement in run])
        if not (assume and it["kind"].startswith(("memory", "call")))
    }
    free = [index for index in range(len(run) - 1) if (index, index + 1) not in pairs]
    return run[free[0] : free[-1] + 2] if free else []


def leading(suite, statement, first_allowed):
    """The line at which a statement begins with the comments that belong to it."""
    line = first_line(statement)
    while line > first_allowed:
        text = TEXT_LINES[line - 2].strip()
        if text and not text.startswith("#"):
            break
        line -= 1
    return line


def answer(request):
    global TEXT_LINES
    path = request["path"]
    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source, "script")
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        at = f" at line {line}" if line else ""
        raise Refused(
            f"it is not valid Python{at}: {getattr(error, 'msg', None) or error}",
            "check it with the Python that runs it",
        )
    # The tree's columns count bytes of UTF-8, whatever the file's encoding is.
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    text = source.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    TEXT_LINES = text.split("\n")
    if TEXT_LINES[-1] == "":
        TEXT_LINES.pop()
    imports = Imports(tree)
    most = request["most"]
    if request["function"] is not None:
        suite, inside, node, owner = in_function(
            tree, imports, request["function"], request["assume"], most
        )
        first = first_line(inside[0])
    else:
        first, last = request["lines"]
        suite, inside, node, owner = find_block(tree, first, last, TEXT_LINES)
    require_movable(suite, inside, node)
    if len(inside) > most:
        raise Refused(
            f"the block has {len(inside)} statements, and {most} is the most that are reordered",
            "give fewer lines",
        )
    scope_owner = owner if isinstance(owner, FUNCTIONS) else tree
    if isinstance(owner, ast.ClassDef):
        scope_owner = owner
    scope = Scope(scope_owner, tree, imports)
    effects = [Effects(statement, scope) for statement in inside]
    begin = first
    statements = []
    for statement in inside:
        begin = leading(suite, statement, begin)
        statements.append({
            "begins": begin,
            "first": first_line(statement),
            "last": statement.end_lineno,
        })
        begin = statement.end_lineno + 1
    function = owner.name if isinstance(owner, FUNCTIONS) else None
    return {
        "block": {
            "function": function,
            "statements": statements,
            "dependences": dependences(effects),
        }
    }


def main():
    try:
        found = answer(REQUEST)
    except Refused as refused:
        found = {"refused": {"message": refused.message, "hint": refused.hint}}
    print()
    print(json.dumps(found))


main()
