# Finds the statements of a block and which of them depend on which others. It runs in the
# user's Python, whose grammar the script is written in, and reads the script with `ast`
# alone: the script is neither imported nor run.
#
# Whatever is not understood depends on everything. Two statements are independent only if
# that follows from what is written in them and in the function around them.
#
# This program is the files of this folder, one after the other, in the order of
# `statements.rs`. What comes before has set REQUEST.

import ast
import builtins
import io
import json
import tokenize

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = FUNCTIONS + (ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FOR_LOOPS = (ast.For, ast.AsyncFor)
LOOPS = FOR_LOOPS + (ast.While,)
TRIES = (ast.Try, getattr(ast, "TryStar", ast.Try))
# Statements that are not moved: what they bind is bound for the code around them as well.
FIXED = SCOPES + (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
UNDERSTOOD = LOOPS + TRIES + (
    ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Expr, ast.If, ast.Pass,
    ast.Return, ast.Raise, ast.Assert, ast.Break, ast.Continue,
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

