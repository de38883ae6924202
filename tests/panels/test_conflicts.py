"""Whoever declares a conflict of interest is shut out of the item from then on, everywhere (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock as portage_clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.families.access import put_on_caseload
from support.cases import Family
from support.forms import form_to, send
from support.panels import INSTEAD, SLUG, closed, decided, declared, deed, item_at, meeting_on, paper_of, plan
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
CLOSED = "You declared a conflict of interest"


@pytest.fixture
def family(request_of: RequestOf, council: Council) -> Family:
    """A request that waits for the panel, with a paper."""
    found = request_of(SLUG, given_name="Ada")
    with council(SLUG):
        paper_of(found)
        db.session.commit()
    return found


@pytest.fixture
def item(chair: Hired, family: Family, db_admin: psycopg.Connection) -> str:
    """The address of the family's item in today's meeting."""
    plan(chair)
    return item_at(meeting_on(db_admin), family)


def paper_at(db_admin: psycopg.Connection, item: str) -> str:
    (found,) = db_admin.execute("select id from evidence").fetchone() or ()
    return f"{item}/papers/{found}"


def status(person: Hired, page: str) -> int:
    """What a page or a file answers."""
    with person.client.get(page) as answer:
        return answer.status_code


def test_a_member_with_a_conflict_opens_nothing_of_the_item_any_more(
    sign_in: SignIn, chair: Hired, family: Family, item: str, db_admin: psycopg.Connection
) -> None:
    member = sign_in(SLUG, "panel-member", name="Mo Member")
    paper, request = paper_at(db_admin, item), f"/referrals/{family.referral_id}"
    (evidence,) = db_admin.execute("select id from evidence").fetchone() or ()
    pages = (item, paper, request, f"/children/{family.child_id}", f"{request}/evidence/{evidence}")
    assert {status(member, page) for page in pages} == {200}, "nothing would be shut otherwise"

    assert declared(member, item).status_code == 303
    for page in (*pages, f"/children/{family.child_id}/reason"):
        answer = member.client.get(page)
        assert answer.status_code == 403, page
        assert CLOSED in answer.text
        assert "Canarychild" not in answer.text
    for page in ("/panel", "/worklist", "/worklist?q=Canarychild"):
        assert "Ada" not in member.client.get(page).text, page
    assert CLOSED in member.client.get("/panel").text


def test_the_chair_sees_who_declared_it_and_what_their_tie_is(sign_in: SignIn, chair: Hired, item: str) -> None:
    member = sign_in(SLUG, "panel-member", name="Mo Member")
    assert deed(member, item, f"{item}/conflict", {"nature": ""}).status_code == 422
    declared(member, item)
    page = chair.client.get(item).text.replace("&#39;", "'")
    assert "Mo Member declared a conflict of interest" in page
    assert "My neighbour's child" in page
    assert "Conflict of interest: Mo Member" in chair.client.get("/panel").text
    other = sign_in(SLUG, "panel-member").client.get("/panel").text
    assert "Mo Member" not in other, "only the chair needs to know"


def test_the_words_of_the_minutes_stay_shut_to_them(
    sign_in: SignIn, chair: Hired, family: Family, item: str, db_admin: psycopg.Connection
) -> None:
    member = sign_in(SLUG, "panel-member")
    declared(member, item)
    assert decided(chair, item).status_code == 303
    meeting_id = meeting_on(db_admin)
    assert closed(chair, meeting_id).status_code == 303
    correction = {
        "says": "Ada's mother came too.",
        "because": "It was left out.",
        "referral_id": str(family.referral_id),
    }
    assert deed(chair, f"/panel/{meeting_id}", f"/panel/{meeting_id}/corrections", correction).status_code == 303
    page = member.client.get(f"/panel/{meeting_id}").text.replace("&#39;", "'")
    assert family.reference in page
    for shut in ("Canarychild", OWN_WORDS, "mother came too"):
        assert shut not in page
    other = sign_in(SLUG, "panel-member").client.get(f"/panel/{meeting_id}").text.replace("&#39;", "'")
    assert OWN_WORDS in other
    assert "mother came too" in other


def test_a_chair_with_a_conflict_hands_the_item_to_another_chair(
    sign_in: SignIn, chair: Hired, family: Family, item: str, db_admin: psycopg.Connection
) -> None:
    other, member = sign_in(SLUG, "panel-chair", name="Ola Other"), sign_in(SLUG, "panel-member")
    assert "hand_to" not in member.client.get(item).text
    form = form_to(chair.client.get(item), item)
    for wrong in (str(member.id), str(chair.id)):
        refused = declared(chair, item, hand_to=wrong)
        assert refused.status_code == 422
        assert "Choose another chair of the panel." in refused.text
    assert declared(chair, item, hand_to=str(other.id)).status_code == 303
    assert chair.client.get(item).status_code == 403
    assert send(chair.client, form, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 403
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)
    assert f"{family.reference}: please chair this item" in other.client.get("/today").text
    assert "Ola Other chairs this item" in member.client.get(item).text
    assert decided(other, item).status_code == 303
    assert db_admin.execute("select decided_by from decision").fetchall() == [(other.id,)]
    actions = [action for (action,) in db_admin.execute("select action from audit_event")]
    assert "panel.conflict-declared" in actions


def test_a_conflict_by_mistake_is_lifted_by_another_chair_and_never_by_oneself(
    sign_in: SignIn, chair: Hired, item: str, db_admin: psycopg.Connection
) -> None:
    member = sign_in(SLUG, "panel-member")
    declared(member, item)
    (conflict,) = db_admin.execute("select id from conflict").fetchone() or ()
    lift = f"{item}/conflicts/{conflict}/lift"
    assert deed(chair, item, lift, {"because": ""}).status_code == 422
    assert deed(chair, item, lift, {"because": "Another family of that name."}).status_code == 303
    assert member.client.get(item).status_code == 200
    kept = db_admin.execute("select lifted_by, lifted_because from conflict").fetchall()
    assert kept == [(chair.id, "Another family of that name.")]
    declared(chair, item)
    assert chair.client.get(item).status_code == 403, "there is no page from which they could lift their own"


def test_whoever_visits_the_family_goes_on_visiting_it_and_is_shut_out_of_the_panels_pages(
    sign_in: SignIn, family: Family, item: str, council: Council
) -> None:
    visitor = sign_in(SLUG, "home-visitor", "panel-member")
    with council(SLUG):
        put_on_caseload(family.child_id, visitor.id, "allocated", from_on=portage_clock.today(), by=SYSTEM)
        db.session.commit()
    assert declared(visitor, item).status_code == 303
    assert visitor.client.get(f"/children/{family.child_id}").status_code == 200
    assert visitor.client.get(item).status_code == 403


def test_a_second_request_for_the_child_and_the_next_meeting_are_shut_too(
    sign_in: SignIn,
    chair: Hired,
    family: Family,
    item: str,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
) -> None:
    member = sign_in(SLUG, "panel-member")
    declared(member, item)
    later = {"outcome": "deferred", "reason": "The report is on its way."}
    assert decided(chair, item, **later).status_code == 303
    assert closed(chair, meeting_on(db_admin)).status_code == 303
    following = portage_clock.today() + timedelta(days=7)
    assert member.client.get(item_at(meeting_on(db_admin, following), family)).status_code == 403
    assert chair.client.get(item_at(meeting_on(db_admin, following), family)).status_code == 200


def test_another_council_s_conflict_and_an_unknown_one_are_not_here(
    sign_in: SignIn, chair: Hired, item: str, request_of: RequestOf
) -> None:
    form = form_to(chair.client.get(item), f"{item}/conflict")
    form.action = f"{item}/conflicts/{request_of(SLUG).child_id}/lift"
    form.fields = {name: form.fields[name] for name in ("_csrf", "_key")}
    assert send(chair.client, form, {"because": INSTEAD}).status_code == 404
