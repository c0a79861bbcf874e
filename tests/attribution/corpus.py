"""The kernels of the attribution corpus, as programs in folders of their own.

`kernels/*.py` and `scalar_functions.py` hold them, grouped by kind. A kernel is what
follows a line `# === NAME`, with what stands above the first such line in front of it.
A part of it that follows `# --- helper.py` is a module of that name beside it.

The line marked `# heavy` is the one that costs most. A line marked `# without: TEXT`
reads TEXT instead in the version without the heavy work; `# heavy: TEXT` is both. Each
kernel has a function `call` that does the work once.
"""

import dataclasses
import pathlib
import re

HERE = pathlib.Path(__file__).parent
MAIN = "kernel.py"

KERNEL = re.compile(r"^# === ([a-z0-9-]+)\n", re.MULTILINE)
MODULE = re.compile(r"^# --- ([a-z_]+\.py)\n", re.MULTILINE)
HEAVY = re.compile(r"  # heavy(:|$)", re.MULTILINE)
REPLACED = re.compile(r"^( *)\S.*  # (?:heavy|without): (.*)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A kernel: its kind, its name, and the text of each of its files."""

    kind: str
    name: str
    files: dict

    @property
    def label(self):
        """What it is called in reports and on the command line."""
        return f"{self.kind}/{self.name}"

    def heavy(self):
        """The file and the number of the line that is known to cost most."""
        places = [
            (file, text.count("\n", 0, mark.start()) + 1)
            for file, text in self.files.items()
            for mark in HEAVY.finditer(text)
        ]
        if len(places) != 1:
            raise ValueError(f"{self.label}: {len(places)} heavy lines, not one")
        return places[0]

    def without(self):
        """The files of the version that lacks the heavy work."""
        files = {
            file: REPLACED.sub(r"\1\2", text) for file, text in self.files.items()
        }
        if files == self.files:
            raise ValueError(f"{self.label} does not say what is without the heavy work")
        return files

    def write(self, folder):
        """Writes both versions into `folder`; returns their folders."""
        folders = []
        for version, files in (("with", self.files), ("without", self.without())):
            place = pathlib.Path(folder) / self.kind / self.name / version
            place.mkdir(parents=True, exist_ok=True)
            for file, text in files.items():
                (place / file).write_text(text)
            folders.append(place)
        return folders


def load():
    """All kernels, in a fixed order."""
    import scalar_functions

    kernels = [
        Kernel("scalar", name, {MAIN: text})
        for name, text in scalar_functions.kernels()
    ]
    for path in sorted((HERE / "kernels").glob("*.py")):
        kernels += _in_file(path.stem, path.read_text())
    labels = [kernel.label for kernel in kernels]
    if len(set(labels)) < len(labels):
        raise ValueError("two kernels have one name")
    for kernel in kernels:
        kernel.heavy()
        kernel.without()
    return kernels


def _in_file(kind, text):
    """The kernels of a file."""
    preamble, *parts = KERNEL.split(text)
    for name, body in zip(parts[::2], parts[1::2]):
        main, *modules = MODULE.split(body)
        files = {MAIN: preamble + main}
        files |= zip(modules[::2], modules[1::2])
        yield Kernel(kind, name, files)
