"""Shows the modes of the files of its run, and has another user attack them.

`is_attacked.py USER` lists what there is. Where it may, it then becomes another user, who
tries to read and to change each of them. With `replace` that user puts a folder of the
same name in place of the run's, with code in it, as far as the parent lets them.
"""

import os
import pathlib
import stat
import sys
import tempfile

from work import work

STRANGER = int(sys.argv[1])
PARENT = pathlib.Path(tempfile.gettempdir())

def attack(paths):
    """Try to read and to change each of these files and folders."""
    for path in paths:
        ways = {
            "read": lambda path: list(path.iterdir()) if path.is_dir() else path.read_bytes(),
            "write": lambda path: (path / "sitecustomize.py" if path.is_dir() else path).open("a"),
        }
        for way, attempt in ways.items():
            try:
                attempt(path)
                print("tried:", way, path, "and it worked")
            except OSError as error:
                print("tried:", way, path, type(error).__name__)


def replace(paths):
    """Put folders that everybody may read in place of these, with code in them."""
    os.umask(0)
    for path in paths:
        try:
            if path.parent == PARENT:
                path.rename(f"{path}-moved")
            path.mkdir()
            for file in ("sitecustomize.py", "line_tables.py", "planted"):
                (path / file).write_text("print('planted', flush=True)")
            print("replaced:", path)
        except OSError:
            pass


def own():
    """The files and folders of all runs, as they are named on the disk."""
    for folder in PARENT.iterdir():
        yield folder
        for place, folders, files in os.walk(folder):
            # What Numba writes has the modes that Numba gives it.
            folders[:] = [it for it in folders if not it.startswith("numba-cache")]
            yield from (pathlib.Path(place) / it for it in [*folders, *files])


def as_stranger(function, paths):
    """Call a function as another user, or as this one, who may become no other.

    In a child that stays this program: the other may not be let to the interpreter.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(STRANGER)
            os.setuid(STRANGER)
        function(paths)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)


found = sorted(own())
if sys.argv[2:] == ["replace"]:
    as_stranger(replace, [it for it in found if it.is_dir()])
else:
    for path in found:
        print("seen:", stat.filemode(path.stat().st_mode), path)
    if os.geteuid() == 0:
        as_stranger(attack, found)
work(0.5)
