"""A preview is carried out in the background, finds what judging every request twice finds, and changes no case."""

import json
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from portage.config import Settings
from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import scoped, tenant_scope
from portage.core.worker import carry_out
from portage.editions.models import PolicyEdition
from portage.previews import carrying_out, cases, jobs, operations
from support.background import WorkOff, due
from support.database import Database
from support.judged_rows import seed
from support.lengths import examples
from support.previews import DraftOf, PreviewOf, changed_terms, found, plainly, worker_process
from support.requests import CONCERNED, ELIGIBLE, RequestOf
from support.staff import SignIn

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
    draft = draft_of("leeds", {"eligibility.age.oldest.age": 36})
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
    monkeypatch.setattr(carrying_out, "_TOGETHER", 1)
    monkeypatch.setattr(jobs, "PIECE", 0.0)
    draft = draft_of("leeds", {"eligibility.age.oldest.age": 36})
    preview_id = preview_of("leeds", draft, carry_out=False)
    done = []
    with council("leeds"):
        while not done or done[-1] < 5:
            carrying_out.advance(preview_id, enough=lambda: True, at=clock.now())
            db.session.commit()
            done.append(found(preview_id)[0].done)
            db.session.rollback()
    assert done == [1, 2, 3, 4, 5]
    work_off()
    with council("leeds"):
        preview, changes = found(preview_id)
        assert changes == plainly(draft)
        assert (preview.status, preview.changed) == ("done", 5)


@pytest.mark.parametrize("terms", [{"eligibility.age.oldest.age": 30}, {"eligibility.age.oldest.age": "much"}])
def test_a_draft_that_is_changed_meanwhile_ends_its_preview(
    terms: dict[str, Any],
    council: Within,
    request_of: RequestOf,
    draft_of: DraftOf,
    preview_of: PreviewOf,
    work_off: WorkOff,
    sign_in: SignIn,
) -> None:
    request_of("leeds", months=33, facts=ELIGIBLE)
    draft = draft_of("leeds", {"eligibility.age.oldest.age": 36})
    preview_id = preview_of("leeds", draft, carry_out=False)
    finished = preview_of("leeds", draft, from_on=date(2027, 4, 1), carry_out=False)
    with council("leeds"):
        carrying_out.advance(finished, enough=lambda: False, at=clock.now())
        row = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.id == draft)).one()
        row.terms = changed_terms(row.terms, terms)
        db.session.commit()
    work_off()
    admin = sign_in("leeds", "tenant-administrator").client
    assert "Somebody changed the draft while the preview ran" in admin.get(f"/policy/previews/{preview_id}").text
    assert "The draft has been changed since" in admin.get(f"/policy/previews/{finished}").text
    assert admin.get(f"/policy/previews/{finished}/counts.csv").status_code == 200


