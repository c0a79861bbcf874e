"""The magics of `%load_ext profila`."""

import contextlib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.display import display

from profila import emit_line_tables, page
from profila.cells import NAME, CellError, Kept, require_plain
from profila.program import ProgramMissing, find

# Where the report of `annotate` begins, after what the script printed.
REPORT = "\n# Total samples:"


@magics_class
class ProfilaMagics(Magics):
    """Cells, profiled and compared in processes of their own."""

    def __init__(self, shell):
        super().__init__(shell)
        self.kept = Kept()

    @cell_magic
    def profila_setup(self, line, cell):
        """%%profila_setup [NAME]: code that other cells need.

        The cell is run here as any other, and its text is put before that of the cells that are
        profiled: before all of them, or, if it has a name, before those that say `--with NAME`.
        """
        with usage_errors():
            names, rest = Words(line).names(at_most=1)
            if rest.words:
                raise CellError(f"`%%profila_setup` takes a name alone, and not `{rest}`")
            require_plain(cell)
        if self.shell.run_cell(cell).success:
            self.kept.keep_setup(names[0] if names else None, cell)

    @cell_magic
    def profila(self, line, cell):
        """%%profila [NAME] [--with SETUP]... [OPTIONS] [-- ARGS]: where this cell spends its time.

        The cell runs in a process of its own, with the setups before it. With a name, it is kept
        for `%%profila_diff NAME`. The options are those of `profila annotate`.
        """
        with usage_errors():
            names, rest = Words(line).names(at_most=1)
            this, options = self.program(names[0] if names else "cell", cell, rest)
            if names:
                self.kept.keep(this)
            show_profile(this, options)

    @cell_magic
    def profila_diff(self, line, cell):
        """%%profila_diff BEFORE [NAME] [--with SETUP]... [OPTIONS] [-- ARGS]: what a change did.

        Compares this cell with an earlier one, which was kept under the name BEFORE. Both run in
        turn, in processes of their own. With a second name, this one is kept as well. The options
        are those of `profila diff`.
        """
        with usage_errors():
            names, rest = Words(line).names(at_most=2)
            if not names:
                raise CellError("`%%profila_diff` needs the name of the cell to compare with")
            before = self.kept.earlier(names[0])
            this, options = self.program(names[1] if names[1:] else "cell", cell, rest)
            if names[1:]:
                self.kept.keep(this)
            show_comparison(before, this, options)

    @line_magic
    def profila_lines(self, line):
        """%profila_lines: has this kernel show its lines to `profila attach`.

        All that Numba compiles from now on carries line tables, which change no machine code.
        Functions that were compiled before show their names alone, until their cells are run
        again.
        """
        with usage_errors():
            if line.strip():
                raise CellError(f"`%profila_lines` takes nothing, and not `{line.strip()}`")
        emit_line_tables()
        print(
            "What Numba compiles from now on has line tables. In a terminal, while a cell runs:\n"
            f"  profila attach --duration 10s {os.getpid()}"
        )

    def program(self, name, cell, words):
        """A cell as a program, by what the line of the magic says, and what it says besides."""
        setups, options = words.setups()
        return self.kept.program(name, cell, setups, self.shell.user_ns), options


class Words:
    """The words of the line of a magic."""

    def __init__(self, line):
        try:
            self.words = shlex.split(line) if isinstance(line, str) else line
        except ValueError as error:
            raise CellError(f"`{line}` cannot be split into words: {error}") from None

    def __str__(self):
        return shlex.join(self.words)

    def names(self, at_most):
        """The names at the beginning, and the other words."""
        names = []
        for word in self.words[:at_most]:
            if word.startswith("-"):
                break
            if not NAME.fullmatch(word):
                raise CellError(f"`{word}` is no name: one has letters, digits, `_` and `-`")
            names.append(word)
        return names, Words(self.words[len(names) :])

    def setups(self):
        """The setups that are asked for, and the other words."""
        setups, others = [], []
        words = iter(self.words)
        for word in words:
            if word == "--":
                others += [word, *words]
            elif word == "--with" or word.startswith("--with="):
                setup = word.partition("=")[2] or next(words, None)
                if setup is None:
                    raise CellError("`--with` needs the name of a setup")
                setups.append(setup)
            elif word == "--format" or word.startswith("--format="):
                raise CellError("a notebook chooses the form itself: `--export-…` writes others")
            else:
                others.append(word)
        return setups, Words(others)

    def options_and_arguments(self):
        """Options of profila, and arguments of the program."""
        if "--" not in self.words:
            return self.words, []
        end = self.words.index("--")
        return self.words[:end], self.words[end + 1 :]


