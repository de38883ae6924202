"""What becomes of an item: allocated, signposted, asked for more, deferred; one by one, or some of them together."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import psycopg

from portage.core import clock
from portage.core.db import db
from support.cases import Family
from support.forms import form_to, send
from support.panels import (
    INSTEAD,
    RATIONALE,
    SLUG,
    closed,
    decided,
    deed,
    item_at,
    meeting_on,
    panel_rules_from,
    plan,
)
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
WEEK = timedelta(days=7)
MORE = "Please send us the nursery's notes from this term, so that we can see what was tried."


def on_agenda(chair: Hired, family: Family) -> bool:
    """Whether a family's item is listed on the agenda's page, before what came too late."""
    return f"/{family.referral_id}" in chair.client.get("/panel").text.split("Came after the papers")[0]


def test_an_allocated_practitioner_is_told_and_opens_the_childs_record(
    sign_in: SignIn, chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family, practitioner = request_of(SLUG), sign_in(SLUG, "home-visitor", name="Pia Practitioner")
    plan(chair)
    item, request = item_at(meeting_on(db_admin), family), f"/referrals/{family.referral_id}"
    assert practitioner.client.get(request).status_code == 303, "their own cases do not hold this one yet"
    member = sign_in(SLUG, "panel-member")
    for wrong in (str(member.id), str(family.child_id), "nobody"):
        assert decided(chair, item, practitioner_id=wrong).status_code == 422
    wrong = decided(chair, item, outcome="declined", may_help_instead=INSTEAD, practitioner_id=str(practitioner.id))
    assert wrong.status_code == 422
    assert decided(chair, item, practitioner_id=str(practitioner.id)).status_code == 303
    assert "Practitioner allocated</strong><br>Pia Practitioner" in chair.client.get("/panel").text
    assert "the panel allocated this child to you" in practitioner.client.get("/today").text
    assert practitioner.client.get(request).status_code == 200


def test_other_services_instead_of_a_practitioner_have_their_own_rationale_in_the_minutes(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    plan(chair)
    meeting_id = meeting_on(db_admin)
    item = item_at(meeting_id, family)
    refused = decided(chair, item, outcome="signposted", may_help_instead=INSTEAD)
    assert "Say why other services are right for this family" in refused.text
    assert refused.status_code == 422
    nowhere = decided(chair, item, outcome="signposted", rationale=RATIONALE)
    assert nowhere.status_code == 422, "to which services?"
    assert decided(chair, item, outcome="signposted", rationale=RATIONALE, may_help_instead=INSTEAD).status_code == 303
    assert RATIONALE in chair.client.get(f"/panel/{meeting_id}").text


def test_what_the_panel_asked_more_about_is_on_the_next_agenda_whether_the_answer_came_or_not(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    plan(chair)
    meeting_id = meeting_on(db_admin)
    typed = {"outcome": "information", "reason": MORE, "may_help_instead": INSTEAD}
    assert decided(chair, item_at(meeting_id, family), **typed).status_code == 303
    assert closed(chair, meeting_id).status_code == 303
    page = chair.client.get("/panel").text
    assert f"/panel/{meeting_on(db_admin, clock.today() + WEEK)}/{family.referral_id}" in page
    assert "Still asked for: papers that show the need" in page


def test_a_deferred_item_says_why_and_comes_back(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    plan(chair)
    meeting_id = meeting_on(db_admin)
    item = item_at(meeting_id, family)
    assert decided(chair, item, outcome="deferred", reason="").status_code == 422
    assert decided(chair, item, outcome="deferred", reason="The report comes on Monday.").status_code == 303
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)
    assert db_admin.execute("select stage from referral").fetchone() == ("panel",)
    assert closed(chair, meeting_id).status_code == 303
    assert "Deferred" in chair.client.get(f"/panel/{meeting_id}").text
    following = chair.client.get(item_at(meeting_on(db_admin, clock.today() + WEEK), family)).text
    assert "The report comes on Monday." in following


def test_a_deferral_may_still_become_a_decision_in_the_same_meeting(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    plan(chair)
    item = item_at(meeting_on(db_admin), family)
    assert decided(chair, item, outcome="deferred", reason="The report comes soon.").status_code == 303
    assert decided(chair, item).status_code == 303
    assert db_admin.execute("select outcome, note from panel_item").fetchall() == [("accepted", None)]


def test_two_chairs_decide_the_same_item_and_one_is_told(
    sign_in: SignIn, chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    other = sign_in(SLUG, "panel-chair", name="Ola Other")
    both = [request_of(SLUG, given_name=name) for name in ("Ada", "Bea")]
    plan(chair)
    first, second = (item_at(meeting_on(db_admin), family) for family in both)
    late = [form_to(other.client.get(address), address) for address in (first, second)]
    assert decided(chair, first).status_code == 303
    assert decided(chair, second, outcome="deferred", reason="We wait for the report.").status_code == 303
    for form in late:
        mine = "I would see the family first, and then decide together."
        answer = send(other.client, form, {"outcome": "accepted", "reason": mine})
        assert answer.status_code == 409
        assert mine in answer.text, "nothing typed is lost"
    assert db_admin.execute("select decided_by from decision").fetchall() == [(chair.id,)]


def test_items_are_asked_about_or_deferred_together_each_with_its_own_reason(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    families = [request_of(SLUG, given_name=name) for name in ("Ada", "Bea", "Cal")]
    plan(chair)
    meeting_id = meeting_on(db_admin)
    together = f"/panel/{meeting_id}/together"
    ada, bea, cal = (str(family.referral_id) for family in families)
    assert chair.client.get(f"{together}?verb=defer").headers["Location"] == "/panel"
    assert chair.client.get(f"{together}?verb=accept&item={ada}").status_code == 404, "no button decides a list"
    page = f"{together}?verb=defer&item={ada}&item={bea}"
    two = {"item": [ada, bea]}
    one = deed(chair, page, together, {**two, f"reason-{ada}": "No report yet."})
    assert one.status_code == 422
    assert "Write the reason for this item." in one.text
    assert "No report yet." in one.text
    assert db_admin.execute("select count(*) from panel_item where outcome is not null").fetchone() == (0,)
    both = {**two, f"reason-{ada}": "No report yet.", f"reason-{bea}": "The parents asked for time."}
    assert deed(chair, page, together, both).status_code == 303
    found = db_admin.execute("select note from panel_item where outcome = 'deferred' order by note").fetchall()
    assert found == [("No report yet.",), ("The parents asked for time.",)]

    page = f"{together}?verb=ask&item={cal}"
    asked = {f"reason-{cal}": MORE, "may_help_instead": INSTEAD}
    unread = deed(chair, page, together, asked)
    assert unread.status_code == 422
    assert "open this item and read it" in unread.text
    chair.client.get(item_at(meeting_id, families[2]))
    assert deed(chair, page, together, asked).status_code == 303
    assert db_admin.execute("select outcome, reason from decision").fetchall() == [("information", MORE)]


def test_requests_after_the_papers_day_go_to_the_next_meeting_unless_the_chair_adds_them(
    chair: Hired, request_of: RequestOf, council: Council, db_admin: psycopg.Connection
) -> None:
    with council(SLUG):
        panel_rules_from(date(2025, 6, 1), papers_days_before=3)
        db.session.commit()
    soon, late = request_of(SLUG, given_name="Ada", days_ago=4), request_of(SLUG, given_name="Lee", days_ago=1)
    plan(chair)
    meeting_id = meeting_on(db_admin)
    assert on_agenda(chair, soon)
    assert not on_agenda(chair, late)
    page = chair.client.get("/panel").text
    assert "Came after the papers’ day" in page
    assert "Lee Canarychild" in page
    assert deed(chair, "/panel", f"/panel/{meeting_id}/{late.referral_id}/add").status_code == 303
    assert on_agenda(chair, late)
    assert "Added by the chair after the papers’ day" in chair.client.get("/panel").text
    later = request_of(SLUG, given_name="Mia", days_ago=2)
    assert closed(chair, meeting_id).status_code == 303
    minutes = chair.client.get(f"/panel/{meeting_id}").text
    assert (soon.reference in minutes, late.reference in minutes, later.reference in minutes) == (True, True, False)
    assert on_agenda(chair, later)


def test_the_agenda_begins_with_the_oldest_clock(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    new, old, oldest = (request_of(SLUG, given_name=f"N{days}", days_ago=days) for days in (1, 9, 20))
    plan(chair)
    page = chair.client.get("/panel").text
    places = [page.index(f"/{family.referral_id}") for family in (oldest, old, new)]
    assert places == sorted(places)
    assert page.count("Overdue") == 2
    assert OWN_WORDS not in page
