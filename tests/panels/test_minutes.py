"""Minutes of panels: named while the meeting is fresh; later, a name is for those who may open the child's record."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.accounts.models import AreaMembership
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.tenants.models import Area
from support.cases import Family
from support.forms import form_to, send
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

HELD = datetime(2026, 3, 2, 10, tzinfo=UTC)
NAME, OTHER = "Ada Canarychild", "Lee Canarychild"
Minutes = tuple[str, Family, Family]


@pytest.fixture
def minutes(
    clock: Callable[[datetime], None], sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> Minutes:
    """A meeting of 2 March 2026, closed that day: its address, the family decided on, and the one that was left."""
    clock(HELD)
    chair = sign_in("west-northants", "panel-chair")
    decided, left = (request_of("west-northants", given_name=name) for name in ("Ada", "Lee"))
    first = {"first_on-day": "2", "first_on-month": "3", "first_on-year": "2026", "count": "4"}
    assert send(chair.client, form_to(chair.client.get("/panel"), "/panel/meetings"), first).status_code == 303
    (found,) = db_admin.execute("select id from panel_meeting where held_on = '2026-03-02'").fetchone() or ()
    address = f"/panel/{found}"
    _decide(chair, f"{address}/{decided.referral_id}")
    assert send(chair.client, form_to(chair.client.get("/panel"), f"{address}/close")).status_code == 303
    return address, decided, left


def _decide(chair: Hired, item: str) -> None:
    """Record a decision on an item, in the chair's own words."""
    form = form_to(chair.client.get(item), item)
    assert send(chair.client, form, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 303


def _plain(text: str) -> str:
    return text.replace("&#39;", "'")


def test_minutes_are_named_for_a_member_while_the_meeting_is_fresh(
    minutes: Minutes, clock: Callable[[datetime], None], sign_in: SignIn
) -> None:
    address, decided, _ = minutes
    clock(HELD + timedelta(days=27))
    member = sign_in("west-northants", "panel-member")
    page = _plain(member.client.get(address).text)
    assert NAME in page
    assert OWN_WORDS in page
    assert member.client.get(f"/referrals/{decided.referral_id}").status_code == 200


def test_older_minutes_name_no_child_to_a_member_without_a_reason(
    minutes: Minutes, clock: Callable[[datetime], None], sign_in: SignIn
) -> None:
    address, decided, left = minutes
    clock(HELD + timedelta(days=40))
    member = sign_in("west-northants", "panel-member")
    page = _plain(member.client.get(address).text)
    assert decided.reference in page
    assert NAME not in page
    assert OWN_WORDS not in page
    assert "Ada" not in page
    assert OTHER in page  # it waits for the next panel, so the member may open it anyway
    assert left.reference in page
    request = f"/referrals/{decided.referral_id}"
    reason = member.client.get(request).headers["Location"].split("?")[0]
    asked = member.client.get(f"{reason}?next={request}")
    assert send(member.client, form_to(asked, reason), {"reason": "The family asked the panel why."}).status_code == 303
    assert member.client.get(request).status_code == 200
    page = _plain(member.client.get(address).text)
    assert NAME in page
    assert OWN_WORDS in page


def test_older_minutes_are_named_for_a_chair_of_the_whole_council_and_not_for_one_of_another_area(
    minutes: Minutes,
    clock: Callable[[datetime], None],
    sign_in: SignIn,
    council: Callable[..., AbstractContextManager[UUID]],
) -> None:
    address, decided, _ = minutes
    clock(HELD + timedelta(days=40))
    chair = sign_in("west-northants", "panel-chair")
    assert NAME in chair.client.get(address).text
    with council("west-northants"):
        here, there = (Area(key=key, name=key, postcode_districts=[]) for key in ("here", "there"))
        db.session.add_all((here, there))
        db.session.flush()
        db.session.scalars(scoped(Child).where(Child.id == decided.child_id)).one().area_id = here.id
        db.session.add(AreaMembership(person_id=chair.id, area_id=there.id))
        home = here.id
        db.session.commit()
    assert NAME not in chair.client.get(address).text
    with council("west-northants"):
        db.session.scalars(scoped(AreaMembership).where(AreaMembership.person_id == chair.id)).one().area_id = home
        db.session.commit()
    assert NAME in chair.client.get(address).text


def test_the_agenda_is_not_open_to_a_member_for_ever(
    minutes: Minutes, clock: Callable[[datetime], None], sign_in: SignIn
) -> None:
    _, decided, _ = minutes
    clock(HELD + timedelta(days=40))
    member = sign_in("west-northants", "panel-member")
    assert "/reason" in member.client.get(f"/referrals/{decided.referral_id}").headers["Location"]
