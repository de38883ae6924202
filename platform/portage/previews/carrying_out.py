"""Carrying out a preview, piece by piece: judge what the draft can change, keep what was found, ask for the next."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, column, func, insert, literal, select
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from portage.core import outbox
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.editions.operations import edition_by_id
from portage.policy import Facts, dates
from portage.policy.bounded import PolicyFailed, within
from portage.previews import cases
from portage.previews.comparing import Difference, Judge, compare
from portage.previews.models import RUNNING, Preview, PreviewChange
from portage.previews.operations import WORK, change_running, digest_of
from portage.previews.planning import Planned, Planner

_TOGETHER = 100  # requests that a plugin is asked about at once, between two looks at the time
LONGEST_TOGETHER = 10.0  # seconds for these; a plugin that takes longer has no end
_MOST_AT_ONCE = 5_000  # changes that one piece of work holds in memory
Found = tuple[Facts, Difference | None] | None  # None where the rules gave no answer


class Change(NamedTuple):
    """A request that the draft would judge otherwise."""

    referral_id: UUID
    reference: str
    area_id: str | None
    stage: str
    received_on: date
    age: int  # whole years on the day of the request; the last of `cases.AGES` is open
    found: Difference

    def as_row(self) -> dict[str, Any]:
        """What is written down of it, a value for each of `_COLUMNS`."""
        found = self.found
        told = (
            str(new_id()), str(self.referral_id), self.reference, self.area_id, self.stage,
            self.received_on.isoformat(), self.age, found.was, found.now, found.turned,
            _iso(found.aged_out_on), _iso(found.ages_out_on),
        )  # fmt: skip
        return dict(zip(_COLUMNS, told, strict=True))


@dataclass(slots=True)
class Piece:
    """What one piece of work found, and where the next one begins."""

    plan: list[Planned]
    groups: list[cases.Group]  # those of the plan, from `at` on
    began: int = 0
    at: int = 0
    after: UUID | None = None
    judged: int = 0
    unread: int = 0
    changes: list[Change] = field(default_factory=list)
    moves: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    turned: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    @property
    def group(self) -> cases.Group:
        """The requests that are being judged."""
        return self.groups[self.at - self.began]

    @property
    def finished(self) -> bool:
        return self.at == len(self.plan)

    def take(self, row: Row[Any], found: Found) -> None:
        """Take in what was found of the next request; one that the rules cannot read is counted."""
        self.after = row.id
        self.judged += 1
        if found is None:
            self.unread += 1
        elif found[1] is not None:
            self.keep(row, found[0], found[1])

    def keep(self, row: Row[Any], facts: Facts, found: Difference) -> None:
        """Note a request that the draft would judge otherwise."""
        age = min(dates.completed_months(facts.date_of_birth, facts.received_on) // 12, cases.AGES[-1])
        area = str(row.area_id) if row.area_id else None
        self.changes.append(Change(row.id, row.reference, area, row.stage, row.received_on, age, found))
        self.moves[row.outcome or found.was, found.now, age, area, found.ages_out_on is not None] += 1
        for each in found.turned:
            self.turned[(*each, area)] += 1


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
        change_running(preview.id, status="outdated", finished_at=at)
        return True
    scope = cases.Scope(preview.since, preview.asked_at)
    with cases.reading() as session:
        piece, values = _take_up(preview, session, scope, draft)
        try:
            _judge(session, scope, piece, draft, enough)
        except PolicyFailed:
            return change_running(preview.id, status="failed", finished_at=at) or True
        left = _left(preview, session, scope, piece)
    _keep(preview, piece, left, {**values, "done": values.get("total", preview.total) - left}, at)
    return True


def _take_up(preview: Preview, session: Session, scope: cases.Scope, draft: Judge) -> tuple[Piece, dict[str, Any]]:
    """Go on where the last piece ended; at the beginning count everything once, and plan what is to be judged."""
    planner = Planner.of(draft, preview.since, preview.asked_at.date())
    if preview.position:
        at, after = preview.position["at"], preview.position["after"]
        planned = [Planned.from_json(each) for each in preview.position["plan"]]
        groups = [planner.group(each) for each in planned[at:]]
        return Piece(planned, groups, at, at, UUID(after) if after else None), {}
    counted = cases.counted(session, scope)
    cells: Counter[tuple[Any, ...]] = Counter()
    for row in counted:
        cells[row.outcome, row.age, str(row.area_id) if row.area_id else None] += row.cases
    groups = planner.plan(counted)
    return Piece([Planned(group.edition_id, group.routes) for group in groups], groups), {
        "cells": [[*key, number] for key, number in cells.items()],
        "total": cells.total(),
        "plugin_version": draft.policy.version,
        "rules_digest": draft.policy.rules_digest,
    }


def _draft_of(preview: Preview) -> Judge | None:
    """The draft that the preview was asked of; None when somebody changed its terms meanwhile."""
    draft = Judge.by(preview.edition_id)
    return draft if draft and digest_of(draft.edition.given["terms"]) == preview.terms_digest else None


def _judge(session: Session, scope: cases.Scope, piece: Piece, draft: Judge, enough: Callable[[], bool]) -> None:
    """Judge group after group, until there is no more or it is enough."""
    while not piece.finished:
        own = Judge.of(*edition_by_id(piece.group.edition_id))
        rows = cases.candidates(session, scope, piece.group, piece.after)
        while batch := list(islice(rows, _TOGETHER)):
            for row, found in zip(batch, _answers(batch, own, draft), strict=True):
                piece.take(row, found)
            if len(piece.changes) >= _MOST_AT_ONCE or enough():
                return
        piece.at, piece.after = piece.at + 1, None


def _answers(rows: list[Row[Any]], own: Judge, draft: Judge) -> list[Found]:
    """Ask a plugin about some requests at once; where that fails, about each, so that one spoils no other.

    A plugin that has no end raises `PolicyFailed`: its preview fails, and the worker goes on with other work.
    """

    def question() -> list[Found]:
        return [compare(own, draft, row.facts, row.stage) for row in rows]

    try:
        return within(draft.policy.name, question, LONGEST_TOGETHER)
    except PolicyFailed as failed:
        if failed.how == "too-slow":
            raise
    return [_answer(row, own, draft) for row in rows]


def _answer(row: Row[Any], own: Judge, draft: Judge) -> Found:
    try:
        return compare(own, draft, row.facts, row.stage)
    except Exception:  # a plugin's own code may fail in any way
        return None


def _left(preview: Preview, session: Session, scope: cases.Scope, piece: Piece) -> int:
    """How many requests are still to be judged; counted once, after the first piece, and reckoned from then on."""
    if piece.finished:
        return 0
    if preview.position:
        return max(int(preview.position["left"]) - piece.judged, 0)
    groups = piece.groups[piece.at :]
    first = cases.how_many(session, scope, groups[0], piece.after)
    return first + sum(cases.how_many(session, scope, group, None) for group in groups[1:])


def _keep(preview: Preview, piece: Piece, left: int, values: dict[str, Any], at: datetime) -> None:
    """Write down what a piece found, unless somebody stopped the preview meanwhile."""
    position = {
        "plan": [each.as_json() for each in piece.plan], "at": piece.at,
        "after": str(piece.after) if piece.after else None,
        "left": left,
    }  # fmt: skip
    ended = {"status": "done", "finished_at": at} if piece.finished else {"status": "running"}
    kept = change_running(
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


def _write(preview_id: UUID, changes: list[Change]) -> None:
    """Write all changes of a piece in one statement: one for each row would take longer than judging them."""
    columns: Iterator[Any] = (column(name, kind) for name, kind in _COLUMNS.items())
    rows = literal([change.as_row() for change in changes], JSONB())
    given = func.jsonb_to_recordset(rows).table_valued(*columns, name="found")
    found = given.render_derived(with_types=True)
    council, preview = literal(current_tenant_id(), sql.Uuid()), literal(preview_id, sql.Uuid())
    db.session.execute(
        insert(PreviewChange).from_select(
            ["tenant_id", "preview_id", *_COLUMNS],
            select(council, preview, *(found.c[name] for name in _COLUMNS)),
            include_defaults=False,
        )
    )
