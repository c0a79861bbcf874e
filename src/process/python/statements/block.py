

def walk_suites(node, owner, tried=None):
    """All suites, with the node that each is right in, the scope around it, and the `try`
    whose handlers would see what an exception in it has left undone."""
    for suite in suites(node):
        is_tried = isinstance(node, TRIES) and suite is node.body and node.handlers
        within_it = node if is_tried else tried
        yield suite, node, owner, within_it
        for statement in suite:
            if isinstance(statement, FUNCTIONS + (ast.ClassDef,)):
                yield from walk_suites(statement, statement)
            else:
                yield from walk_suites(statement, owner, within_it)


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
    for suite, node, owner, tried in walk_suites(tree, tree):
        inside = [it for it in suite if first_line(it) <= last and it.end_lineno >= first]
        if not inside:
            continue
        begins, ends = first_line(inside[0]), inside[-1].end_lineno
        if any(map(is_code, range(first, begins))) or ends < last:
            # Something else is in these lines.
            continue
        if begins >= first and ends == last:
            # The outermost that fits: what is within one of its statements fits as well.
            if tried is not None:
                raise Refused(
                    f"the block is in the `try` in line {tried.lineno}, whose handlers would see "
                    "what an exception has left undone",
                    "give a block outside the `try`",
                )
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
        f"{lines(first, last)} {'cuts' if first == last else 'cut'} the statement in {lines(first_line(cut), cut.end_lineno)}",
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
    best = (0, 0, None)
    for suite, node, owner, tried in walk_suites(function, function):
        if owner is not function or tried is not None:
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
            part = free_part(run, function, tree, imports, assume)[:most]
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


def free_part(run, function, tree, imports, assume):
    """The statements from the first to the last that may change places."""
    if len(run) < 2:
        return []
    found = dependences(run, function, tree, imports)
    pairs = {
        (it["first"], it["second"])
        for it in found
        if not (assume and it["kind"].startswith(("memory", "call-")))
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
    except (SyntaxError, ValueError) as error:
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
            "dependences": dependences(inside, scope_owner, tree, imports),
        }
    }


def main():
    try:
        found = answer(REQUEST)
    except Refused as refused:
        found = {"refused": {"message": refused.message, "hint": refused.hint}}
    except RecursionError:
        found = {"refused": {
            "message": "an expression or a block in it is nested too deeply",
            "hint": "write it in several statements",
        }}
    print()
    print(json.dumps(found))


main()
