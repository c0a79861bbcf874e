"""Calls itself all the time, below a decorator of several lines."""

from work import work
from numba import int64, njit


@njit(
    int64(int64),
)
# Nothing is counted up here.
def fib(n):  # hot
    """Return a Fibonacci number."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)  # hot


work(lambda: fib(25))
