"""A child who waited before the policy was recorded: from the workbook to the end of support, page by page."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import clock as service_clock
from portage.core.db import db
from portage.policy.dates import add_months, in_words
from portage.support.jobs import remind_limits
from support.background import WorkOff
from support.caseload import WAITING, Load, SignIn, Workbook
from support.episodes import AcceptedOf, Council, put_on_list
from support.forms import form_to, send
from support.mailserver import MailServer
from support.people import Hired

PLAN = {"can_do": "Points at the cat.", "agreed_with": "Alex Invented", "goal_1": "We would like to eat together."}
REVIEW = {
    "kind": "leaving",
    "who_was_there": "Alex and the visitor",
    "celebrate": "Robin holds the spoon.",
    "recommendation": "End: nursery goes on with it.",
}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """The manager of the council that brings its children in."""
    return sign_in("leeds", "service-manager", name="Ines Manager")


@pytest.fixture
def brought_in(workbook: Workbook, load: Load, db_admin: psycopg.Connection) -> Callable[..., str]:
    """`brought_in({"Longest support in months": 6})` loads one waiting child; answers the address of the place."""

    def bring(changed: dict[str, object] | None = None) -> str:
        told = {**WAITING, "Longest support in months": None, "Safe to e-mail": "yes", **(changed or {})}
        done = load(workbook(told), "--confirm")
        assert done.exit_code == 0, done.output
        found = db_admin.execute("select id from waiting_entry").fetchone()
        assert found is not None
        return f"/waiting-list/{found[0]}"

    return bring


def offer(manager: Hired, place: str) -> str:
    """Make the first offer of the page; answers where the family's answer is written down."""
    form = form_to(manager.client.get(f"{place}/offer"), f"{place}/offer")
    kind = form.fields["kinds"].options[0]
    typed = {"kinds": [kind], "explanation": "Vera would come every week."}
    assert send(manager.client, form, typed).status_code == 303
    return answered_at(manager, place)


def answered_at(manager: Hired, place: str) -> str:
    """Where the answer to the open offer is sent."""
    return "/offers/" + manager.client.get(f"{place}/offer").text.split('action="/offers/')[1].split('"')[0]


def answer(manager: Hired, place: str, said: str) -> None:
    """Make an offer and write down what the family says to it."""
    at = offer(manager, place)
    form = form_to(manager.client.get(f"{place}/offer"), at)
    assert send(manager.client, form, {"answer": said}).status_code == 303


def give(manager: Hired, place: str, visitor: Hired, **typed: str) -> tuple[int, str]:
    """Give the child to a visitor; answers the status and, when it went, where the support is."""
    form = form_to(manager.client.get(place), f"{place}/allocate")
    sent = send(manager.client, form, {"person_id": str(visitor.id), **typed})
    return sent.status_code, sent.headers.get("Location", "") or sent.text


