"""A panel of sixty items with five papers each: few questions to open it and to close it, and nothing is lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import perf_counter
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.core.db import db
from portage.panels import operations
from support.cases import Family
from support.panels import SLUG, closed, decided, item_at, meeting_on, paper_of, plan
from support.people import Hired
from support.questions import questions
from support.requests import RequestOf
from support.volume import copies

Council = Callable[..., AbstractContextManager[UUID]]
ITEMS, PAPERS = 60, 5
TO_OPEN, TO_CLOSE = 12, 16


@pytest.fixture
def sixty(chair: Hired, request_of: RequestOf, council: Council, db_admin: psycopg.Connection) -> list[Family]:
    """Sixty requests that wait for today's panel, each with five papers; two of them are at hand."""
    families = [request_of(SLUG, given_name=name) for name in ("Ada", "Bea")]
    with council(SLUG):
        for number in range(PAPERS):
            for family in families:
                paper_of(family, f"paper-{number}.pdf")
        db.session.commit()
    first = families[0]
    copies(
        db_admin,
        ITEMS - len(families),
        {"child": first.child_id, "referral": first.referral_id, "deadline": first.referral_id},
    )
    db_admin.execute("set session_replication_role = replica")
    for table in ("evidence", "determination"):
        db_admin.execute(
            f"insert into {table} select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), "  # noqa: S608  own names
            f"'referral_id', r.id))).* from {table} e join referral r on r.tenant_id = e.tenant_id "
            "where e.referral_id = %s and r.id not in (select referral_id from " + table + ")",
            (first.referral_id,),
        )
    db_admin.execute("set session_replication_role = origin")
    plan(chair)
    assert db_admin.execute("select count(*) from evidence").fetchone() == (ITEMS * PAPERS,)
    return families


def test_it_opens_in_few_questions_and_in_less_than_a_second(
    app: Flask, chair: Hired, sixty: list[Family], record_property: Callable[[str, object], None]
) -> None:
    chair.client.get("/panel")
    with questions(app) as asked:
        began = perf_counter()
        page = chair.client.get("/panel")
        took = perf_counter() - began
    record_property("seconds to open a panel of sixty items", round(took, 3))
    print(f"a panel of {ITEMS} items with {PAPERS} papers each opened in {took:.3f} s with {len(asked)} questions")  # noqa: T201  with -rP
    assert f"{ITEMS} on the agenda" in page.text
    assert page.text.count("5 papers.") == ITEMS
    assert len(asked) <= TO_OPEN, "\n".join(each[:150] for each in asked)
    assert took < 1


def test_it_closes_in_one_transaction_and_few_questions(
    app: Flask, chair: Hired, sixty: list[Family], db_admin: psycopg.Connection
) -> None:
    meeting_id = meeting_on(db_admin)
    assert decided(chair, item_at(meeting_id, sixty[0])).status_code == 303
    chair.client.get("/panel")
    with questions(app) as asked:
        began = perf_counter()
        assert closed(chair, meeting_id).status_code == 303
        took = perf_counter() - began
    print(f"closed in {took:.3f} s with {len(asked)} questions, the agenda's page among them")  # noqa: T201  with -rP
    assert len([each for each in asked if not each.startswith("select")]) <= TO_CLOSE
    kept = "select outcome, count(*), count(distinct xmin::text) from panel_item group by outcome order by outcome"
    assert db_admin.execute(kept).fetchall() == [("accepted", 1, 1), ("moved", ITEMS - 1, 1)]


def test_a_crash_in_the_middle_loses_no_decision_that_was_recorded(
    app: Flask,
    chair: Hired,
    sixty: list[Family],
    db_admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meeting_id = meeting_on(db_admin)
    first, second = (item_at(meeting_id, family) for family in sixty)
    assert decided(chair, first).status_code == 303
    monkeypatch.setattr(operations, "decide_item", _crashing(operations.decide_item))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    try:
        assert decided(chair, second).status_code == 500
        monkeypatch.undo()
        monkeypatch.setattr("portage.panels.operations.meetings.leave_for", _crashing(lambda *_, **__: None))
        assert closed(chair, meeting_id).status_code == 500
    finally:
        monkeypatch.undo()
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = None
    found = "select outcome, decision_id is not null from panel_item where meeting_id = %s"
    assert db_admin.execute(found, (meeting_id,)).fetchall() == [("accepted", True)]
    assert db_admin.execute("select status from panel_meeting where id = %s", (meeting_id,)).fetchone() == ("planned",)
    assert decided(chair, second).status_code == 303
    assert closed(chair, meeting_id).status_code == 303


def _crashing(work: Callable[..., object]) -> Callable[..., object]:
    """The work is done, and the process fails before it could commit."""

    def crash(*args: object, **named: object) -> object:
        work(*args, **named)
        raise RuntimeError("the process ended here")

    return crash
