"""Who was there is recorded, and where the policy names a quorum a decision without one is refused (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from support.panels import SLUG, closed, decided, declared, deed, item_at, meeting_on, panel_rules_from, plan
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
LONG_AGO = date(2026, 1, 10)
ENOUGH = "The panel decides with at least 2 members."


@pytest.fixture
def rules(council: Council) -> Callable[..., None]:
    """`rules(quorum=2)`: the panel's terms from January 2026 on."""

    def change(**terms: object) -> None:
        with council(SLUG):
            panel_rules_from(LONG_AGO, **terms)
            db.session.commit()

    return change


def present(chair: Hired, meeting_id: UUID, *people: Hired, also: str = "") -> None:
    """Record who is there."""
    page = f"/panel/{meeting_id}"
    typed = {"present": [str(each.id) for each in people], "also_present": also}
    answer = deed(chair, page, f"{page}/attendance", typed)
    assert answer.status_code == 303, answer.text


def test_who_was_there_stands_in_the_minutes(
    sign_in: SignIn, chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    request_of(SLUG)
    plan(chair)
    there, away = sign_in(SLUG, "panel-member", name="Tia There"), sign_in(SLUG, "panel-member", name="Avi Away")
    meeting_id = meeting_on(db_admin)
    present(chair, meeting_id, chair, there, also="A note taker")
    assert closed(chair, meeting_id).status_code == 303
    page = away.client.get(f"/panel/{meeting_id}").text
    for shown in ("Tia There", "Cleo Chair", "Also present: A note taker"):
        assert shown in page
    assert "Avi Away" not in page.split("Who was there")[1].split("</ul>")[0]
    recorded = db_admin.execute("select count(*) filter (where present), count(*) from panel_attendance").fetchone()
    assert recorded == (2, 3)


def test_a_decision_without_a_quorum_is_refused_with_what_to_do(
    sign_in: SignIn, chair: Hired, request_of: RequestOf, rules: Callable[..., None], db_admin: psycopg.Connection
) -> None:
    rules(quorum=2)
    family = request_of(SLUG)
    plan(chair)
    member, meeting_id = sign_in(SLUG, "panel-member"), meeting_on(db_admin)
    item = item_at(meeting_id, family)
    present(chair, meeting_id, chair)
    refused = decided(chair, item)
    assert refused.status_code == 422
    for said in (ENOUGH, "1 member without a conflict of interest is recorded as present.", "or defer this item"):
        assert said in refused.text
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)
    present(chair, meeting_id, chair, member)
    assert decided(chair, item).status_code == 303


@pytest.mark.parametrize(("counted", "status"), [(False, 422), (True, 303)])
def test_whether_a_member_with_a_conflict_counts_is_the_policys_word(
    sign_in: SignIn,
    chair: Hired,
    request_of: RequestOf,
    rules: Callable[..., None],
    db_admin: psycopg.Connection,
    counted: bool,
    status: int,
) -> None:
    rules(quorum=2, conflicted_count=counted)
    family = request_of(SLUG)
    plan(chair)
    member, meeting_id = sign_in(SLUG, "panel-member"), meeting_on(db_admin)
    item = item_at(meeting_id, family)
    present(chair, meeting_id, chair, member)
    assert declared(member, item).status_code == 303
    assert decided(chair, item).status_code == status


def test_deferring_needs_no_quorum(
    chair: Hired, request_of: RequestOf, rules: Callable[..., None], db_admin: psycopg.Connection
) -> None:
    rules(quorum=3)
    family = request_of(SLUG)
    plan(chair)
    item = item_at(meeting_on(db_admin), family)
    assert decided(chair, item, outcome="deferred", reason="Too few of us today.").status_code == 303


def test_without_a_quorum_in_the_policy_nothing_is_asked(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    plan(chair)
    assert "The panel decides with at least" not in chair.client.get("/panel").text
    assert decided(chair, item_at(meeting_on(db_admin), family)).status_code == 303


def test_who_was_there_is_recorded_once_the_day_has_come_and_seen_by_both_who_write_it(
    sign_in: SignIn, chair: Hired, db_admin: psycopg.Connection
) -> None:
    from datetime import timedelta

    from support.forms import form_to, send

    plan(chair)
    later = meeting_on(db_admin, clock.today() + timedelta(days=7))
    assert "/attendance" not in chair.client.get(f"/panel/{later}").text
    meeting_id = meeting_on(db_admin)
    address = f"/panel/{meeting_id}"
    other = sign_in(SLUG, "panel-chair")
    stale = form_to(other.client.get(address), f"{address}/attendance")
    present(chair, meeting_id, chair)
    answer = send(other.client, stale, {"present": [str(other.id)], "also_present": "Somebody else"})
    assert answer.status_code == 409
    assert "Somebody else" in answer.text
