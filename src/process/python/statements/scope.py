

OUTSIDE = "outside"
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)


def site(node):
    """What stands for the memory of what an expression makes."""
    if hasattr(node, "lineno"):
        return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
    return id(node)


class Names:
    """What the names of a function, or of the module, are bound to."""

    def __init__(self, owner, tree, imports):
        self.owner, self.imports = owner, imports
        self.bindings = {}
        # How many of a name's bindings are those of comprehensions.
        self.inner = {}
        self.parameters, self.declared = set(), set()
        # Names that a function, a class or a generator within may use later.
        self.captured = set()
        # What is kept where other code may see it: the expressions, and a base and a value.
        self.kept, self.stored = [], []
        # Calls, comparisons in tests and elements, from which follows what names are.
        self.calls, self.tests = [], []
        self.indexed, self.shaped = set(), set()
        if isinstance(owner, FUNCTIONS):
            self.parameters = {it.arg for it in ast.walk(owner.args) if isinstance(it, ast.arg)}
        self.constants = self._constants(tree)
        for node in within(owner):
            self._bind_by(node)
            self._learn_from(node)
        for name in self._names_outside_comprehensions() & set(self.bindings):
            if len(self.bindings[name]) == self.inner.get(name):
                # The comprehension's variable is another one.
                self._add(name, "outside")

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

    def _names_outside_comprehensions(self):
        """Names that are read where no comprehension has bound them."""
        found = set()
        def search(node, inner):
            if isinstance(node, COMPREHENSIONS):
                first = node.generators[0].iter
                search(first, inner)
                bound = {name for it in node.generators for name in names_of(it.target)}
                for child in ast.walk(node):
                    if isinstance(child, ast.Name) and child.id not in bound | inner:
                        found.add(child.id)
            elif isinstance(node, ast.Name):
                if node.id not in inner:
                    found.add(node.id)
            else:
                for child in ast.iter_child_nodes(node):
                    search(child, inner)
        for child in ast.iter_child_nodes(self.owner):
            search(child, set())
        return found

    def _add(self, name, kind, value=None):
        self.bindings.setdefault(name, []).append((kind, value))

    def _bind(self, target, value, kind="value"):
        """Of which value a name may be: `kind` says whether it is the value, or an element."""
        if isinstance(target, ast.Starred):
            self._bind(target.value, value, "other")
        elif isinstance(target, ast.Name):
            self._add(target.id, kind, value)
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
            self.stored.append((target.value, value))

    def _is_enumerate(self, value):
        is_call = isinstance(value, ast.Call)
        return is_call and self.imports.meaning(value.func) == ("builtins", "enumerate")

    def _bind_by(self, node):
        kind = type(node).__name__
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
        elif isinstance(node, FOR_LOOPS):
            self._bind(node.target, node.iter, "iterated")
        elif isinstance(node, COMPREHENSIONS):
            for part in node.generators:
                self._bind(part.target, part.iter, "iterated")
                for name in names_of(part.target):
                    self.inner[name] = self.inner.get(name, 0) + 1
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.kept.append(item.context_expr)
                for name in names_of(item.optional_vars) if item.optional_vars else []:
                    self._add(name, "outside")
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self._add(node.name, "outside")
        elif kind == "Match":
            self.kept.append(node.subject)
        elif kind in ("MatchAs", "MatchStar") and node.name:
            self._add(node.name, "outside")
        elif kind == "MatchMapping" and node.rest:
            self._add(node.rest, "outside")
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            self.declared.update(node.names)
        elif isinstance(node, SCOPES):
            self._bind_by_scope(node)

    def _bind_by_scope(self, node):
        """A function within may keep whatever it sees, and assign to what it declares."""
        for it in ast.walk(node):
            if isinstance(it, (ast.Global, ast.Nonlocal)):
                for name in it.names:
                    self._add(name, "outside")
        self.kept.append(node)
        self.captured |= set(names_of(node))
        if not isinstance(node, ast.Lambda):
            self._add(node.name, "outside")

    def _learn_from(self, node):
        """Notes what says something of names by how they are used."""
        if isinstance(node, ast.Call):
            self.calls.append(Call(node, self.imports))
        elif isinstance(node, ast.GeneratorExp):
            self.captured |= set(names_of(node))
        elif isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
            self.tests.append(node.test)
        elif isinstance(node, (ast.Yield, ast.YieldFrom)) and node.value is not None:
            self.kept.append(node.value)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            self.indexed.add(node.value.id)
        elif self.imports.is_metadata(node) and isinstance(node.value, ast.Name):
            self.indexed.add(node.value.id)
            if node.attr in ("shape", "ndim", "dtype", "strides"):
                # Only arrays have these.
                self.shaped.add(node.value.id)

    def is_bound(self, name):
        return name in self.bindings


