"""Which lines of a Numba script got faster or slower, from Python.

`python -m profila` is the program `profila`, which profiles with the Python that runs it.
"""
