"""Which lines of a Numba script got faster or slower, from Python.

Scripts name parts of themselves by `profila.region`. `python -m profila` is the program `profila`,
which profiles with the Python that runs it. `%load_ext profila` has the magics for notebooks:
`%%profila` and `%%profila_diff`.
"""

from .regions import region

__all__ = ["region"]


def load_ipython_extension(shell):
    """What `%load_ext profila` calls."""
    from .notebook import ProfilaMagics

    shell.register_magics(ProfilaMagics)