def test_a_preview_that_fails_again_and_again_is_given_up_and_says_so(
    council: Within,
    draft_of: DraftOf,
    preview_of: PreviewOf,
    worker_app: Flask,
    db_admin: psycopg.Connection,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preview_id = preview_of("leeds", draft_of("leeds", {}), carry_out=False)
    monkeypatch.setattr(jobs, "advance", lambda *_, **__: 1 // 0)
    for _ in range(12):
        db_admin.execute("update outbox set not_before = now() - interval '1 day' where kind = 'preview.work'")
        for tenant_id, outbox_id in due(db_admin):
            with worker_app.app_context():
                carry_out(tenant_id, outbox_id)
    page = sign_in("leeds", "tenant-administrator").client.get(f"/policy/previews/{preview_id}").text
    assert "The preview could not be finished" in page


def test_a_request_that_the_rules_cannot_read_is_counted_and_stops_no_other(
    council: Within, request_of: RequestOf, draft_of: DraftOf, preview_of: PreviewOf, db_admin: psycopg.Connection
) -> None:
    spoilt = request_of("leeds", months=33, facts=ELIGIBLE)
    family = request_of("leeds", months=33, facts=ELIGIBLE)
    db_admin.execute("set session_replication_role = replica")  # nobody acts here, so nothing goes into the trail
    db_admin.execute(
        "update referral set facts = facts || '{\"unheard_of\": 1}' where reference = %s", (spoilt.reference,)
    )
    preview_id = preview_of("leeds", draft_of("leeds", {"eligibility.age.oldest.age": 36}))
    with council("leeds"):
        preview, changes = found(preview_id)
        assert (preview.status, preview.unread, list(changes)) == ("done", 1, [family.reference])


def test_the_session_that_judges_can_write_nothing(council: Within) -> None:
    with council("leeds"), cases.reading() as session, pytest.raises(InternalError, match="read-only transaction"):
        session.execute(text("update referral set outcome = null"))


def test_old_lists_are_forgotten_and_the_counts_stay(
    council: Within, request_of: RequestOf, draft_of: DraftOf, preview_of: PreviewOf, sign_in: SignIn, worker_app: Flask
) -> None:
    request_of("leeds", months=33, facts=ELIGIBLE)
    preview_id = preview_of("leeds", draft_of("leeds", {"eligibility.age.oldest.age": 36}))
    with council("leeds") as tenant_id:
        pass
    with worker_app.app_context(), tenant_scope(tenant_id):
        assert operations.forget_lists(at=clock.now()) == 0
        assert operations.forget_lists(at=clock.now() + timedelta(days=91)) == 1
        db.session.commit()
    page = sign_in("leeds", "tenant-administrator").client.get(f"/policy/previews/{preview_id}").text
    assert "1 of 1 requests would have another outcome" in page
    assert "was deleted after 90 days" in page


def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    council: Within,
    request_of: RequestOf,
    draft_of: DraftOf,
    preview_of: PreviewOf,
    work_off: WorkOff,
    worker_app: Flask,
    db_admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        request_of("leeds", months=33, facts=ELIGIBLE)
    work_off()
    draft = draft_of("leeds", {"eligibility.age.oldest.age": 36})
    preview_id = preview_of("leeds", draft, carry_out=False)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt  # nothing of the service catches it, as with a process that is gone

    with monkeypatch.context() as patch, worker_app.app_context():
        patch.setattr(carrying_out, "_write", killed)
        ((tenant_id, outbox_id),) = due(db_admin)
        with pytest.raises(KeyboardInterrupt):
            carry_out(tenant_id, outbox_id)
    with council("leeds"):
        assert found(preview_id)[1] == {}
    held = db_admin.execute("select leased_until > now(), attempts from outbox where id = %s", (outbox_id,)).fetchone()
    assert held == (True, 1)  # until the lease is over, and then the relay hands it on again
    work_off()
    with council("leeds"):
        preview, changes = found(preview_id)
        assert (preview.status, preview.changed, changes) == ("done", 3, plainly(draft))


def test_a_worker_process_killed_again_and_again_loses_and_doubles_nothing(
    council: Within, shipped: dict[str, UUID], draft_of: DraftOf, preview_of: PreviewOf, db_admin: psycopg.Connection,
    settings: Settings, database: Database,
) -> None:  # fmt: skip
    seed(db_admin, "leeds", shipped["leeds"], 2_000, today=clock.today())
    draft = draft_of("leeds", {"eligibility.delay.percent": 35, "eligibility.delay.areas": ["physical", "hearing"]})
    preview_id = preview_of("leeds", draft, carry_out=False)
    chance, seen, kills = random.Random(20_263), set[str](), 0
    while kills < examples(2):
        worker = worker_process(settings, database, shipped["leeds"], preview_id, piece=0.01)
        until = progress(db_admin, preview_id)[0] + chance.randrange(1, 60)
        while worker.poll() is None and progress(db_admin, preview_id)[0] < until:
            time.sleep(0.005)
        assert worker.poll() is None, "it ended before it could be killed"
        worker.kill()
        worker.communicate()
        kills += 1
        seen.add(progress(db_admin, preview_id)[1])
    assert seen == {"running"}
    answer, problems = worker_process(settings, database, shipped["leeds"], preview_id).communicate(timeout=60)
    assert json.loads(answer)[2] == "done", problems
    with council("leeds"):
        preview, changes = found(preview_id)
        assert changes == plainly(draft)
        assert preview.changed == len(changes) == sum(move[-1] for move in preview.moves)
        assert preview.done == preview.total == 2_000


def progress(admin: psycopg.Connection, preview_id: UUID) -> tuple[int, str]:
    """How many requests a preview is through with, and its status."""
    row = admin.execute("select done, status from preview where id = %s", (preview_id,)).fetchone()
    assert row is not None
    return row
