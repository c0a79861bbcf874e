"""Which lines of a Numba script got faster or slower, from Python.

`python -m profila` is the program `profila`, which profiles with the Python that runs it.
`%load_ext profila` has the magics for notebooks: `%%profila` and `%%profila_diff`.
"""


def load_ipython_extension(shell):
    """What `%load_ext profila` calls."""
    from profila.notebook import ProfilaMagics

    shell.register_magics(ProfilaMagics)
