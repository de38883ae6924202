"""A family says that it does not want support any more: a manager closes the request, and nothing of it goes on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.db import db
from support.background import WorkOff
from support.cases import FamilyOf
from support.episodes import AcceptedOf, Council, SupportedOf, post_to, put_on_list
from support.forms import form_to, send
from support.mailserver import MailServer
from support.people import Hired
from support.requests import ELIGIBLE, RequestOf
from support.staff import SignIn

NOTE = "They have found a nursery and are happy there. I asked whether anything went wrong: nothing did."
TOLD: dict[str, str] = {"told_by": "Sam Canarychild, mother", "how": "telephone", "note": NOTE}


def withdraw(manager: Hired, referral_id: UUID, **changed: str) -> TestResponse:
    """Open the request, follow its link, and close it as the family wishes."""
    page = manager.client.get(f"/referrals/{referral_id}")
    assert f'href="/referrals/{referral_id}/withdraw"' in page.text
    address = f"/referrals/{referral_id}/withdraw"
    return send(manager.client, form_to(manager.client.get(address), address), {**TOLD, **changed})


def reopen(manager: Hired, referral_id: UUID, why: str) -> TestResponse:
    """Open a case again that had ended."""
    address = f"/referrals/{referral_id}/reopen"
    return send(manager.client, form_to(manager.client.get(address), address), {"reopen_reason": why})


def row(db_admin: psycopg.Connection, query: str) -> Any:
    return db_admin.execute(query).fetchone()  # type: ignore[arg-type]  # a literal of this file


def test_a_new_request_is_closed_as_the_family_wishes_and_the_history_says_who_told_whom(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire")
    manager = sign_in("lancashire", "service-manager", name="Ines Manager")
    assert withdraw(manager, family.referral_id).status_code == 303
    stage, closed_on, reason = row(db_admin, "select stage, closed_on, closed_reason from referral")
    assert (stage, closed_on, reason) == ("closed", clock.today(), "The family no longer wants this")
    page = manager.client.get(f"/referrals/{family.referral_id}").text
    told = f"Told by Sam Canarychild, mother, by telephone, on {clock.today().day} {clock.today():%B %Y}."
    assert f"The family no longer wants this. {told} {NOTE}" in page.replace("&#39;", "'")
    assert "Ines Manager" in page
    assert f"/referrals/{family.referral_id}/withdraw" not in page
    assert row(db_admin, "select count(*) from decision") == (0,)


def test_the_clocks_stop_on_the_day_on_which_the_family_told(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants", days_ago=3)
    assert row(db_admin, "select count(*) from deadline where stopped_on is null") != (0,)
    manager = sign_in("west-northants", "service-manager")
    day = clock.today()
    typed = {"told_on-day": str(day.day), "told_on-month": str(day.month), "told_on-year": str(day.year)}
    assert withdraw(manager, family.referral_id, **typed).status_code == 303
    assert db_admin.execute("select distinct stopped_on from deadline").fetchall() == [(day,)]
    page = manager.client.get(f"/referrals/{family.referral_id}").text
    assert 'aria-label="Clocks"' not in page
    assert "stopped on" in page
    assert "Kit Canarychild" not in sign_in("west-northants", "panel-chair").client.get("/panel").text


def test_the_clocks_of_a_request_that_is_opened_again_run_from_that_day_and_the_history_says_so(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("west-northants", days_ago=40)
    manager = sign_in("west-northants", "service-manager")
    query = "select key, due_on - started_on from deadline where stopped_on is null order by key"
    before = db_admin.execute("select key from deadline where stopped_on is null order by key").fetchall()
    assert before
    assert withdraw(manager, family.referral_id).status_code == 303
    assert db_admin.execute(query).fetchall() == []
    db_admin.execute("set session_replication_role = replica")  # they had been reminded of it
    db_admin.execute("update deadline set reminded_on = due_on")
    assert reopen(manager, family.referral_id, "They think otherwise now").status_code == 303
    running = db_admin.execute(
        "select key, started_on, due_on, reminded_on, name from deadline order by key"
    ).fetchall()
    assert [(key,) for key, *_ in running] == before
    page = manager.client.get(f"/referrals/{family.referral_id}").text
    assert 'aria-label="Clocks"' in page
    assert "Overdue" not in page.partition("<main")[2]
    for _, started_on, due_on, reminded_on, name in running:
        assert (started_on, reminded_on) == (clock.today(), None)
        assert due_on > clock.today()
        assert f"{name}, by {due_on.day} {due_on:%B %Y}" in page
    assert "They think otherwise now. Its clocks run anew from this day: " in page


def test_a_first_call_that_was_made_is_not_waited_for_again(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("hampshire", days_ago=3)
    manager = sign_in("hampshire", "service-manager")
    waits = "select stopped_on is null from deadline where key = 'first-contact'"
    assert row(db_admin, waits) == (True,)
    assert withdraw(manager, family.referral_id).status_code == 303
    assert reopen(manager, family.referral_id, "They think otherwise now.").status_code == 303
    assert row(db_admin, waits) == (True,)
    address = f"/referrals/{family.referral_id}"
    now = clock.now().astimezone(clock.LONDON)
    typed = {
        "with_whom": "Sam Canarychild", "happened_on-day": str(now.day), "happened_on-month": str(now.month),
        "happened_on-year": str(now.year), "happened_time": f"{now:%H:%M}", "how": "telephone", "purpose": "other",
        "reached": "yes", "note": "We talked about what happens next.",
    }  # fmt: skip
    assert send(manager.client, form_to(manager.client.get(address), f"{address}/contacts"), typed).status_code == 303
    assert row(db_admin, waits) == (False,)
    assert withdraw(manager, family.referral_id).status_code == 303
    assert reopen(manager, family.referral_id, "They think otherwise again.").status_code == 303
    assert row(db_admin, waits) == (False,)


def test_a_place_on_the_waiting_list_ends(
    accepted_of: AcceptedOf, council: Council, db_admin: psycopg.Connection
) -> None:
    case = accepted_of("leeds")
    with council("leeds"):
        put_on_list(case)
        db.session.commit()
    assert withdraw(case.manager, case.referral_id).status_code == 303
    assert row(db_admin, "select left_on, left_reason, left_by from waiting_entry") == (
        clock.today(), "The family no longer wants this", case.manager.id,
    )  # fmt: skip
    assert "Kit Canarychild" not in case.manager.client.get("/waiting-list").text
    assert row(db_admin, "select answer from offer") == ("accepted",)


def test_an_offer_that_waits_for_an_answer_ends(accepted_of: AcceptedOf, db_admin: psycopg.Connection) -> None:
    case = accepted_of("leeds")
    address = f"/referrals/{case.referral_id}/offer"
    form = form_to(case.manager.client.get(address), address)
    assert send(case.manager.client, form, {"kinds": ["home-visits"]}).status_code == 303
    assert withdraw(case.manager, case.referral_id).status_code == 303
    assert row(db_admin, "select answer, answered_on from offer") == ("refused", clock.today())
    assert "What does the family say?" not in case.manager.client.get(address).text


def test_a_booked_assessment_is_cancelled_and_the_assessor_hears_of_it(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager, visitor = sign_in("leeds", "service-manager"), sign_in("leeds", "home-visitor", name="Vera Visitor")
    address = f"/referrals/{family.referral_id}/assessment"
    day = clock.today()
    typed = {
        "assessor_id": str(visitor.id), "booked_for-day": str(day.day), "booked_for-month": str(day.month),
        "booked_for-year": str(day.year), "booked_time": "10:00", "place": "At home",
    }  # fmt: skip
    booked = send(manager.client, form_to(manager.client.get(address), address), typed)
    assert booked.status_code == 303, booked.text
    assert withdraw(manager, family.referral_id).status_code == 303
    assert row(db_admin, "select status from assessment") == ("cancelled",)
    assert row(db_admin, "select stage from referral") == ("closed",)
    assert "no longer goes ahead" in visitor.client.get("/today").text
    assert "At home" not in visitor.client.get("/today").text


def test_a_withdrawn_request_is_opened_again_where_it_is_decided(
    accepted_of: AcceptedOf, council: Council, db_admin: psycopg.Connection
) -> None:
    case = accepted_of("leeds")
    with council("leeds"):
        put_on_list(case)
        db.session.commit()
    assert withdraw(case.manager, case.referral_id).status_code == 303
    assert reopen(case.manager, case.referral_id, "They think otherwise now.").status_code == 303
    assert row(db_admin, "select stage, closed_on, closed_reason from referral") == ("to-decide", None, None)
    assert withdraw(case.manager, case.referral_id).status_code == 303
    assert row(db_admin, "select stage from referral") == ("closed",)


def test_the_family_gets_an_email_with_a_reference_a_stage_and_a_link(
    sign_in: SignIn, family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    family = family_of("leeds")
    manager = sign_in("leeds", "service-manager")
    work_off()
    mail_server.mails.clear()
    assert withdraw(manager, family.referral_id).status_code == 303
    work_off()
    (mail,) = mail_server.mails
    assert mail["To"] == "sam@family.example"
    for wanted in (family.reference, "Stage: closed", "http://leeds.localhost/l/"):
        assert wanted in mail.get_content()
    for private in ("Canarychild", "Kit", "nursery", "no longer wants", "Sam "):
        assert private not in mail.as_string(), private


def test_a_professional_who_asked_hears_that_it_is_closed_and_nothing_more(
    sign_in: SignIn,
    family_of: FamilyOf,
    work_off: WorkOff,
    mail_server: MailServer,
    client_of: Callable[[str], FlaskClient],
) -> None:
    family = family_of("lancashire", route="early-help", referrer="health-professional", email=None)
    manager = sign_in("lancashire", "service-manager")
    work_off()
    mail_server.mails.clear()
    assert withdraw(manager, family.referral_id).status_code == 303
    work_off()
    (mail,) = mail_server.mails
    assert mail["To"] == "ola@clinic.example"
    for wanted in (family.reference, "Stage: closed", "http://lancashire.localhost/l/"):
        assert wanted in mail.get_content()
    for private in ("Canarychild", "Kit", "nursery", "no longer wants", "Sam ", "Ola"):
        assert private not in mail.as_string(), private
    them = client_of("lancashire")
    path = next(line for line in mail.get_content().splitlines() if "/l/" in line).split(".localhost")[1]
    page = them.get(send(them, form_to(them.get(path), path)).location).text
    assert "Closed" in page
    for private in ("Canarychild", "nursery", "no longer wants"):
        assert private not in page, private


def test_where_a_professional_can_be_reached_is_read_when_the_email_is_sent(
    sign_in: SignIn,
    family_of: FamilyOf,
    work_off: WorkOff,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
) -> None:
    family = family_of("lancashire", route="early-help", referrer="health-professional", email=None)
    manager = sign_in("lancashire", "service-manager")
    work_off()
    mail_server.mails.clear()
    assert withdraw(manager, family.referral_id).status_code == 303
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update referral set referrer_email = null")
    work_off()
    assert mail_server.mails == []
    assert row(db_admin, "select status from message where kind = 'closed'") == ("held",)


def test_no_email_goes_where_it_is_not_safe(
    sign_in: SignIn, family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds", email_is_safe=False)
    assert withdraw(sign_in("leeds", "service-manager"), family.referral_id).status_code == 303
    work_off()
    assert mail_server.mails == []
    assert row(db_admin, "select count(*) from message where kind = 'closed'") == (0,)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"note": ""}, "Write in your own words"),
        ({"told_by": ""}, "Enter who told you"),
        ({"how": ""}, "Choose how"),
        ({"told_on-year": "2150"}, "This day is in the future"),
        ({"told_on-year": "2001"}, "This day is before the request"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection, changed: dict[str, str], sentence: str
) -> None:
    family = request_of("lancashire")
    answer = withdraw(sign_in("lancashire", "service-manager"), family.referral_id, **changed)
    assert answer.status_code == 422
    assert sentence in answer.text
    typed = [value for name, value in TOLD.items() if name not in changed and name != "how"]
    assert all(value in answer.text for value in typed)
    assert row(db_admin, "select stage from referral") != ("closed",)


def test_who_enters_requests_logs_the_call_and_closes_nothing(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire")
    office = sign_in("lancashire", "team-administrator")
    address = f"/referrals/{family.referral_id}"
    page = office.client.get(address)
    assert f"{address}/withdraw" not in page.text
    assert office.client.get(f"{address}/withdraw").status_code == 403
    assert post_to(office.client, f"{address}/withdraw", **TOLD).status_code == 403
    now = clock.now().astimezone(clock.LONDON)
    typed = {
        "with_whom": "Sam Canarychild", "happened_on-day": str(now.day), "happened_on-month": str(now.month),
        "happened_on-year": str(now.year), "happened_time": f"{now:%H:%M}", "how": "telephone", "purpose": "other",
        "reached": "yes", "note": "She does not want this any more.",
    }  # fmt: skip
    assert send(office.client, form_to(page, f"{address}/contacts"), typed).status_code == 303
    assert "She does not want this any more." in office.client.get(address).text
    assert row(db_admin, "select closed_on from referral") == (None,)


def test_nobody_closes_on_an_old_page_or_without_having_read_the_case(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire")
    first, second = sign_in("lancashire", "service-manager"), sign_in("lancashire", "service-manager")
    address = f"/referrals/{family.referral_id}/withdraw"
    unread = send(first.client, form_to(first.client.get(address), address), TOLD)
    assert unread.status_code == 403
    assert "Open the case and read it" in unread.text
    first.client.get(f"/referrals/{family.referral_id}")
    old = form_to(first.client.get(address), address)
    assert withdraw(second, family.referral_id).status_code == 303
    late = send(first.client, old, TOLD)
    assert late.status_code == 409
    assert NOTE in late.text.replace("&#39;", "'")
    assert first.client.get(address).status_code == 303


def test_support_that_runs_ends_on_its_own_page(supported_of: SupportedOf, db_admin: psycopg.Connection) -> None:
    case = supported_of("leeds")
    address = f"/referrals/{case.referral_id}/withdraw"
    assert address not in case.manager.client.get(f"/referrals/{case.referral_id}").text
    assert case.manager.client.get(address).status_code == 303
    (version,) = row(db_admin, "select version from referral")
    sent = post_to(
        case.manager.client, address, **TOLD, version=str(version), told_on=clock.today().isoformat()
    )  # fmt: skip
    assert sent.status_code == 409
    assert "on the page of the child" in sent.text
    assert row(db_admin, "select stage from referral") == ("supported",)
