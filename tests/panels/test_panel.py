"""The weekly panel: an agenda that fills itself, recorded decisions, and what is left goes to the next meeting."""

from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock
from support.forms import form_to, send
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

INSTEAD = "The family hub on Mill Street."


def plan(chair: Hired, days: int = 0, count: str = "4") -> TestResponse:
    """Plan meetings from so many days from today on."""
    first = clock.today() + timedelta(days=days)
    typed = {
        "first_on-day": str(first.day), "first_on-month": str(first.month), "first_on-year": str(first.year),
        "count": count,
    }  # fmt: skip
    return send(chair.client, form_to(chair.client.get("/panel"), "/panel/meetings"), typed)


def meeting_today(db_admin: psycopg.Connection) -> UUID:
    """The id of today's meeting."""
    (found,) = db_admin.execute("select id from panel_meeting where held_on = %s", (clock.today(),)).fetchone() or ()
    return UUID(str(found))


def decide(chair: Hired, meeting_id: UUID, referral_id: UUID, **typed: str) -> TestResponse:
    """Open an item and record the decision."""
    address = f"/panel/{meeting_id}/{referral_id}"
    page = chair.client.get(address)
    assert page.status_code == 200, page.text
    return send(chair.client, form_to(page, address), {"outcome": "accepted", "reason": OWN_WORDS, **typed})


@pytest.fixture
def chair(sign_in: SignIn) -> Hired:
    """The chair of the panel."""
    return sign_in("west-northants", "panel-chair", name="Cleo Chair")


def test_meetings_are_planned_a_week_apart(chair: Hired, db_admin: psycopg.Connection) -> None:
    assert plan(chair).status_code == 303
    assert plan(chair).status_code == 303
    days = [day for (day,) in db_admin.execute("select held_on from panel_meeting order by held_on")]
    assert days == [clock.today() + timedelta(days=7 * number) for number in range(4)]
    assert plan(chair, days=-1).status_code == 422
    assert plan(chair, count="many").status_code == 422


