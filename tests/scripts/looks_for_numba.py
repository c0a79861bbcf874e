"""Looks whether there is a Numba before it imports it, as careful scripts do."""

import importlib.util

print(importlib.util.find_spec("numba") is not None)

from work import work  # noqa: E402

work(0.3)
