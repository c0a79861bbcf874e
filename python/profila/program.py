"""Where the program `profila` is, which was installed with this package."""

import os
import pathlib
import sys
import sysconfig
from importlib import metadata

NAME = "profila"


class ProgramMissing(Exception):
    """There is no program beside this package."""

    def __init__(self, searched):
        folders = ", ".join(str(path.parent) for path in searched)
        super().__init__(
            f"the program {NAME} is missing from this installation\n"
            f"cause: searched {folders}\n"
            "hint: install the package again, with `pip install --force-reinstall --no-deps` and the "
            "folder or the wheel that it was installed from"
        )


def find():
    """The program that belongs to this package.

    Raises `ProgramMissing` where there is none.
    """
    searched = list(dict.fromkeys(candidates()))
    for path in searched:
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise ProgramMissing(searched)


def candidates():
    """Where the program may be, the likeliest place first."""
    yield from recorded()
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        yield pathlib.Path(sysconfig.get_path("scripts", scheme), NAME)
    yield pathlib.Path(sys.executable).with_name(NAME)
    # As `pip install --target` has it.
    yield pathlib.Path(__file__).parent.with_name("bin") / NAME


def recorded():
    """Where the installer says that it put the program."""
    try:
        files = metadata.files(NAME)
    except metadata.PackageNotFoundError:
        return
    for file in files or []:
        if file.name == NAME and file.parent.name == "bin":
            yield pathlib.Path(os.path.abspath(file.locate()))