def test_the_whole_road_from_the_file_to_the_end_of_support(
    brought_in: Callable[..., str], manager: Hired, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    place = brought_in({"Decided on": date(2025, 4, 1), "Note": "Twins at home."})
    page = manager.client.get(place).text
    for words in (
        "Before recorded policy.", "Stamp on the form", "4 March 2025", "1 April 2025", "Twins at home.",
        "For a person to say when a visitor is found: nothing is written down",
    ):  # fmt: skip
        assert words in page, words
    answer(manager, place, "accepted")
    assert "Yes, they would like it" in manager.client.get(place).text
    visitor = sign_in("leeds", "home-visitor", name="Vera Visitor")
    status, support = give(manager, place, visitor, longest="months", months="9")
    assert status == 303
    assert support.startswith("/episodes/")
    page = visitor.client.get(support).text
    assert "9 months from the first home visit, as the council said: before recorded policy" in page
    assert "from the first home visit, by" not in page  # no edition is named as its source
    _visit_and_plan(visitor, support)
    today = service_clock.today()
    page = manager.client.get(support).text
    assert in_words(add_months(today, 9)) in page
    new = f"{support}/reviews/new"
    assert send(visitor.client, form_to(visitor.client.get(new), new), REVIEW).status_code == 303
    form = form_to(manager.client.get(f"{support}/close"), f"{support}/close")
    assert send(manager.client, form, {"reason": "nursery-place"}).status_code == 303
    assert "Support ended on" in manager.client.get(support).text
    row = db_admin.execute(
        "select before_recorded_policy, edition_id, referral_id, longest_months, status, limit_on from episode"
    ).fetchone()
    assert row == (True, None, None, 9, "closed", add_months(today, 9))
    for table in ("referral", "determination", "decision", "letter"):
        assert db_admin.execute(f"select count(*) from {table}").fetchone() == (0,), table  # noqa: S608 - names of this file


def _visit_and_plan(visitor: Hired, support: str) -> None:
    """Plan a visit today, record it, and agree a play plan."""
    today = service_clock.today()
    asked = {
        "starts_on-day": str(today.day), "starts_on-month": str(today.month), "starts_on-year": str(today.year),
        "at": "10:00", "minutes": "60", "mode": "home", "visits": "1", "every_weeks": "1", "in_school_holidays": "yes",
    }  # fmt: skip
    page = visitor.client.get(f"{support}/visits/plan?{urlencode(asked)}")
    assert send(visitor.client, form_to(page, f"{support}/visits/plan")).status_code == 303
    visit = "/visits/" + visitor.client.get(support).text.split('href="/visits/')[1].split('"')[0]
    form = form_to(visitor.client.get(f"{visit}/record"), f"{visit}/record")
    done = {"status": "done", "how_it_went": "We played with spoons.", "next_activity": "Spoons in the bath."}
    assert send(visitor.client, form, done).status_code == 303
    new = f"{support}/plan/new"
    assert send(visitor.client, form_to(visitor.client.get(new), new), PLAN).status_code == 303


def test_the_list_says_why_the_child_stands_where_it_stands(
    brought_in: Callable[..., str], manager: Hired, accepted_of: AcceptedOf, council: Council
) -> None:
    place = brought_in()
    case = accepted_of("leeds", manager=manager)
    with council("leeds"):
        put_on_list(case)
        db.session.commit()
    page = manager.client.get("/waiting-list").text
    assert "2 children wait" in page
    assert page.index("Robin2 Invented") < page.index("Kit Canarychild")
    assert page.count("before recorded policy: placed by the day it was asked for") == 1
    assert page.count("Before recorded policy: not judged") == 1
    reference = manager.client.get(place).text.split("Reference")[1].split("<dd")[1].split(">")[1].split("<")[0].strip()
    assert reference in page
    for order in ("age", "name"):
        assert "Robin2 Invented" in manager.client.get(f"/waiting-list?order={order}").text


def test_the_length_is_the_councils_own_and_is_asked_for_where_it_wrote_none(
    brought_in: Callable[..., str], manager: Hired, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    place, visitor = brought_in(), sign_in("leeds", "home-visitor", name="Vera Visitor")
    for typed, sentence in (
        ({}, "Say how long support may last, or that nothing is agreed."),
        ({"longest": "months"}, "Write a number of months from 1 to 72."),
        ({"longest": "months", "months": "soon"}, "Write a number of months from 1 to 72."),
        ({"longest": "months", "months": "73"}, "Write a number of months from 1 to 72."),
    ):
        status, page = give(manager, place, visitor, **typed)
        assert status == 422, typed
        assert sentence in page
    assert db_admin.execute("select count(*) from episode").fetchone() == (0,)
    status, support = give(manager, place, visitor, longest="none")
    assert status == 303
    assert db_admin.execute("select longest_months from episode").fetchone() == (None,)
    assert "Nothing is agreed: before recorded policy" in visitor.client.get(support).text


def test_the_length_that_the_council_wrote_down_is_not_asked_again(
    brought_in: Callable[..., str], manager: Hired, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    place, visitor = brought_in({"Longest support in months": 18}), sign_in("leeds", "home-visitor")
    page = manager.client.get(place).text
    assert "18 months from the first home visit, as the council wrote it down" in page
    assert "How long may the support last" not in page
    status, _ = give(manager, place, visitor)
    assert status == 303
    assert db_admin.execute("select longest_months, edition_id from episode").fetchone() == (18, None)


@pytest.mark.parametrize("said", ["refused", "no-answer"])
def test_nobody_is_allocated_before_the_family_says_yes_to_the_last_offer(
    said: str, brought_in: Callable[..., str], manager: Hired, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    place, visitor = brought_in(), sign_in("leeds", "home-visitor", name="Vera Visitor")
    answer(manager, place, said)
    status, page = give(manager, place, visitor, longest="none")
    assert status == 422
    assert "The family has not said yes to what was offered last." in page
    assert db_admin.execute("select left_on from waiting_entry").fetchone() == (None,)
    if said == "refused":
        answer(manager, place, "accepted")
        assert give(manager, place, visitor, longest="none")[0] == 303


def test_the_email_about_an_offer_holds_a_reference_a_stage_and_a_link_that_says_before_recorded_policy(
    brought_in: Callable[..., str],
    manager: Hired,
    work_off: WorkOff,
    mail_server: MailServer,
    client_of: Callable[[str], FlaskClient],
    db_admin: psycopg.Connection,
) -> None:
    place = brought_in()
    offer(manager, place)
    work_off()
    (mail,) = mail_server.mails
    found = db_admin.execute("select reference from waiting_entry").fetchone()
    assert found is not None
    assert mail["To"] == "alex@family.example"
    for wanted in (found[0], "Stage: on our waiting list", "http://leeds.localhost/l/"):
        assert wanted in mail.get_content()
    for private in ("Robin", "Invented", "Vera", "an offer", "offered", "home visit", "Alex"):
        assert private not in mail.as_string(), private
    parent = client_of("leeds")
    path = next(line for line in mail.get_content().splitlines() if "/l/" in line).split(".localhost")[1]
    opened = send(parent, form_to(parent.get(path), path)).location
    page = parent.get(opened).text
    for words in ("What we offer", "Vera would come every week.", "“before recorded policy”", "On our waiting list"):
        assert words in page, words
    assert "Robin" not in page
    form = form_to(manager.client.get(f"{place}/offer"), answered_at(manager, place))
    assert send(manager.client, form, {"answer": "accepted"}).status_code == 303
    assert "What we offer" not in parent.get(opened).text


def test_no_email_goes_where_the_row_does_not_say_that_it_is_safe(
    brought_in: Callable[..., str], manager: Hired, work_off: WorkOff, mail_server: MailServer
) -> None:
    offer(manager, brought_in({"Safe to e-mail": None}))
    work_off()
    assert mail_server.mails == []


def test_what_is_safe_is_read_when_the_email_is_sent(
    brought_in: Callable[..., str],
    manager: Hired,
    work_off: WorkOff,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
) -> None:
    offer(manager, brought_in())
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update carer set email_is_safe = false")
    work_off()
    assert mail_server.mails == []
    assert db_admin.execute("select status from message").fetchall() == [("held",)]
    ((told,),) = db_admin.execute("select sentence from alert where kind = 'message-held'").fetchall()
    assert "was not sent" in told


def test_a_child_who_was_taken_off_the_list_is_put_back_by_the_day_of_asking(
    brought_in: Callable[..., str], manager: Hired, db_admin: psycopg.Connection
) -> None:
    place = brought_in()
    form = form_to(manager.client.get(place), f"{place}/leave")
    assert send(manager.client, form, {"reason": "They moved to York."}).status_code == 303
    assert "Robin2" not in manager.client.get("/waiting-list").text
    assert 'href="/waiting-list?show=left"' in manager.client.get("/waiting-list").text
    left = manager.client.get("/waiting-list?show=left").text
    assert "1 child has left the list" in left
    assert f'href="{place}"' in left
    assert "They moved to York." in left
    page = manager.client.get(place)
    assert "They moved to York." in page.text
    form = form_to(page, f"{place}/return")
    assert send(manager.client, form, {"reason": ""}).status_code == 422
    assert send(manager.client, form, {"reason": "They moved back."}).status_code == 303
    row = db_admin.execute("select since, left_on, left_reason, note from waiting_entry").fetchone()
    assert row is not None
    assert row[:3] == (date(2025, 3, 4), None, None)
    assert "They moved to York." in row[3]
    assert "They moved back." in row[3]
    assert "Robin2" in manager.client.get("/waiting-list").text
    assert "No child has left the list" in manager.client.get("/waiting-list?show=left").text


def test_a_child_who_had_a_visitor_is_not_put_back(
    brought_in: Callable[..., str], manager: Hired, sign_in: SignIn
) -> None:
    place, visitor = brought_in(), sign_in("leeds", "home-visitor", name="Vera Visitor")
    assert give(manager, place, visitor, longest="none")[0] == 303
    form = form_to(manager.client.get(place), f"{place}/return")
    refused = send(manager.client, form, {"reason": "They ask again."})
    assert refused.status_code == 409
    assert "is a new request" in refused.text


def test_the_childs_record_leads_to_the_place_and_later_to_the_support(
    brought_in: Callable[..., str], manager: Hired, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    place, visitor = brought_in(), sign_in("leeds", "home-visitor", name="Vera Visitor")
    found = db_admin.execute("select id from child").fetchone()
    assert found is not None
    page = manager.client.get(f"/children/{found[0]}").text
    assert f'href="{place}"' in page
    assert "Waits, before recorded policy" in page
    _, support = give(manager, place, visitor, longest="none")
    page = visitor.client.get(f"/children/{found[0]}").text
    assert f'href="{support}"' in page
    assert place not in page


def test_an_offer_on_the_place_of_a_request_leads_to_the_requests_own_page(
    accepted_of: AcceptedOf, council: Council
) -> None:
    case = accepted_of("leeds")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    answer = case.manager.client.get(f"/waiting-list/{entry_id}/offer")
    assert (answer.status_code, answer.location) == (303, f"/referrals/{case.referral_id}/offer")


def test_the_reminder_of_the_limit_reaches_the_visitor_of_a_child_from_before(
    brought_in: Callable[..., str], manager: Hired, sign_in: SignIn, council: Council
) -> None:
    place, visitor = brought_in({"Longest support in months": 1}), sign_in("leeds", "home-visitor")
    _, support = give(manager, place, visitor)
    _visit_and_plan(visitor, support)
    with council("leeds"):
        assert remind_limits(service_clock.today() + timedelta(days=40)) == 1
        db.session.commit()
    assert "reached its limit" in visitor.client.get("/today").text
