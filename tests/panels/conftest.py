"""Requests for the tests of this folder."""

from support.requests import request_of

__all__ = ["request_of"]
