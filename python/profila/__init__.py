"""What scripts can tell profila about themselves."""

from .regions import region

__all__ = ["region"]
