"""A form sent twice is one request: the key that came with the form is claimed in the same transaction as its rows."""

import hashlib
from uuid import UUID

from flask import Request
from psycopg.errors import LockNotAvailable
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped

from portage.core.db import Model, TenantOwned, db
from portage.core.errors import SentDifferently, StillWorking
from portage.core.tenancy import current_tenant_id

FIELD = "_key"
_NOT_CONTENT = {FIELD, "_csrf"}


class IdempotencyKey(TenantOwned, Model):
    """A form's key, what was sent with it, and where its first sending led."""

    __tablename__ = "idempotency_key"

    route: Mapped[str]
    digest: Mapped[bytes]
    location: Mapped[str | None]


def digest_of(request: Request, who: str) -> bytes:
    """SHA-256 over the route, the sender and every field and file sent."""
    seen = hashlib.sha256(f"{request.endpoint}|{request.path}|{who}".encode())
    for name, values in sorted(request.form.lists()):
        if name not in _NOT_CONTENT:
            seen.update(repr((name, values)).encode())
    for name, upload in sorted(request.files.items(multi=True), key=lambda pair: (pair[0], pair[1].filename or "")):
        seen.update(repr((name, upload.filename)).encode())
        while chunk := upload.stream.read(65536):
            seen.update(chunk)
        upload.stream.seek(0)
    return seen.digest()


def claim(key: UUID, route: str, digest: bytes) -> str | None:
    """Claim the key for this transaction; answers the first sending's location when there was one.

    Waits for a first sending that is still being saved, and raises `StillWorking` when that takes too long. Raises
    `SentDifferently` for other content under the same key.
    """
    row = insert(IdempotencyKey).values(tenant_id=current_tenant_id(), id=key, route=route, digest=digest)
    row = row.on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    try:
        claimed = db.session.execute(row.returning(IdempotencyKey.id)).scalar_one_or_none()
    except OperationalError as waited:
        if isinstance(waited.orig, LockNotAvailable):
            raise StillWorking from waited
        raise
    if claimed is not None:
        return None
    first = db.session.execute(
        select(IdempotencyKey.digest, IdempotencyKey.location).where(
            IdempotencyKey.tenant_id == current_tenant_id(), IdempotencyKey.id == key
        )
    ).one()
    if first.digest != digest:
        raise SentDifferently
    return first.location or "/"


def remember(key: UUID, location: str) -> None:
    """Keep where the first sending led, so that a repetition leads there too."""
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.tenant_id == current_tenant_id(), IdempotencyKey.id == key)
        .values(location=location)
    )