class Kinds(Names):
    """Which names are numbers, and which are arrays of numbers."""

    def __init__(self, owner, tree, imports):
        super().__init__(owner, tree, imports)
        self.demanded = set()
        while True:
            self.numbers = self._find(self._is_number_binding)
            demanded = self._find_demanded()
            if demanded == self.demanded:
                break
            self.demanded = demanded
        self.arrays = self._find(self._is_array_binding)
        self.repeatable = set()
        self.repeatable = self._find(self._is_repeatable_binding)

    def _find(self, is_one):
        """The names all of whose bindings are of a kind, which may depend on these names."""
        found = set(self.bindings) - self.parameters - self.declared
        while True:
            lost = set()
            for name in found:
                if not all(is_one(it, found) for it in self.bindings[name]):
                    lost.add(name)
            if not lost:
                return found
            found -= lost

    def _find_demanded(self):
        """Names that something else binds, and that have to be numbers where they are used."""
        names = []
        for call in self.calls:
            if call.kind == "range":
                names += call.arguments
            elif call.module == "numpy" and call.function in NUMPY_OF_LENGTHS:
                first = call.arguments[:1]
                is_tuple = bool(first) and isinstance(first[0], ast.Tuple)
                names += first[0].elts if is_tuple else first
        for test in self.tests:
            for node in ast.walk(test):
                if isinstance(node, ast.Compare):
                    names += self._compared(node)
        found = {it.id for it in names if isinstance(it, ast.Name)}
        return {it for it in found if not self.is_bound(it)} - self.indexed - self.declared

    def _compared(self, node):
        """What is greater or less than a number, and so is one."""
        sides = [node.left] + node.comparators
        for left, operation, right in zip(sides, node.ops, sides[1:]):
            if isinstance(operation, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                for one, other in ((left, right), (right, left)):
                    if self.is_number(other):
                        yield one

    def _is_number_binding(self, binding, numbers):
        kind, value = binding
        if kind == "value":
            return self.is_number(value, numbers)
        if kind == "element":
            return self._is_shape(value)
        if kind == "iterated":
            return isinstance(value, ast.Call) and Call(value, self.imports).kind == "range"
        return kind == "index"

    def _is_shape(self, node):
        return self.imports.is_metadata(node) and node.attr == "shape"

    def is_number(self, value, numbers=None):
        """Whether an expression is a number, and no array."""
        numbers = self.numbers if numbers is None else numbers
        def all_are(parts):
            return all(self.is_number(it, numbers) for it in parts)
        if isinstance(value, ast.Constant):
            return isinstance(value.value, (bool, int, float, complex))
        if isinstance(value, ast.Name):
            if self.is_bound(value.id):
                return value.id in numbers
            is_global = value.id not in self.parameters
            return value.id in self.demanded or is_global and value.id in self.constants
        if isinstance(value, ast.BinOp):
            return all_are([value.left, value.right])
        if isinstance(value, ast.UnaryOp):
            return isinstance(value.op, ast.Not) or all_are([value.operand])
        if isinstance(value, ast.BoolOp):
            return all_are(value.values)
        if isinstance(value, ast.Compare):
            return all_are([value.left] + value.comparators)
        if isinstance(value, ast.IfExp):
            return all_are([value.body, value.orelse])
        if isinstance(value, ast.NamedExpr):
            return all_are([value.value])
        if isinstance(value, ast.Attribute):
            is_metadata = self.imports.is_metadata(value) and value.attr in NUMBERS_OF_ARRAYS
            is_constant = value.attr in CONSTANTS and self.imports.is_of_numbers(value.value)
            return is_metadata or is_constant
        if isinstance(value, ast.Subscript):
            return self._is_shape(value.value) and all_are([value.slice])
        if isinstance(value, ast.Call):
            call = Call(value, self.imports)
            is_of_what = call.kind in ("numeric", "view") and not call.function in ITERATING
            is_of_what = is_of_what and call.function not in NUMPY_ARRAYS | NUMPY_COPIES
            return call.kind == "number" or (
                is_of_what and bool(call.arguments) and all_are(call.arguments)
            )
        return False

    def _is_array_binding(self, binding, arrays):
        kind, value = binding
        if kind in ("value", "iterated", "element"):
            is_range = kind == "iterated" and self._is_number_binding(binding, self.numbers)
            is_range = is_range or kind == "element" and self._is_shape(value)
            return is_range or self.is_numeric(value, arrays)
        return kind == "index"

    def is_numeric(self, value, arrays=None):
        """Whether an expression is a number or an array of numbers, and no object that could
        hold another."""
        arrays = self.arrays if arrays is None else arrays
        def is_one(part):
            return self.is_numeric(part, arrays)
        if self.is_number(value) or isinstance(value, ast.Compare):
            return True
        if isinstance(value, ast.Name):
            is_shaped = value.id in self.shaped and not self.is_bound(value.id)
            return value.id in arrays or is_shaped
        if isinstance(value, ast.BinOp):
            sides = (value.left, value.right)
            return any(is_one(it) and not self.is_number(it) for it in sides)
        if isinstance(value, ast.UnaryOp):
            return is_one(value.operand)
        if isinstance(value, ast.Subscript):
            return is_one(value.value)
        if isinstance(value, ast.Attribute):
            return value.attr in ("T", "real", "imag") and is_one(value.value)
        if isinstance(value, ast.IfExp):
            return is_one(value.body) and is_one(value.orelse)
        if isinstance(value, ast.BoolOp):
            return all(map(is_one, value.values))
        if isinstance(value, ast.NamedExpr):
            return is_one(value.value)
        if isinstance(value, ast.Call):
            call = Call(value, self.imports)
            kind = self.kind(call, arrays)
            is_of_what = kind == "view" and call.function in ("abs", "round", "max", "min")
            is_of_what = is_of_what and all(map(is_one, call.arguments))
            return kind in ("array", "numeric", "number") or is_of_what
        return False

    def is_used_as_array(self, value):
        """Whether something has elements or a shape wherever it comes from, so that it is
        gone through any number of times."""
        name = root(value)
        return name in self.indexed and not self.is_bound(name)

    def kind(self, call, arrays=None):
        """What is known of a call, with what is known of its arguments."""
        def is_of_numbers(value):
            return self.is_numeric(value, arrays)
        if call.kind == "copy-method":
            return "array" if is_of_numbers(call.node.func.value) else None
        if call.kind == "astype-method":
            base = call.node.func.value
            return "array" if is_of_numbers(base) or self.is_used_as_array(base) else None
        if call.kind == "copy":
            known = [it for it in call.arguments if not self.is_used_as_array(it)]
            if all(map(is_of_numbers, known)):
                return "array"
            return "own" if call.function in NUMPY_LIKE else "view"
        return call.kind

    def _is_repeatable_binding(self, binding, names):
        kind, value = binding
        return kind == "index" or kind == "value" and self.is_repeatable(value, names)

    def is_repeatable(self, value, names=None):
        """Whether going through an expression leaves it as it was: an iterator is used up."""
        names = self.repeatable if names is None else names
        if self.is_numeric(value) or isinstance(value, DISPLAYS + (ast.BinOp, ast.Constant)):
            return True
        if isinstance(value, ast.Name):
            return value.id in names or self.is_used_as_array(value)
        if isinstance(value, ast.Subscript):
            return self.is_used_as_array(value.value) or self._is_shape(value.value)
        if isinstance(value, ast.Call):
            call = Call(value, self.imports)
            is_made_here = call.function in ("enumerate", "zip") and names is self.repeatable
            return call.kind == "range" or is_made_here and call.kind == "view"
        is_generator = isinstance(value, ast.GeneratorExp) and names is self.repeatable
        return is_generator or self._is_shape(value)


class Scope(Kinds):
    """Whose memory the names of a function, or of the module, may stand for.

    What is made at one place in the text is one site. Sites that may hold one another are
    of one class; what is out of sight is of the class of OUTSIDE."""

    def __init__(self, owner, tree, imports):
        super().__init__(owner, tree, imports)
        self.parents = {}
        self.lists, self.dicts = set(), set()
        self.kept += [it.node for it in self.calls if self.kind(it) is None]
        self.origins = {name: set() for name in self.bindings}
        for name in self.parameters | self.declared:
            self.origins[name] = {OUTSIDE}
        self._find_origins()

    def _find_origins(self):
        changed = True
        while changed:
            before = sum(map(len, self.origins.values()))
            for name, values in self.bindings.items():
                for kind, value in values:
                    if kind == "outside":
                        self.origins[name].add(OUTSIDE)
                    elif value is not None:
                        self.origins[name] |= self.origin(value)
            changed = before != sum(map(len, self.origins.values()))
        for expression in self.kept:
            for name in names_of(expression):
                self._join({OUTSIDE} | self.origins.get(name, set()))
        for name in self.declared & set(self.bindings):
            self._join({OUTSIDE} | self.origins[name])
        for base, value in self.stored:
            if value is not None and not self.is_numeric(base) and not self.is_number(value):
                self._join(self.origin(base) | self.origin(value))

    def _class(self, one):
        while one in self.parents:
            one = self.parents[one]
        return one

    def _join(self, sites):
        """Makes sites one class, of which OUTSIDE is the name if it is one of them."""
        classes = {self._class(it) for it in sites}
        name = OUTSIDE if OUTSIDE in classes else next(iter(classes), None)
        for one in classes - {name}:
            self.parents[one] = name

    def classes(self, expression):
        """The classes of memory of an expression. Where none is known it may be any."""
        return {self._class(it) for it in self.origin(expression) or {OUTSIDE}}

    def is_dict(self, expression):
        """Whether it may be a dictionary, which keeps the order in which keys came."""
        return bool(self.origin(expression) & self.dicts)

    def holds_objects(self, expression):
        """Whether it may be a list that was made here, whose elements may be one object."""
        return not self.is_numeric(expression) and bool(self.origin(expression) & self.lists)

    def origin(self, value):
        """The sites of the memory that an expression may stand for."""
        fresh = {site(value)}
        if self.is_number(value):
            return set()
        if isinstance(value, (ast.Constant, ast.Compare, ast.UnaryOp, ast.JoinedStr)):
            return fresh
        if self.imports.is_metadata(value):
            return fresh
        if isinstance(value, ast.Name):
            return self.origins.get(value.id, {OUTSIDE})
        if isinstance(value, (ast.Subscript, ast.Attribute, ast.Starred)):
            return self.origin(value.value)
        if isinstance(value, ast.NamedExpr):
            return self.origin(value.value)
        if isinstance(value, ast.Call):
            return self._origin_of_call(value, fresh)
        parts = self._parts(value)
        if isinstance(value, (ast.Dict, ast.DictComp)):
            self.dicts |= fresh
        elif parts and isinstance(value, DISPLAYS + (ast.BinOp,)):
            self.lists |= fresh
        return {OUTSIDE} if parts is None else fresh.union(*map(self.origin, parts))

    def _parts(self, value):
        """What an expression may hold, or be; None where that is unknown."""
        if isinstance(value, ast.BinOp):
            sides = (value.left, value.right)
            # A list is repeated by whole numbers, and joined with no number at all.
            numbers = [it for it in sides if self.is_number(it)]
            if isinstance(value.op, ast.Mult):
                numbers = [it for it in numbers if isinstance(getattr(it, "value", 0), float)]
            is_arithmetic = bool(numbers) or not isinstance(value.op, (ast.Add, ast.Mult))
            # Lists that are joined or repeated have the same elements.
            return [] if is_arithmetic or self.is_numeric(value) else sides
        if isinstance(value, ast.BoolOp):
            return value.values
        if isinstance(value, ast.IfExp):
            return [value.body, value.orelse]
        if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
            return value.elts
        if isinstance(value, ast.Dict):
            return [it for it in value.keys if it is not None] + value.values
        if isinstance(value, COMPREHENSIONS):
            # Whatever it is made of, a generator also later.
            return [it for it in ast.walk(value) if isinstance(it, ast.Name)
                    and isinstance(it.ctx, ast.Load)] + [
                    it for it in ast.walk(value) if isinstance(it, ast.Call)]
        return None

    def _origin_of_call(self, value, fresh):
        call = Call(value, self.imports)
        kind = self.kind(call)
        if kind in ("range", "array", "numeric", "number", "own"):
            return fresh
        if call.module == "builtins" and "dict" in str(call.function):
            self.dicts |= fresh
        elif "dict" in ast.unparse(value.func).lower():
            self.dicts |= fresh
        parts = call.arguments
        if kind is None:
            fresh = fresh | {OUTSIDE}
            if isinstance(value.func, ast.Attribute):
                parts = parts + [value.func.value]
        return fresh.union(*(self.origin(part) for part in parts))
