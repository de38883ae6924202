"""A form that came too late: the page that says so holds what somebody typed, and can send it once more.

Only for a form that a page of this very host sent. A form that another site sent in somebody's name is never handed
back with a token that would let it through.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Request
from werkzeug.exceptions import HTTPException

from portage.core import csrf, idempotency

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
WORDS_FROM = 20  # a text as long as this was typed, not chosen


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the form goes, its fields as they were sent, and the texts among them."""

    action: str
    fields: tuple[tuple[str, str], ...]
    keyed: bool

    @property
    def words(self) -> list[str]:
        """What somebody would be sorry to write again."""
        return [value for name, value in self.fields if not name.startswith("_") and len(value) >= WORDS_FROM]


def kept_from(request: Request) -> Kept | None:
    """What a form held that is not taken now; None where it cannot be sent again from an error's page."""
    if request.method != "POST" or request.mimetype not in FORMS or not _of_this_host(request):
        return None
    try:
        if any(upload.filename for upload in request.files.values()):
            return None  # a page cannot hold a file
        sent = tuple((name, value) for name, value in request.form.items(multi=True) if name != csrf.FIELD)
    except HTTPException:  # too large, or damaged
        return None
    return Kept(request.full_path.rstrip("?"), sent, _is_key(request.form.get(idempotency.FIELD, ""))) if sent else None


def _of_this_host(request: Request) -> bool:
    """Whether the browser says that a page of this host sent it; one that says nothing is not believed."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "")
    same = origin.split("://", 1)[-1] == request.host if "://" in origin else False
    return site == "same-origin" and (same or not origin) if site else same


def _is_key(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False
