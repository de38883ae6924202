"""Random tokens: the browser or the letter holds the token, the database only its hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 bits from the system's generator, safe in a cookie and in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """SHA-256 of a token. A token of 256 random bits needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()
