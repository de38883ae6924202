"""Children on a visitor's caseload, for the tests of the app for phones."""

from support.episodes import accepted_of, supported_of

__all__ = ["accepted_of", "supported_of"]
