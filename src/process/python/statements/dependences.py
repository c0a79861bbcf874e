

# Behind a name that was given another one; it is in no name of Python.
RENAMED = "\0"


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
    if not (one.writes or other.writes) or not one.classes & other.classes:
        return False
    if LENGTH in (one.index, other.index):
        return not (one.is_element or other.is_element)
    return one.name != other.name or not are_different(one.index, other.index, written)


def do_meet(one, other, written):
    """Whether two accesses that may meet are the same, as they are written."""
    return one.certain is not None and one.certain == other.certain and not one.names & written


def on_names(earlier, later):
    """Why names keep two statements in their order."""
    for kind, names in (
        ("read-after-write", earlier.writes & later.reads),
        ("write-after-read", earlier.reads & later.writes),
        ("write-after-write", earlier.writes & later.writes),
    ):
        if names:
            yield kind, [min(names)]


def on_memory(earlier, later, written):
    """Why memory does: first what is certain."""
    both = [(one, it) for one in earlier.accesses for it in later.accesses
            if may_meet(one, it, written)]
    both.sort(key=lambda pair: not do_meet(*pair, earlier.writes | later.writes))
    for one, other in both[:1]:
        is_certain = do_meet(one, other, earlier.writes | later.writes)
        names = [one.name] + sorted({other.name} - {one.name})
        yield "same-memory" if is_certain else "memory", names


def dependences(block, owner, tree, imports):
    """Why each statement of a block has to come before each later one, if there is a reason."""
    effects = effects_of(block, owner, tree, imports)
    written = set().union(*(it.writes for it in effects))
    found = []
    for second, later in enumerate(effects):
        for first, earlier in enumerate(effects[:second]):
            reasons = list(on_names(earlier, later))
            for which, statement in (("first", earlier), ("second", later)):
                for kind, what in (
                    ("exit", statement.exit),
                    ("opaque", statement.opaque),
                    ("call", statement.call),
                ):
                    if what:
                        reasons.append((f"{kind}-of-{which}", [what]))
            reasons += on_memory(earlier, later, written)
            found += [
                {"first": first, "second": second, "kind": kind,
                 "names": [it.split(RENAMED)[0] for it in names]}
                for kind, names in reasons
            ]
    return found


def effects_of(block, owner, tree, imports):
    """The effects of each statement. For that, names that are private to each of them are
    different names."""
    private = private_names(block, Scope(owner, tree, imports))
    renamed = [
        (node, node.id, number)
        for number, statement in enumerate(block)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and node.id in private
    ]
    for node, name, number in renamed:
        node.id = f"{name}{RENAMED}{number}"
    scope = Scope(owner, tree, imports)
    effects = [Effects(statement, scope) for statement in block]
    for node, name, _ in renamed:
        node.id = name
    return effects


def use(statements, name, is_assigned):
    """Whether statements may read a name before they assign it, and whether they have
    assigned it afterwards in any case."""
    is_exposed = False
    def reads(node):
        return node is not None and any(
            isinstance(it, ast.Name) and it.id == name and isinstance(it.ctx, ast.Load)
            for it in ast.walk(node)
        )
    for statement in statements:
        if isinstance(statement, FOR_LOOPS + (ast.While, ast.If)):
            is_for = isinstance(statement, FOR_LOOPS)
            head = statement.iter if is_for else statement.test
            is_bound = is_assigned or is_for and name in names_of(statement.target)
            exposed, in_body = use(statement.body, name, is_bound)
            exposed_else, in_else = use(statement.orelse, name, is_assigned)
            is_exposed |= exposed or exposed_else or reads(head) and not is_assigned
            is_assigned |= isinstance(statement, ast.If) and in_body and in_else
            continue
        is_changed = isinstance(statement, ast.AugAssign) and name in names_of(statement.target)
        is_exposed |= (reads(statement) or is_changed) and not is_assigned
        if isinstance(statement, ast.Assign):
            is_assigned |= any(
                isinstance(it, ast.Name) and it.id == name for it in statement.targets
            )
    return is_exposed, is_assigned


def read_elsewhere(owner, block):
    """Names that are read outside the block, and not in a loop that has just bound them."""
    found = set()
    def search(node, bound):
        if any(node is it for it in block):
            return
        if isinstance(node, FOR_LOOPS):
            is_around = any(it is block[0] for it in ast.walk(node))
            within_it = bound if is_around else bound | set(names_of(node.target))
            search(node.iter, bound)
            search(node.target, bound)
            for statement in node.body:
                search(statement, within_it)
            for statement in node.orelse:
                search(statement, bound)
            return
        is_changed = isinstance(node, ast.AugAssign)
        if is_changed and isinstance(node.target, ast.Name) and node.target.id not in bound:
            found.add(node.target.id)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in bound:
            found.add(node.id)
        for child in ast.iter_child_nodes(node):
            search(child, bound)
    for statement in owner.body:
        search(statement, set())
    return found


def private_names(block, scope):
    """Names that each statement of a block assigns before it reads them, and that nothing
    reads after it: they might as well be different names."""
    if not isinstance(scope.owner, FUNCTIONS):
        return set()
    stored, lost = set(), set(scope.declared) | scope.captured
    for node in (node for statement in block for node in ast.walk(statement)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.add(node.id)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            lost.add(node.id)
    lost |= {name for name, values in scope.bindings.items()
             if any(kind == "outside" for kind, _ in values)}
    lost |= read_elsewhere(scope.owner, block)
    return {
        name for name in stored - lost
        if not any(use([statement], name, False)[0] for statement in block)
    }
