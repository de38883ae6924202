"""Requests for the tests of this folder."""

from support.cases import family_of

__all__ = ["family_of"]
