"""nginx and gunicorn for the tests of what is deployed."""

from support.front import front, prefix

__all__ = ["front", "prefix"]
