"""Families on their way to support, for the tests of this folder."""

from support.episodes import accepted_of, supported_of

__all__ = ["accepted_of", "supported_of"]
