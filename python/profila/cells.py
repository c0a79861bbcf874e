"""Cells of a notebook as programs of their own.

A program is the text of the setups that a cell was given, and that of the cell below them. It
has nothing else of the notebook: what is missing is told before it is run.
"""

import ast
import builtins
import dataclasses
import re
import symtable

# What only the process of a notebook has, although Python looks it up as it does builtins.
OF_NOTEBOOKS = {"display", "get_ipython"}

# What the interpreter defines in every program.
OF_PROGRAMS = {"__builtins__", "__doc__", "__file__", "__name__", "__package__", "__spec__"}

NAME = re.compile(r"[A-Za-z_][\w-]*")


class CellError(Exception):
    """A cell cannot be run as a program, or there is none of that name."""


@dataclasses.dataclass(frozen=True)
class Program:
    """A cell and its setups, in one text."""

    name: str
    text: str
    # The number of the line that the cell begins with.
    first: int


class Kept:
    """The setups and the programs of a notebook, by the names that they were given."""

    def __init__(self):
        self.setups = {}
        self.programs = {}

    def keep_setup(self, name, text):
        """Keeps a setup, in the place of an earlier one of this name. `None` is every cell's."""
        self.setups[name] = text

    def keep(self, program):
        """Keeps a program, in the place of an earlier one of its name."""
        self.programs[program.name] = program

    def program(self, name, cell, setups, defined):
        """The program of a cell with the setups that it asks for, besides every cell's.

        `defined` has the names that the notebook defines. Raises `CellError` for a cell that is
        no program.
        """
        setups = [each for each in [None, *setups] if self.has(each)]
        before = "".join(f"# {title(each)}\n{self.setup(each).rstrip()}\n\n\n" for each in setups)
        text = before + cell.rstrip() + "\n"
        require_plain(text)
        if names := missing(text, defined):
            listed = ", ".join(f"`{name}`" for name in names)
            raise CellError(
                f"the notebook defines {listed}, but the cell runs in a process of its own, which "
                "does not: put what it needs into a cell that begins with `%%profila_setup`"
            )
        return Program(name, text, first=len(lines_of(before)))

    def has(self, setup):
        """Whether a setup is put before a cell: every cell's only if there is one."""
        return setup is not None or setup in self.setups

    def setup(self, name):
        """The text of a setup."""
        return named(self.setups, name, "setup", "%%profila_setup")

    def earlier(self, name):
        """The program that was kept under a name."""
        return named(self.programs, name, "cell", "%%profila")


def title(setup):
    """What is written above a setup in a program."""
    return "setup" if setup is None else f"setup {setup}"


def named(those, name, kind, magic):
    """What was kept under a name. Raises `CellError` where there is nothing."""
    if name in those:
        return those[name]
    known = ", ".join(f"`{each}`" for each in those if each is not None) or "none"
    raise CellError(
        f"there is no {kind} `{name}`, of {known}: "
        f"run a cell that begins with `{magic} {name}` first"
    )


def lines_of(text):
    """The lines of a text as Python counts them, which `str.splitlines` does not.

    A form feed, for example, is a character within a line.
    """
    return re.split(r"\r\n|\r|\n", text)


def require_plain(text):
    """Raises `CellError` for a text that is not plain Python."""
    try:
        compile(text, "cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        line = lines_of(text)[(error.lineno or 1) - 1]
        raise CellError(
            f"the cell is no program of plain Python: {error.msg}: `{line.strip()}`; "
            "what only IPython knows, such as `%` and `!`, does not exist in a process of its own"
        ) from None


def missing(text, notebook):
    """The names that a program uses without a definition, and of which the notebook has one."""
    imports = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom))
    if any(alias.name == "*" for node in imports for alias in node.names):
        # What comes of that is not known before it is run.
        return []
    used, defined = set(), set(OF_PROGRAMS)
    module = symtable.symtable(text, "cell", "exec")
    for table in tables(module):
        for symbol in table.get_symbols():
            if table is not module and not symbol.is_global():
                continue
            if symbol.is_assigned() or symbol.is_imported():
                defined.add(symbol.get_name())
            elif symbol.is_referenced():
                used.add(symbol.get_name())
    known = set(dir(builtins)) - OF_NOTEBOOKS
    return sorted((used - defined - known) & (set(notebook) | OF_NOTEBOOKS))


def tables(table):
    """The table of symbols and all those within."""
    yield table
    for child in table.get_children():
        yield from tables(child)
