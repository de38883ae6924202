"""Asking for a preview, carrying it out piece by piece, stopping it, and forgetting its list."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, column, delete, func, insert, literal, select, update
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import JSONB

from portage.core import outbox
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_by_id
from portage.editions.refusals import DraftUnfinished
from portage.policy import EditionInvalid, Facts, dates
from portage.previews import cases
from portage.previews.comparing import Difference, Judge, compare
from portage.previews.models import RUNNING, Preview, PreviewChange
from portage.previews.planning import Planned, group_of, plan

WORK = "preview.work"
LOOKS_BACK = 24  # months
LIST_IS_KEPT = timedelta(days=90)
_LOOK_UP_EVERY = 100  # requests between two looks at the time
_MOST_AT_ONCE = 5_000  # changes that one piece of work holds in memory


@dataclass(frozen=True, slots=True)
class AskForPreview:
    """Which edition, and the day from which it is imagined to hold."""

    edition_id: UUID
    from_on: date


def ask_for(command: AskForPreview, *, by: Actor, on: date, at: datetime) -> Preview:
    """Ask for a preview of a draft, or of an edition whose day has not come; one that runs already is given back.

    Raises `NotHere` for any other edition, and `DraftUnfinished` for one that no request could be judged by.
    """
    edition = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.id == command.edition_id)).one_or_none()
    if edition is None or not may_be_previewed(edition.status, edition.effective_from, on):
        raise NotHere
    try:
        edition_by_id(edition.id)
    except EditionInvalid as wrong:
        raise DraftUnfinished from wrong
    running = scoped(Preview).where(
        Preview.edition_id == edition.id,
        Preview.terms_digest == digest_of(edition.terms),
        Preview.from_on == command.from_on,
        Preview.status.in_(RUNNING),
    )
    if (same := db.session.scalars(running.limit(1)).one_or_none()) is not None:
        return same
    preview = Preview(
        edition_id=edition.id,
        terms_digest=digest_of(edition.terms),
        from_on=command.from_on,
        since=dates.add_months(on, -LOOKS_BACK),
        asked_by=by.person_id,
        asked_at=at,
    )
    db.session.add(preview)
    db.session.flush()
    outbox.put(WORK, preview.id)
    return preview


def may_be_previewed(status: str, effective_from: date | None, on: date) -> bool:
    """Whether an edition is still to come: a draft, or published for a later day."""
    return status == "draft" or (status == "published" and effective_from is not None and effective_from > on)


def digest_of(terms: Mapping[str, Any]) -> str:
    """A short name for the terms of a draft as they stand, by which a later change is noticed."""
    return hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()[:32]


def stop(preview_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Stop a preview that still runs; answers whether it did. What it found so far is not shown as a result."""
    return _change(preview_id, status="cancelled", cancelled_by=by.person_id, finished_at=at)


def give_up(preview_id: UUID, *, at: datetime) -> None:
    """Say of a preview that it could not be carried out."""
    _change(preview_id, status="failed", finished_at=at)


