

# In the place of an index: how many elements there are.
LENGTH = "length"


class Access:
    """Reading or writing what a name stands for, or one element of it."""

    def __init__(self, name, classes, index, writes):
        self.name, self.classes, self.index, self.writes = name, classes, index, writes
        # Whether it is of one element, so that there are as many as before.
        self.is_element = False
        # What is accessed, as it is written, with the names in that; None where it is not
        # certain that it is.
        self.certain, self.names = None, set()


class Effects(ast.NodeVisitor):
    """What a statement does."""

    def __init__(self, statement, scope):
        self.scope, self.imports = scope, scope.imports
        self.reads, self.writes = set(), set()
        self.accesses = []
        self.call = self.opaque = self.exit = None
        self.loops = self.branches = 0
        self.visit(statement)

    def does_anything(self, what):
        self.call = self.call or what

    def is_not_understood(self, what):
        self.opaque = self.opaque or what

    def leaves(self, word):
        self.exit = self.exit or word

    def access(self, expression, index, writes, written_as=None):
        """Takes in an access of what an expression stands for, or of an element of it."""
        name = root(expression)
        if name is not None and self.scope.is_number(ast.Name(name, ast.Load())):
            return
        shown = name or ast.unparse(expression)[:40]
        access = Access(shown, self.scope.classes(expression), index, writes)
        if written_as is not None:
            self.accesses.append(self._described(access, expression, written_as))
        else:
            self.accesses.append(access)

    def _described(self, access, base, element):
        if isinstance(element, ast.Subscript) and isinstance(access.index, list):
            part = element.slice
            parts = part.elts if isinstance(part, ast.Tuple) else [part]
            access.is_element = all(map(self.scope.is_number, parts))
        if isinstance(base, ast.Name) and self.branches == 0:
            access.certain, access.names = ast.unparse(element), set(names_of(element))
        return access

    def goes_through(self, expression):
        """An iterator is not the same afterwards, and a generator reads what it is made of."""
        if not self.scope.is_repeatable(expression):
            self.access(expression, None, True)
            self.reads |= self.scope.captured

    def _conditionally(self, node):
        self.branches += 1
        self.generic_visit(node)
        self.branches -= 1

    visit_IfExp = visit_BoolOp = visit_Try = visit_TryStar = _conditionally

    def visit_If(self, node):
        self.visit(node.test)
        self.branches += 1
        for statement in node.body + node.orelse:
            self.visit(statement)
        self.branches -= 1

    def generic_visit(self, node):
        if isinstance(node, ast.stmt) and not isinstance(node, UNDERSTOOD):
            self.is_not_understood(type(node).__name__.lower())
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
        if isinstance(node.ctx, ast.Load) and self.imports.is_metadata(node):
            return
        self.access(node.value, None, not isinstance(node.ctx, ast.Load), node)

    def visit_Subscript(self, node):
        base = node.value
        is_read = isinstance(node.ctx, ast.Load)
        self.visit(node.slice)
        self._names_alone(base)
        if is_read and self.imports.is_metadata(base):
            return
        index = None if isinstance(node.ctx, ast.Del) else self._index(node)
        self.access(base, index, not is_read, node)

    def _index(self, node):
        """The components of an index: a name and a constant for each that is a number, and
        None for what is not understood; up to the first that may be of several dimensions,
        or of none. None for all where elements are not told apart."""
        if not isinstance(node.value, ast.Name) or self.scope.is_dict(node.value):
            return None
        expression = node.slice
        parts = expression.elts if isinstance(expression, ast.Tuple) else [expression]
        index = []
        for part in parts:
            if isinstance(part, ast.Slice):
                index.append(None)
            elif self.scope.is_number(part):
                index.append(affine(part))
            else:
                break
        return index

    def visit_Assign(self, node):
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)
            is_slice = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice)
            is_list = is_slice and not self.scope.is_numeric(target.value)
            if isinstance(target, (ast.Tuple, ast.List)) or is_list:
                self.goes_through(node.value)

    def visit_AugAssign(self, node):
        self.visit(node.value)
        target = node.target
        self.visit(target)
        if isinstance(target, ast.Name):
            self.reads.add(target.id)
            self.access(target, None, True)
            self.access(target, None, False)
            if self.scope.holds_objects(target):
                self.goes_through(node.value)
        elif isinstance(target, ast.Subscript) and not self.scope.holds_objects(target.value):
            self.access(target.value, self._index(target), False, target)
        else:
            # The element itself is changed, which may be in another place as well.
            self.access(target, None, True)
            self.access(target, None, False)

    def visit_Compare(self, node):
        self.generic_visit(node)
        for operation, right in zip(node.ops, node.comparators):
            if isinstance(operation, (ast.In, ast.NotIn)):
                self.goes_through(right)

    def visit_Starred(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            self.goes_through(node.value)


    def visit_Call(self, node):
        call = Call(node, self.imports)
        if self.scope.kind(call) is None:
            self.does_anything(call.name())
        if isinstance(node.func, ast.Name):
            self.reads.add(node.func.id)
        elif isinstance(node.func, ast.Attribute):
            # What a method is of is read.
            self.visit(node.func.value)
        else:
            self.visit(node.func)
        is_length = (call.module, call.function) == ("builtins", "len")
        if is_length and len(node.args) == 1 and isinstance(node.args[0], ast.Name):
            self.reads.add(node.args[0].id)
            self.access(node.args[0], LENGTH, False)
            return
        for argument in call.arguments:
            self.visit(argument)
        for argument in call.iterated():
            self.goes_through(argument)

    def visit_AnnAssign(self, node):
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_ExceptHandler(self, node):
        if node.name:
            self.writes.add(node.name)
        self.generic_visit(node)

    def _visit_loop(self, node):
        if isinstance(node, FOR_LOOPS):
            self.visit(node.iter)
            self.goes_through(node.iter)
            if isinstance(node.target, (ast.Tuple, ast.List)):
                if self.scope.holds_objects(node.iter):
                    self.access(node.iter, None, True)
            self.visit(node.target)
        if isinstance(node, ast.AsyncFor):
            self.leaves("await")
        self.branches += 1
        if isinstance(node, ast.While):
            self.visit(node.test)
        self.loops += 1
        for statement in node.body:
            self.visit(statement)
        self.loops -= 1
        for statement in node.orelse:
            self.visit(statement)
        self.branches -= 1

    visit_For = visit_AsyncFor = visit_While = _visit_loop

    def visit_comprehension(self, node):
        if node.is_async:
            self.leaves("await")
        self._conditionally(node)
        self.goes_through(node.iter)

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
        self.is_not_understood("lambda")
        self.generic_visit(node)

    def _visit_definition(self, node):
        self.is_not_understood(node.name)
        self.writes.add(node.name)
        self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _visit_definition

    def _visit_import(self, node):
        self.is_not_understood("import")
        for alias in node.names:
            self.writes.add(alias.asname or alias.name.split(".")[0])

    visit_Import = visit_ImportFrom = _visit_import

    def _visit_capture(self, node):
        self.is_not_understood("match")
        for name in (getattr(node, "name", None), getattr(node, "rest", None)):
            if name:
                self.writes.add(name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _visit_capture
