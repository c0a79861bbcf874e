"""Makes Numba look like a version whose insides are arranged in another way.

A class of its debug information gets its methods from a class above it. It works as
before, but is not what a profiler that replaces them expects.
"""

import builtins

build_class = builtins.__build_class__


def build_class_with_parent(function, name, *bases, **keywords):
    """Build a class, and `DIBuilder` as an empty one below it."""
    built = build_class(function, name, *bases, **keywords)
    return type(name, (built,), {}) if name == "DIBuilder" else built


builtins.__build_class__ = build_class_with_parent
