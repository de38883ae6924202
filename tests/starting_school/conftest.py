"""Requests for the tests of starting school."""

from support.requests import request_of

__all__ = ["request_of"]
