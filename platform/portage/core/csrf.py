"""Forms can only be sent from pages that this service gave to the same browser."""

import hashlib
import hmac

from flask import Request

from portage.core.errors import FormExpired

FIELD = "_csrf"


def token(secret: bytes, cookie: str) -> str:
    """The token for forms: bound to the browser's session or visitor cookie, so a copy is worth nothing elsewhere."""
    return hmac.new(secret, b"csrf:" + cookie.encode(), hashlib.sha256).hexdigest()


def check(request: Request, expected: str) -> None:
    """Raise `FormExpired` unless the form carries the session's token and comes from this very host."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise FormExpired
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin.split("://", 1)[-1] != request.host:
        raise FormExpired
    if not expected or not hmac.compare_digest(request.form.get(FIELD, "").encode(), expected.encode()):
        raise FormExpired
