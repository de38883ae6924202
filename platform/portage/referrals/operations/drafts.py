"""Requests that somebody is filling in: kept for one browser and a short time, then forgotten with their files."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, func, select

from portage.core.db import db
from portage.core.files import Kept, forget_after_commit
from portage.core.stray_files import names_files
from portage.core.tenancy import current_tenant_id, scoped
from portage.referrals.models import AskDraft

STAYS = timedelta(hours=2)  # since the last answer: many families share a telephone, or use one at a library
MOST_PAPERS = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """What a draft remembers of what it became, for the page that says thank you."""

    became_id: UUID  # of the request, or of the notification
    reference: str
    area_id: UUID | None


def browser_hash(secret: str) -> bytes:
    """How a draft names its browser: a hash of what only that browser holds."""
    return hashlib.sha256(b"draft:" + secret.encode()).digest()


def find_draft(browser: bytes, route: str, *, at: datetime, lock: bool = False) -> AskDraft | None:
    """The draft of this browser for a route, if it is still kept; `lock` lets one sending at a time have it."""
    wanted = scoped(AskDraft).where(AskDraft.browser_hash == browser, AskDraft.route == route, AskDraft.expires_at > at)
    wanted = wanted.order_by(AskDraft.created_at.desc()).limit(1)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(wanted).scalar_one_or_none()


def open_draft(browser: bytes, route: str, *, at: datetime) -> AskDraft:
    """Begin a request afresh; an earlier draft of this browser for the route is forgotten."""
    for earlier in db.session.execute(
        scoped(AskDraft).where(AskDraft.browser_hash == browser, AskDraft.route == route)
    ).scalars():
        forget_draft(earlier)
    draft = AskDraft(browser_hash=browser, route=route, answers={"pages": {}}, files=[], expires_at=at + STAYS)
    db.session.add(draft)
    db.session.flush()
    return draft


def keep_answers(draft: AskDraft, page: str, values: dict[str, Any], *, at: datetime) -> None:
    """Keep a page's answers as they were typed."""
    draft.answers = {**draft.answers, "pages": {**draft.answers.get("pages", {}), page: values}}
    draft.expires_at = at + STAYS
    db.session.flush()


def keep_paper(draft: AskDraft, kept: Kept, kind: str, *, at: datetime) -> None:
    """Keep a file with the draft."""
    draft.files = [*draft.files, {**kept.as_json(), "kind": kind}]
    draft.expires_at = at + STAYS
    db.session.flush()


def drop_paper(draft: AskDraft, place: int, *, at: datetime) -> str | None:
    """Take a file out of the draft again, by its place in the list; answers its name."""
    if not 0 <= place < len(draft.files):
        return None
    gone = draft.files[place]
    draft.files = [held for number, held in enumerate(draft.files) if number != place]
    draft.expires_at = at + STAYS
    forget_after_commit(gone["key"])
    db.session.flush()
    return str(gone["name"])


def papers_of(draft: AskDraft) -> Iterator[tuple[Kept, str]]:
    """The files of a draft with their kinds."""
    for held in draft.files:
        yield Kept.from_json(held), held["kind"]


def mark_sent(draft: AskDraft, sent: Sent, *, at: datetime) -> None:
    """Keep nothing of the draft but what it became."""
    area = str(sent.area_id) if sent.area_id else None
    draft.answers = {"sent": {"became": str(sent.became_id), "reference": sent.reference, "area": area}}
    draft.files = []
    draft.expires_at = at + STAYS
    db.session.flush()


def sent_as(draft: AskDraft | None) -> Sent | None:
    """What a draft became, or None while it is being filled in."""
    sent = draft.answers.get("sent") if draft else None
    if not sent:
        return None
    return Sent(UUID(sent["became"]), sent["reference"], UUID(sent["area"]) if sent["area"] else None)


def forget_draft(draft: AskDraft) -> None:
    """Delete a draft, and the files that no request took over."""
    for held in draft.files:
        forget_after_commit(held["key"])
    db.session.delete(draft)
    db.session.flush()


def forget_expired(*, at: datetime, most: int = 200) -> int:
    """Delete this council's drafts whose time is over, with their files; answers how many."""
    over = select(AskDraft).where(AskDraft.tenant_id == current_tenant_id(), AskDraft.expires_at <= at).limit(most)
    drafts = list(db.session.execute(over).scalars())
    for draft in drafts:
        forget_draft(draft)
    return len(drafts)


@names_files
def keys_in_drafts() -> Select[str]:
    """The files that drafts hold."""
    key = func.jsonb_array_elements(AskDraft.files).op("->>", return_type=Text())("key")
    return select(key.label("key")).where(AskDraft.tenant_id == current_tenant_id())
