"""What the program generates for those who install it: completions for shells, and its manual."""

import pathlib
import subprocess
import tempfile

# Where each shell looks for completions, below the folder that programs are installed into.
COMPLETIONS = {
    "bash": "share/bash-completion/completions/profila",
    "elvish": "share/elvish/lib/profila.elv",
    "fish": "share/fish/vendor_completions.d/profila.fish",
    "zsh": "share/zsh/site-functions/_profila",
}

# Where `man` looks for pages about programs.
MANUAL = "share/man/man1"


def files(program):
    """Every file, by its path, with its content."""
    for shell, path in COMPLETIONS.items():
        yield path, output(program, "completions", shell)
    with tempfile.TemporaryDirectory() as folder:
        output(program, "manual", folder)
        for page in sorted(pathlib.Path(folder).iterdir()):
            yield f"{MANUAL}/{page.name}", page.read_bytes()


def output(*command):
    """What a command prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
