"""A preview is carried out in the background, finds what judging every request twice finds, and changes no case."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from portage.core import clock
from portage.core.db import db
from portage.previews import jobs, operations
from support.background import WorkOff
from support.previews import DraftOf, PreviewOf, found, plainly
from support.requests import CONCERNED, ELIGIBLE, RequestOf

Within = Callable[..., AbstractContextManager[UUID]]
CASES = (
    "child", "carer", "referral", "stage_change", "deadline", "delay_record", "determination", "evidence", "assessment",
    "decision", "second_look", "offer", "waiting_entry", "episode", "extension", "allocation", "visit", "message",
    "alert", "letter", "policy_edition",
)  # fmt: skip


def digest(admin: psycopg.Connection) -> list[object]:
    """A digest of every row of the tables that hold cases, with the transaction that wrote it."""
    each = sql.SQL("select md5(coalesce(string_agg(t.xmin::text || t::text, ',' order by t.id), '')) from {} t")
    return [(table, admin.execute(each.format(sql.Identifier(table))).fetchone()) for table in CASES]


def test_it_finds_who_would_change_and_why_and_changes_no_case(
    council: Within,
    request_of: RequestOf,
    draft_of: DraftOf,
    preview_of: PreviewOf,
    work_off: WorkOff,
    db_admin: psycopg.Connection,
) -> None:
    old = request_of("leeds", months=33, facts=ELIGIBLE)
    young = request_of("leeds", months=20, facts=ELIGIBLE)
    unmeasured = request_of("leeds", months=33, facts=CONCERNED)
    draft = draft_of("leeds", {"eligibility.oldest_months": 36})
    work_off()  # receipts are on their way
    before = digest(db_admin)
    preview_id = preview_of("leeds", draft)
    assert digest(db_admin) == before
    with council("leeds"):
        preview, changes = found(preview_id)
        assert changes == plainly(draft)
    assert changes == {
        old.reference: ("not-eligible", "eligible", [("LDS-10", False, True)], None, None),
        unmeasured.reference: ("not-eligible", "more-information", [("LDS-10", False, True)], None, None),
    }
    assert young.reference not in changes
    assert (preview.status, preview.total, preview.done, preview.changed) == ("done", 3, 3, 2)
    assert sum(cell[-1] for cell in preview.cells) == 3
    assert sorted(move[:2] for move in preview.moves) == [
        ["not-eligible", "eligible"],
        ["not-eligible", "more-information"],
    ]


def test_it_goes_on_piece_by_piece_where_it_stopped(
    council: Within,
    request_of: RequestOf,
    draft_of: DraftOf,
    preview_of: PreviewOf,
    work_off: WorkOff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(5):
        request_of("leeds", months=33, facts=ELIGIBLE)
    monkeypatch.setattr(operations, "_LOOK_UP_EVERY", 1)
    monkeypatch.setattr(jobs, "PIECE", 0.0)
    draft = draft_of("leeds", {"eligibility.oldest_months": 36})
    preview_id = preview_of("leeds", draft, carry_out=False)
    done = []
    with council("leeds"):
        while not done or done[-1] < 5:
            operations.advance(preview_id, enough=lambda: True, at=clock.now())
            db.session.commit()
            done.append(found(preview_id)[0].done)
            db.session.rollback()
    assert done == [1, 2, 3, 4, 5]
    work_off()
    with council("leeds"):
        preview, changes = found(preview_id)
        assert changes == plainly(draft)
        assert (preview.status, preview.changed) == ("done", 5)
