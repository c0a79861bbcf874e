"""Which lines of a Numba script got faster or slower, from Python.

Scripts name parts of themselves by `profila.region`. Services call `profila.emit_line_tables` when
they start, so that `profila attach` shows their lines. `python -m profila` is the program
`profila`, which profiles with the Python that runs it. `%load_ext profila` has the magics for
notebooks: `%%profila`, `%%profila_diff` and `%profila_lines`.
"""

from .emission import emit_line_tables
from .regions import region

__all__ = ["emit_line_tables", "region"]


def load_ipython_extension(shell):
    """What `%load_ext profila` calls."""
    from .notebook import ProfilaMagics

    shell.register_magics(ProfilaMagics)
