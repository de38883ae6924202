"""Where somebody may be sent after signing in: an address on this very site and nothing else."""

from __future__ import annotations

import re

START = "/start"
_LONGEST = 500
# A letter, digit or a plain mark after the first slash: no `//host`, no `/\host`, no control characters, no scheme.
_PLAIN = re.compile(r"/(?:[A-Za-z0-9._~-][A-Za-z0-9._~/%&=?+:,@!$'()*;-]*)?")
_NOT_BACK_TO = ("/sign-in", "/sign-out", "/auth", "/signed-out", "/invitation", "/operator/sign-in", "/operator/auth")


def safe_next(asked: str | None, otherwise: str = START) -> str:
    """The path that somebody was going to, when it is a path of this site worth going back to; else `otherwise`."""
    if not asked or len(asked) > _LONGEST or not _PLAIN.fullmatch(asked) or asked == "/":
        return otherwise
    path = asked.partition("?")[0]
    if "//" in path or "/.." in path or "%2f" in path.lower() or "%5c" in path.lower():
        return otherwise
    if any(path == place or path.startswith(f"{place}/") for place in _NOT_BACK_TO):
        return otherwise
    return asked
