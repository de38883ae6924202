"""Drafts with some terms changed, previews of them, and the plain way: every request judged twice."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portage.config import Settings
from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_by_id, edition_on
from portage.previews.comparing import Difference, Judge, compare
from portage.previews.models import Preview, PreviewChange
from portage.previews.operations import AskForPreview, ask_for
from portage.referrals.models import Referral
from support.background import WorkOff
from support.database import Database
from support.people import hire

Within = Callable[..., AbstractContextManager[UUID]]
DraftOf = Callable[..., UUID]
PreviewOf = Callable[..., UUID]


def changed_terms(given: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of terms with some set anew by their paths; None takes a term away."""
    terms: dict[str, Any] = copy.deepcopy(dict(given))
    for path, value in changes.items():
        *parts, last = path.split(".")
        at = terms
        for part in parts:
            at = at.setdefault(part, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return terms


@pytest.fixture
def draft_of(council: Within) -> DraftOf:
    """`draft_of("leeds", {"eligibility.age.oldest.age": 36})`: the edition in force as a draft with changed terms."""

    def drafted(slug: str, changes: Mapping[str, Any], *, source: str = "Draft of a new leaflet") -> UUID:
        with council(slug):
            _, now = edition_on(clock.today())
            row = PolicyEdition(
                plugin=now.plugin, source=source, terms=changed_terms(now.given["terms"], changes), assumptions=[],
                status="draft",
            )  # fmt: skip
            db.session.add(row)
            db.session.commit()
            return row.id

    return drafted


@pytest.fixture
def preview_of(council: Within, work_off: WorkOff) -> PreviewOf:
    """`preview_of("leeds", draft)` asks for a preview; the worker carries it out unless `carry_out=False`."""

    def previewed(slug: str, edition_id: UUID, *, from_on: date | None = None, carry_out: bool = True) -> UUID:
        with council(slug):
            person, _ = hire("tenant-administrator", name="Ada Drafter")
            command = AskForPreview(edition_id, from_on or clock.today())
            preview = ask_for(command, by=Actor(person.id, f"person:{person.id}"), on=clock.today(), at=clock.now())
            db.session.commit()
            preview_id = preview.id
        if carry_out:
            work_off()
        return preview_id

    return previewed


def found(preview_id: UUID) -> tuple[Preview, dict[str, tuple[Any, ...]]]:
    """A preview of the council in scope, and what it found of each request by its reference."""
    preview = db.session.scalars(scoped(Preview).where(Preview.id == preview_id)).one()
    changes = db.session.scalars(scoped(PreviewChange).where(PreviewChange.preview_id == preview_id))
    return preview, {
        each.reference: (each.was, each.now, [tuple(one) for one in each.turned], each.aged_out_on, each.ages_out_on)
        for each in changes
    }


def plainly(edition_id: UUID) -> dict[str, tuple[Any, ...]]:
    """Every request of the council in scope judged by its own edition and by the draft, one after the other."""
    draft = Judge.of(*edition_by_id(edition_id))
    differences: dict[str, tuple[Any, ...]] = {}
    for row in db.session.execute(select(Referral.reference, Referral.edition_id, Referral.facts, Referral.stage)):
        own = Judge.of(*edition_by_id(row.edition_id))
        _, each = compare(own, draft, row.facts, row.stage)
        if each is not None:
            differences[row.reference] = as_found(each)
    return differences


def as_found(each: Difference) -> tuple[Any, ...]:
    """A difference in the form of `found`."""
    return each.was, each.now, [tuple(one) for one in each.turned], each.aged_out_on, each.ages_out_on


def worker_process(
    settings: Settings, database: Database, tenant_id: UUID, preview_id: UUID, **more: object
) -> subprocess.Popen[str]:
    """A process that carries out a preview (`support/preview_worker.py`), begun and told what to do."""
    environment = {
        "PORTAGE_WORKER_DATABASE_URL": database.at.worker, "PORTAGE_TENANT_KEY": settings.tenant_key.hex(),
        "PORTAGE_SECRET_KEY": settings.secret_key.hex(), "PORTAGE_FILES": str(settings.files),
    }  # fmt: skip
    told = {"environment": environment, "tenant": str(tenant_id), "preview": str(preview_id), **more}
    script = Path(__file__).with_name("preview_worker.py")
    worker = subprocess.Popen(
        [sys.executable, "-P", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(told))
    worker.stdin.close()
    worker.stdin = None  # so that `communicate` leaves it alone
    return worker
