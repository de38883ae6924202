"""A private calendar feed: read by iCalendar libraries, holding initials and an area, and gone once taken back."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from icalendar import Calendar

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.visits.feed import district, summary
from portage.visits.models import CalendarFeed, Visit
from portage.visits.operations import CancelVisits, MoveVisit, cancel_visits, move_visit
from support import councils
from support.browsers import browser
from support.calendars import events_in
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, done, visit_on
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def address_for(case: Supported, page: str = "/visits/calendar") -> str:
    """The secret address, as the page shows it once."""
    client = case.visitor.client
    sent = send(client, form_to(client.get(page), page))
    assert sent.status_code == 200
    (found,) = re.findall(r"https?://[^/]+(/calendar/[\w-]{43}\.ics)", sent.text)
    assert found not in client.get(page).text  # shown once
    return str(found)


def planned(case: Supported, council: Council, *days: date, at: time = time(10)) -> list[UUID]:
    with council(case.slug):
        ids = [visit_on(case, day, at=at) for day in days]
        db.session.commit()
        return ids


def test_the_feed_holds_times_initials_and_an_area_and_nothing_else_of_a_child(
    app: Flask, supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("lancashire")
    planned(case, council, date(2026, 3, 10), date(2026, 4, 14))
    with council("lancashire"):
        child = db.session.scalars(scoped(Child).where(Child.id == case.child_id)).one()
        private = [child.given_name, child.family_name, child.address, child.postcode, str(child.id), "home"]
    nobody = browser(app, councils.host("lancashire"))
    answer = nobody.get(address_for(case))
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not [
        each for each in private if each and each.lower() in answer.text.lower().replace("canarychild", "canary")
    ]
    calendar = Calendar.from_ical(answer.data)
    events = calendar.walk("VEVENT")
    assert len(events) == 2
    assert [event["dtstart"].dt for event in events] == [
        datetime(2026, 3, 10, 10, tzinfo=UTC), datetime(2026, 4, 14, 9, tzinfo=UTC)
    ]  # fmt: skip
    assert {event["dtend"].dt - event["dtstart"].dt for event in events} == {timedelta(hours=1)}
    assert {str(event["class"]) for event in events} == {"PRIVATE"}
    assert all(re.fullmatch(r"K\.C\., [A-Z][a-z]+.*", str(event["summary"])) for event in events)
    assert {key for event in events for key in event} == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS"
    }  # fmt: skip
    # Read a second time by lines alone (RFC 5545, 3.1), without the library that wrote it.
    assert [each["SUMMARY"] for each in events_in(answer.data)] == [
        str(event["summary"]).replace(",", "\\,") for event in events
    ]


def test_a_visit_keeps_its_uid_when_it_moves_and_is_struck_when_it_is_cancelled(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    moved, gone = planned(case, council, date(2026, 3, 10), date(2026, 3, 17))
    path = address_for(case)
    before = {each["UID"]: each for each in events_in(case.visitor.client.get(path).data)}
    with council("leeds"):
        versions = {visit.id: visit.version for visit in db.session.scalars(scoped(Visit))}
        by = actor(case.visitor)
        move_visit(moved, MoveVisit(date(2026, 3, 11), time(14), versions[moved]), by=by, on=TODAY)
        ill = CancelVisits("service", "canary: the visitor is ill", versions[gone])
        cancel_visits(gone, ill, by=by, at=AT, on=TODAY)
        db.session.commit()
    feed = case.visitor.client.get(path)
    after = {each["UID"]: each for each in events_in(feed.data)}
    assert after.keys() == before.keys()
    assert after[f"{moved}@visits.portage"]["DTSTART"] == "20260311T140000Z"
    assert after[f"{gone}@visits.portage"]["STATUS"] == "CANCELLED"
    assert all(int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"]) for uid in before)
    assert "canary" not in feed.text


def test_the_feed_holds_the_last_thirty_and_the_next_ninety_days_of_ones_own_visits(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, clock: Callable[[datetime], None]
) -> None:
    case = supported_of("leeds", received_on=date(2025, 9, 30))
    other = supported_of("leeds", given_name="Zebedee", manager=case.manager)
    planned(case, council, TODAY, date(2026, 5, 31), date(2026, 6, 1))
    planned(other, council, date(2026, 3, 12))
    with council("leeds"):
        done(case, db.session.scalars(scoped(Visit).where(Visit.planned_on == TODAY)).one().id, TODAY)
        db.session.commit()
    path = address_for(case)
    found = [each["DTSTART"][:8] for each in events_in(case.visitor.client.get(path).data)]
    assert found == ["20260302", "20260531"]
    clock(AT + timedelta(days=31))
    assert [each["DTSTART"][:8] for each in events_in(case.visitor.client.get(path).data)] == ["20260531", "20260601"]


def test_an_address_that_was_taken_back_or_replaced_or_never_was_is_not_found(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    client = case.visitor.client
    first = address_for(case)
    second = address_for(case)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    elsewhere = sign_in("lancashire", "home-visitor").client
    assert elsewhere.get(second).status_code == 404  # another council's host
    assert client.get("/calendar/" + "x" * 43 + ".ics").status_code == 404
    page = client.get("/visits/calendar")
    assert "You have had an address" in page.text
    assert send(client, form_to(page, "/visits/calendar/revoke")).status_code == 303
    assert client.get(second).status_code == 404
    assert client.get(address_for(case)).status_code == 200
    with council("leeds"):
        assert len(db.session.scalars(scoped(CalendarFeed)).all()) == 1


def test_somebody_who_left_has_no_feed(supported_of: SupportedOf, council: Council, sign_in: SignIn) -> None:
    case = supported_of("leeds")
    path = address_for(case)
    with council("leeds"):
        db.session.scalars(scoped(Person).where(Person.id == case.visitor.id)).one().disabled_at = AT
        db.session.commit()
    assert case.manager.client.get(path).status_code == 404


def test_a_volunteer_whose_check_lapsed_has_no_feed(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, clock: Callable[[datetime], None]
) -> None:
    volunteer = sign_in("west-northants", "volunteer")
    case = supported_of("west-northants", visitor=volunteer)
    planned(case, council, date(2026, 3, 10))
    path = address_for(case, "/my-visits/calendar")
    assert len(events_in(volunteer.client.get(path).data)) == 1
    assert volunteer.client.get("/visits/calendar").status_code == 403
    clock(AT + timedelta(days=365 * 6))
    assert case.manager.client.get(path).status_code == 404


def test_reading_it_is_in_the_trail_without_the_address(
    supported_of: SupportedOf, council: Council, db_admin: psycopg.Connection
) -> None:
    case = supported_of("leeds")
    path = address_for(case)
    case.visitor.client.get(path)
    rows = db_admin.execute("select action, subject_id, e::text from audit_event e").fetchall()
    assert {(action, subject) for action, subject, _ in rows if action.startswith("calendar.")} >= {
        ("calendar.issued", case.visitor.id), ("calendar.read", case.visitor.id)
    }  # fmt: skip
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert not [whole for _, _, whole in rows if token in whole]


@pytest.mark.parametrize(
    ("names", "area", "expected"),
    [
        (("Kit", "Canarychild"), "North", "K.C., North"),
        (("élise", "o'Neill"), None, "É.O."),
        (("Kit", ""), "North", "K., North"),
    ],
)
def test_a_child_is_initials_and_an_area(names: tuple[str, str], area: str | None, expected: str) -> None:
    assert summary(*names, area) == expected


def test_without_area_teams_the_area_is_the_first_half_of_the_postcode() -> None:
    assert [district(each) for each in ("LS8 1AA", "ls81aa", "N1 1AA", "", None, "ZZ")] == [
        "LS8", "LS8", "N1", None, None, None
    ]  # fmt: skip
