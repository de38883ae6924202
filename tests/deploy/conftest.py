"""nginx and gunicorn for the tests of what is deployed."""

from support.front import front, pair, prefix

__all__ = ["front", "pair", "prefix"]