@contextlib.contextmanager
def usage_errors():
    """Has IPython show what is wrong with a cell as it shows wrong magics, without a traceback."""
    try:
        yield
    except (CellError, ProgramMissing) as error:
        raise UsageError(str(error)) from None


def show_profile(this, words):
    """Profiles a program, and shows its lines below what it printed."""
    options, arguments = words.options_and_arguments()
    with folder_of(this) as folder:
        table, options = exported(options, "--export-csv", folder / "lines.csv")
        script = folder / this.name
        ended = run(["annotate", *options, "--", script, *arguments])
        said, found, report = without(folder, ended.stdout).rpartition(REPORT)
        print(said if found else report, end="")
        if found:
            forms = {"text/plain": found.strip() + report}
            if table.exists():
                rows = page.read(without(folder, table.read_text(encoding="utf-8")))
                forms["text/html"] = page.profile(script.name, this, rows)
            display(forms, raw=True)
        require_success(ended.returncode, without(folder, ended.stderr))


def show_comparison(before, after, words):
    """Compares two programs, and shows what is concluded."""
    options, arguments = words.options_and_arguments()
    with folder_of(before) as old, folder_of(after) as new:
        markdown, options = exported(options, "--export-markdown", new / "report.md")
        scripts = [old / before.name, new / after.name]
        ended = run(["diff", *options, *scripts, "--", *arguments])
        text = without(old, without(new, ended.stdout))
        if text and markdown.exists():
            shown = without(old, without(new, markdown.read_text(encoding="utf-8")))
            display({"text/plain": text, "text/markdown": shown}, raw=True)
        else:
            # Help, for example, is no report.
            print(text, end="")
        require_success(ended.returncode, without(old, without(new, ended.stderr)))


def exported(options, name, file):
    """A file that is exported, which may be the user's, and the options with which it is."""
    for word, following in zip(options, [*options[1:], ""]):
        option, _, given = word.partition("=")
        if option == name:
            return pathlib.Path(given or following), options
    return file, [*options, name, file]


@contextlib.contextmanager
def folder_of(this):
    """A temporary folder with a program in it.

    Its file is called as the cell is, without `.py`: Python looks for modules beside the script,
    and a cell may have the name of a module that it imports.
    """
    with tempfile.TemporaryDirectory(prefix="profila-") as folder:
        folder = pathlib.Path(os.path.realpath(folder))
        (folder / this.name).write_text(this.text, encoding="utf-8")
        yield folder


def without(folder, text):
    """A text in which the files of a temporary folder have their names alone.

    Markdown may have a backslash before any character.
    """
    return re.sub(r"\\?".join(map(re.escape, f"{folder}/")), "", text)


def run(words):
    """Runs profila with this Python, where modules beside the notebook can be imported."""
    path = [os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PROFILA_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(path),
    }
    # Kernels have colours forced on whatever they start.
    command = [find(), "--color=never", *words]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, errors="replace", **streams) as it:
        try:
            stdout, stderr = it.communicate()
        except KeyboardInterrupt:
            # It ends what it has started, and leaves nothing.
            it.terminate()
            it.communicate()
            raise
    return subprocess.CompletedProcess(command, it.returncode, stdout, stderr)


def require_success(code, said):
    """Shows what profila said besides its report, and raises `UsageError` if it failed."""
    if said:
        print(said, end="", file=sys.stderr)
    if code:
        raise UsageError(f"profila ended with exit code {code}; what went wrong is above")
