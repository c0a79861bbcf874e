"""Ends its output in the middle of a line."""

from work import work

print("this line has no end", end="", flush=True)
work(0.5)
