"""Prints the functions of source texts, as Python's own parser has them.

What it prints is what `profila::syntax` has to find. The argument is a file with a list of
texts in JSON. Of each it prints, in JSON too, a list of functions in the order in which they
begin, or null where Python cannot parse the text. A function is a list of its qualified name,
its first and last line, and the first and last line of each of its statements.
"""

import ast
import json
import sys
import warnings

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TRY = (ast.Try, getattr(ast, "TryStar", ast.Try))
NOTHING = (
    *FUNCTIONS,
    *TRY,
    ast.ClassDef,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Global,
    ast.Nonlocal,
    ast.Import,
    ast.ImportFrom,
)


def does_something(node):
    """Return whether a statement can come to machine instructions by itself."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_declaration = isinstance(node, ast.AnnAssign) and node.value is None
    return not (isinstance(node, NOTHING) or is_text or is_declaration)


def statements(node, found):
    """Add the lines of the statements in a node to those that were found."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and does_something(child):
            body = getattr(child, "body", [])
            last = max(child.lineno, body[0].lineno - 1) if body else child.end_lineno
            found.append((child.lineno, last))
        if not isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.expr)):
            statements(child, found)
    return found


def visit(node, prefix, found):
    """Add the functions in a node to those that were found, each with where it begins."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            begin = min((it.lineno, it.col_offset) for it in (child, *child.decorator_list))
            name = prefix + child.name
            function = (name, begin[0], child.end_lineno, statements(child, []))
            found.append((begin, function))
            visit(child, name + ".<locals>.", found)
        elif isinstance(child, ast.ClassDef):
            visit(child, prefix + child.name + ".", found)
        elif isinstance(child, ast.Lambda):
            # One within a function is a part of it, as a comprehension is.
            if "<locals>" not in prefix:
                begin = (child.lineno, child.col_offset)
                lines = [(child.body.lineno, child.body.end_lineno)]
                function = (prefix + "<lambda>", begin[0], child.end_lineno, lines)
                found.append((begin, function))
        else:
            visit(child, prefix, found)


def functions(text):
    """Return the functions of a text."""
    found = []
    try:
        visit(ast.parse(text), "", found)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found.sort(key=lambda it: it[0])
    return [function for _, function in found]


def main():
    """Print the functions of each text."""
    warnings.simplefilter("ignore")
    with open(sys.argv[1], encoding="utf-8") as file:
        texts = json.load(file)
    print(json.dumps([functions(text) for text in texts]))


main()