def test_missing_evidence_is_shown_and_never_keeps_an_item_off(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    bare = request_of("west-northants")
    whole = request_of("west-northants", given_name="Bea", facts={"evidence": ["asq"]})
    too_old = request_of("west-northants", given_name="Old", months=90)
    statutory = request_of("west-northants", given_name="Ned", route="section-23", referrer="health-professional")
    meeting = request_of("west-northants", given_name="Moe", route="moving-forwards")
    plan(chair)
    page = chair.client.get("/panel")
    for family in (bare, whole, too_old, statutory):
        assert f"/panel/{meeting_today(db_admin)}/{family.referral_id}" in page.text
    assert str(meeting.referral_id) not in page.text
    assert page.text.count("papers that show the need. The panel can decide all the same.") == 1
    assert decide(chair, meeting_today(db_admin), bare.referral_id).status_code == 303


def test_a_decision_is_the_chairs_own_and_starts_the_week_in_which_both_are_contacted(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants", route="section-23", referrer="health-professional")
    plan(chair)
    meeting_id = meeting_today(db_admin)
    copied = decide(chair, meeting_id, family.referral_id, reason="The panel looks at the request")
    assert copied.status_code == 422
    refused = decide(chair, meeting_id, family.referral_id, outcome="signposted")
    assert refused.status_code == 422
    no_rationale = decide(
        chair, meeting_id, family.referral_id, outcome="signposted", may_help_instead=INSTEAD
    )  # fmt: skip
    assert no_rationale.status_code == 422
    assert "Say why other services are right for this family" in no_rationale.text
    typed = {"outcome": "signposted", "may_help_instead": INSTEAD, "rationale": "The family asked for a group."}
    assert decide(chair, meeting_id, family.referral_id, **typed).status_code == 303
    assert db_admin.execute(
        "select d.outcome, d.agrees, d.decided_by, i.decision_id = d.id, d.panel_item_id = i.id "
        "from decision d join panel_item i on true"
    ).fetchall() == [("signposted", True, chair.id, True, True)]
    looked = "select stopped_on from deadline where key = 'panel'"
    assert db_admin.execute(looked).fetchall() == [(clock.today(),)], "the panel has looked, and the clock still runs"
    assert told(db_admin) == [None, None], "WNC-05: the family and the person who asked, each by itself"
    call(chair, family.referral_id, "Sam Canarychild")
    assert told(db_admin) == [clock.today(), None]
    call(chair, family.referral_id, "Dr Ola Example")
    assert told(db_admin) == [clock.today(), clock.today()]


def told(db_admin: psycopg.Connection) -> list[date | None]:
    """When the family and the person who asked were contacted, both due seven days after the panel; no visit waits."""
    wanted = "select key, due_on, stopped_on from deadline where key <> 'panel' order by key"
    found = db_admin.execute(wanted).fetchall()
    week = clock.today() + timedelta(days=7)
    assert [row[:2] for row in found] == [("after-panel", week), ("after-panel.requester", week)]
    return [stopped for _, _, stopped in found]


def call(person: Hired, referral_id: UUID, whom: str) -> None:
    """Log a call that reached somebody."""
    address = f"/referrals/{referral_id}"
    now = clock.now().astimezone(clock.LONDON)
    typed = {
        "with_whom": whom, "happened_on-day": str(now.day), "happened_on-month": str(now.month),
        "happened_on-year": str(now.year), "happened_time": f"{now:%H:%M}", "how": "telephone",
        "purpose": "arrange-visit", "reached": "yes",
    }  # fmt: skip
    answer = send(person.client, form_to(person.client.get(address), f"{address}/contacts"), typed)
    assert answer.status_code == 303, answer.text


def test_what_a_meeting_leaves_is_on_the_next_agenda(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    decided, left = request_of("west-northants", given_name="Ada"), request_of("west-northants", given_name="Lee")
    plan(chair)
    meeting_id = meeting_today(db_admin)
    assert decide(chair, meeting_id, decided.referral_id).status_code == 303
    page = chair.client.get("/panel")
    answer = send(chair.client, form_to(page, f"/panel/{meeting_id}/close"))
    assert answer.status_code == 303
    minutes = chair.client.get(f"/panel/{meeting_id}")
    assert "Left for the next meeting" in minutes.text
    assert OWN_WORDS in minutes.text.replace("&#39;", "'")
    following = chair.client.get("/panel")
    assert str(left.referral_id) in following.text
    assert str(decided.referral_id) not in following.text
    late = send(chair.client, form_to(page, f"/panel/{meeting_id}/close"))
    assert late.status_code == 303  # the same form sent twice leads to the same place
    again = form_to(page, f"/panel/{meeting_id}/close")
    again.fields["_key"].values = [str(meeting_id)]
    assert send(chair.client, again).status_code == 409


def test_closing_the_last_planned_meeting_plans_the_next(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    request_of("west-northants")
    plan(chair, count="1")
    meeting_id = meeting_today(db_admin)
    assert send(chair.client, form_to(chair.client.get("/panel"), f"/panel/{meeting_id}/close")).status_code == 303
    (following,) = db_admin.execute("select min(held_on) from panel_meeting where status = 'planned'").fetchone() or ()
    assert following == clock.today() + timedelta(days=7)


def test_a_meeting_that_has_not_taken_place_decides_nothing(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants")
    plan(chair, days=3)
    (meeting_id,) = db_admin.execute("select id from panel_meeting order by held_on").fetchone() or ()
    address = f"/panel/{meeting_id}/{family.referral_id}"
    page = chair.client.get(address)
    assert "This meeting has not taken place yet" in page.text
    form = form_to(page, f"{address}/conflict")
    form.action, form.fields = address, {name: form.fields[name] for name in ("_csrf", "_key")}
    ((judged, version),) = db_admin.execute(
        "select d.id, r.version from determination d join referral r on true"
    ).fetchall()
    typed = {"outcome": "accepted", "reason": OWN_WORDS, "determination_id": str(judged), "version": str(version)}
    answer = send(chair.client, form, typed)
    assert answer.status_code == 422
    assert "decide as chair between the meetings" in answer.text
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


def test_a_panels_request_is_decided_in_its_meeting_alone(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants")
    manager = sign_in("west-northants", "service-manager")
    address = f"/referrals/{family.referral_id}"
    assert manager.client.get(f"{address}/decide").headers["Location"] == "/panel"
    page = manager.client.get(address)
    form = form_to(page, f"{address}/contacts")
    form.action = f"{address}/decide"
    ((judged, version),) = db_admin.execute(
        "select d.id, r.version from determination d join referral r on true"
    ).fetchall()
    form.fields = {name: form.fields[name] for name in ("_csrf", "_key")}
    typed = {"outcome": "accepted", "reason": OWN_WORDS, "determination_id": str(judged), "version": str(version)}
    answer = send(manager.client, form, typed)
    assert answer.status_code == 422
    assert "The panel decides on this request" in answer.text
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


def test_members_see_the_agenda_and_only_the_chair_records(
    sign_in: SignIn, chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants")
    plan(chair)
    member = sign_in("west-northants", "panel-member")
    page = member.client.get("/panel")
    assert page.status_code == 200
    assert "Record the decision" not in page.text
    item = member.client.get(f"/panel/{meeting_today(db_admin)}/{family.referral_id}")
    assert "Kit loves water." in item.text
    assert "Record what the panel decides" not in item.text
    assert sign_in("west-northants", "home-visitor").client.get("/panel").status_code == 403


def test_a_council_without_a_panel_has_none_of_its_pages(sign_in: SignIn, request_of: RequestOf) -> None:
    for slug in ("leeds", "lancashire"):
        family, manager = request_of(slug), sign_in(slug, "service-manager", "panel-chair").client
        assert 'href="/panel' not in manager.get("/today").text
        assert 'href="/panel' not in manager.get(f"/referrals/{family.referral_id}").text
        for path in ("/panel", f"/panel/action/{family.referral_id}", f"/referrals/{family.referral_id}/introduction"):
            assert manager.get(path).status_code == 404
        administrator = sign_in(slug, "tenant-administrator").client
        assert "Works for another organisation" not in administrator.get("/people/invite").text


def test_another_councils_meeting_is_not_here(
    sign_in: SignIn, chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants")
    plan(chair)
    meeting_id = meeting_today(db_admin)
    other = sign_in("leeds", "panel-chair").client
    assert other.get(f"/panel/{meeting_id}").status_code == 404
    assert other.get(f"/panel/{meeting_id}/{family.referral_id}").status_code == 404
