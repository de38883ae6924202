"""Forms can only be sent from pages that this service gave to the same browser."""

import hashlib
import hmac

from flask import Request

from portage.core.errors import FormExpired

FIELD = "_csrf"
HEADER = "X-Portage-Token"  # the same, from a script of ours that sends JSON: no other site's page can set it


def token(secret: bytes, cookie: str) -> str:
    """The token for forms: bound to the browser's session or visitor cookie, so a copy is worth nothing elsewhere."""
    return hmac.new(secret, b"csrf:" + cookie.encode(), hashlib.sha256).hexdigest()


def check(request: Request, expected: str) -> None:
    """Raise `FormExpired` unless the request carries the session's token and comes from this very host.

    A form has it in a field. JSON has it in a header.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise FormExpired
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin.split("://", 1)[-1] != request.host:
        raise FormExpired
    told = request.headers.get(HEADER, "") if request.is_json else request.form.get(FIELD, "")
    if not expected or not hmac.compare_digest(told.encode(), expected.encode()):
        raise FormExpired