def _change(preview_id: UUID, **values: Any) -> bool:
    changed = db.session.execute(
        update(Preview)
        .where(Preview.tenant_id == current_tenant_id(), Preview.id == preview_id, Preview.status.in_(RUNNING))
        .values(**values)
        .returning(Preview.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


@dataclass(slots=True)
class Piece:
    """What one piece of work found, and where the next one begins."""

    plan: list[Planned]
    at: int = 0
    after: UUID | None = None
    judged: int = 0
    unread: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    moves: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    turned: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    @property
    def finished(self) -> bool:
        return self.at == len(self.plan)

    def keep(self, row: Row[Any], facts: Facts, found: Difference) -> None:
        """Note a request that the draft would judge otherwise."""
        age = min(dates.completed_months(facts.date_of_birth, facts.received_on) // 12, cases.AGES[-1])
        area = str(row.area_id) if row.area_id else None
        self.changes.append(
            {
                "id": str(new_id()), "referral_id": str(row.id), "reference": row.reference, "area_id": area,
                "stage": row.stage, "received_on": row.received_on.isoformat(), "age": age, "was": found.was,
                "now": found.now, "turned": found.turned, "aged_out_on": _iso(found.aged_out_on),
                "ages_out_on": _iso(found.ages_out_on),
            }
        )  # fmt: skip
        self.moves[row.outcome or found.was, found.now, age, area, found.ages_out_on is not None] += 1
        self.turned.update((*each, area) for each in found.turned)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def advance(preview_id: UUID, *, enough: Callable[[], bool], at: datetime) -> bool:
    """Carry out one piece of a preview: judge until `enough()`, keep what was found, and ask for the next piece.

    Answers False for an id that the council does not have. Nothing is written before the piece is done, so a piece
    whose process died is simply done again.
    """
    preview = db.session.scalars(scoped(Preview).where(Preview.id == preview_id)).one_or_none()
    if preview is None:
        return False
    if preview.status not in RUNNING:
        return True
    draft = _draft_of(preview)
    if draft is None:
        _change(preview.id, status="outdated", finished_at=at)
        return True
    scope = cases.Scope(preview.since, preview.asked_at)
    values: dict[str, Any] = {}
    with cases.reading() as session:
        if not preview.position:
            values = _begin(cases.counted(session, scope), draft)
        position, total = values.get("position", preview.position), values.get("total", preview.total)
        piece = Piece([Planned.from_json(each) for each in position["plan"]], position["at"], _uuid(position["after"]))
        _judge(session, scope, piece, draft, enough)
        left = 0 if piece.finished else _left(session, scope, piece, draft)
    _keep(preview, piece, {**values, "done": total - left}, at)
    return True


def _draft_of(preview: Preview) -> Judge | None:
    """The draft that the preview was asked of; None when somebody changed its terms meanwhile."""
    try:
        draft = Judge.of(*edition_by_id(preview.edition_id))
    except EditionInvalid:  # in the middle of being changed
        return None
    return draft if digest_of(draft.edition.given["terms"]) == preview.terms_digest else None


def _uuid(kept: str | None) -> UUID | None:
    return UUID(kept) if kept else None


def _begin(counted: list[Any], draft: Judge) -> dict[str, Any]:
    """Count everything once, and plan what is to be judged again."""
    cells: Counter[tuple[Any, ...]] = Counter()
    for row in counted:
        cells[row.outcome, row.age, str(row.area_id) if row.area_id else None] += row.cases
    return {
        "position": {"plan": [each.as_json() for each in plan(counted, draft)], "at": 0, "after": None},
        "cells": [[*key, number] for key, number in cells.items()],
        "total": cells.total(),
        "plugin_version": draft.policy.version,
        "rules_digest": draft.policy.rules_digest,
    }


def _judge(session: Any, scope: cases.Scope, piece: Piece, draft: Judge, enough: Callable[[], bool]) -> None:
    """Judge group after group, until there is no more or it is enough."""
    while not piece.finished:
        planned = piece.plan[piece.at]
        own = Judge.of(*edition_by_id(planned.edition_id))
        for row in cases.candidates(session, scope, group_of(planned, own, draft), piece.after):
            _judge_one(row, piece, own, draft)
            piece.after = row.id
            piece.judged += 1
            if len(piece.changes) >= _MOST_AT_ONCE or (piece.judged % _LOOK_UP_EVERY == 0 and enough()):
                return
        piece.at, piece.after = piece.at + 1, None


def _judge_one(row: Row[Any], piece: Piece, own: Judge, draft: Judge) -> None:
    """Judge one request twice; one that the rules cannot read is counted, and stops no other."""
    try:
        facts, found = compare(own, draft, row.facts, row.stage)
    except Exception:  # a plugin's own code may fail in any way
        piece.unread += 1
        return
    if found is not None:
        piece.keep(row, facts, found)


def _left(session: Any, scope: cases.Scope, piece: Piece, draft: Judge) -> int:
    """How many requests are still to be judged."""
    left = 0
    for number, planned in enumerate(piece.plan[piece.at :]):
        own = Judge.of(*edition_by_id(planned.edition_id))
        left += cases.how_many(session, scope, group_of(planned, own, draft), None if number else piece.after)
    return left


def _keep(preview: Preview, piece: Piece, values: dict[str, Any], at: datetime) -> None:
    """Write down what a piece found, unless somebody stopped the preview meanwhile."""
    position = {
        "plan": [each.as_json() for each in piece.plan], "at": piece.at,
        "after": str(piece.after) if piece.after else None,
    }  # fmt: skip
    ended = {"status": "done", "finished_at": at} if piece.finished else {"status": "running"}
    kept = _change(
        preview.id,
        **values | ended | {"position": position},
        changed=preview.changed + len(piece.changes),
        unread=preview.unread + piece.unread,
        moves=_summed(preview.moves, piece.moves),
        turned=_summed(preview.turned, piece.turned),
    )
    if not kept:
        return
    if piece.changes:
        _write(preview.id, piece.changes)
    if not piece.finished:
        outbox.put(WORK, preview.id)


def _summed(kept: list[Any], found: Counter[tuple[Any, ...]]) -> list[Any]:
    summed = Counter({tuple(each[:-1]): each[-1] for each in kept})
    summed.update(found)
    return [[*key, number] for key, number in summed.items()]


_COLUMNS: dict[str, sql.TypeEngine[Any]] = {
    "id": sql.Uuid(), "referral_id": sql.Uuid(), "reference": sql.Text(), "area_id": sql.Uuid(), "stage": sql.Text(),
    "received_on": sql.Date(), "age": sql.Integer(), "was": sql.Text(), "now": sql.Text(), "turned": JSONB(),
    "aged_out_on": sql.Date(), "ages_out_on": sql.Date(),
}  # fmt: skip


def _write(preview_id: UUID, changes: list[dict[str, Any]]) -> None:
    """Write all changes of a piece in one statement: one for each row would take longer than judging them."""
    columns: Iterator[Any] = (column(name, kind) for name, kind in _COLUMNS.items())
    given = func.jsonb_to_recordset(literal(changes, JSONB())).table_valued(*columns, name="found")
    found = given.render_derived(with_types=True)
    council, preview = literal(current_tenant_id(), sql.Uuid()), literal(preview_id, sql.Uuid())
    db.session.execute(
        insert(PreviewChange).from_select(
            ["tenant_id", "preview_id", *_COLUMNS],
            select(council, preview, *(found.c[name] for name in _COLUMNS)),
            include_defaults=False,
        )
    )


def forget_lists(*, at: datetime) -> int:
    """Delete the lists of previews that ended long ago; their counts stay. Answers how many requests were listed."""
    old = select(Preview.id).where(
        Preview.tenant_id == current_tenant_id(),
        Preview.finished_at < at - LIST_IS_KEPT,
        Preview.forgotten_at.is_(None),
    )
    ids = list(db.session.scalars(old))
    gone = db.session.execute(
        delete(PreviewChange)
        .where(PreviewChange.tenant_id == current_tenant_id(), PreviewChange.preview_id.in_(ids))
        .returning(PreviewChange.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.execute(
        update(Preview)
        .where(Preview.tenant_id == current_tenant_id(), Preview.id.in_(ids))
        .values(forgotten_at=at)
        .execution_options(synchronize_session=False)
    )
    return len(gone)
