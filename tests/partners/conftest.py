"""Requests for the tests of partner teams."""

from support.requests import request_of

__all__ = ["request_of"]
