"""Ends with an exception and its traceback."""

from work import work


def fail():
    """Raise, one call deep."""
    raise ValueError("raised on purpose")


work(0.5)
fail()
