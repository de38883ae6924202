"""The assessment that comes before any offer, through HTTP."""

from datetime import timedelta

import psycopg

from portage.core import clock
from support.forms import form_to, send
from support.people import Hired
from support.requests import ELIGIBLE, OWN_WORDS, RequestOf
from support.staff import SignIn


def day(prefix: str, days: int) -> dict[str, str]:
    """The three inputs of a day."""
    when = clock.today() + timedelta(days=days)
    return {f"{prefix}-day": str(when.day), f"{prefix}-month": str(when.month), f"{prefix}-year": str(when.year)}


def book(person: Hired, referral_id: object, assessor: Hired) -> None:
    """Book the assessment for tomorrow."""
    address = f"/referrals/{referral_id}/assessment"
    answer = send(
        person.client,
        form_to(person.client.get(address), address),
        {"assessor_id": str(assessor.id), **day("booked_for", 1), "booked_time": "10.30", "place": "At home"},
    )
    assert answer.status_code == 303, answer.text


def test_booked_recorded_and_only_then_decided(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager, visitor = sign_in("leeds", "service-manager"), sign_in("leeds", "home-visitor", name="Vi Visitor")
    address = f"/referrals/{family.referral_id}"
    assert visitor.client.get(address).status_code == 303  # not theirs yet: they are asked why

    early = send(
        manager.client,
        form_to(manager.client.get(f"{address}/decide"), f"{address}/decide"),
        {"outcome": "accepted", "reason": OWN_WORDS},
    )
    assert early.status_code == 422
    assert "An assessment is recorded before any offer" in early.text

    book(manager, family.referral_id, visitor)
    page = visitor.client.get(address)
    assert page.status_code == 200
    assert "with Vi Visitor" in page.text
    assert "At home" in visitor.client.get("/today").text
    (assessment_id,) = db_admin.execute("select id from assessment").fetchone() or (None,)
    answer = send(
        visitor.client,
        form_to(visitor.client.get(f"{address}/assessment/{assessment_id}"), f"{address}/assessment/{assessment_id}"),
        {
            **day("done_on", 0), "what_the_child_can_do": "Sits and reaches", "summary": "Needs help with words",
            "visits_would_help": "yes",
        },
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert db_admin.execute("select stage from referral").fetchone() == ("to-decide",)
    assert db_admin.execute("select kind, until_on from caseload").fetchall() == [("assessor", clock.today())]
    done = send(
        manager.client,
        form_to(manager.client.get(f"{address}/decide"), f"{address}/decide"),
        {"outcome": "accepted", "reason": OWN_WORDS},
    )
    assert done.status_code == 303, done.text
    assert db_admin.execute("select stage from referral").fetchone() == ("to-offer",)


def test_a_cancelled_assessment_can_be_booked_anew_and_access_ends(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager, visitor = sign_in("leeds", "service-manager"), sign_in("leeds", "home-visitor")
    address = f"/referrals/{family.referral_id}"
    book(manager, family.referral_id, visitor)
    again = send(
        manager.client,
        form_to(manager.client.get(f"{address}/assessment"), f"{address}/assessment"),
        {"assessor_id": str(visitor.id), **day("booked_for", 2), "booked_time": "9:00", "place": "Hub"},
    )
    assert again.status_code == 422
    assert "booked already" in again.text
    (assessment_id,) = db_admin.execute("select id from assessment").fetchone() or (None,)
    page = manager.client.get(address)
    assert send(manager.client, form_to(page, f"{address}/assessment/{assessment_id}/cancel")).status_code == 303
    book(manager, family.referral_id, visitor)
    assert db_admin.execute("select status from assessment order by created_at, id").fetchall() == [
        ("cancelled",), ("booked",),
    ]  # fmt: skip


def test_nobody_is_refused_while_an_assessor_is_on_the_way_to_them(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager, visitor = sign_in("leeds", "service-manager"), sign_in("leeds", "home-visitor")
    address = f"/referrals/{family.referral_id}"
    book(manager, family.referral_id, visitor)
    no = {"outcome": "declined", "reason": OWN_WORDS, "may_help_instead": "A play group near you."}
    early = send(manager.client, form_to(manager.client.get(f"{address}/decide"), f"{address}/decide"), no)
    assert early.status_code == 422
    assert "An assessment is booked. Cancel it first" in early.text
    (assessment_id,) = db_admin.execute("select id from assessment").fetchone() or (None,)
    cancel = form_to(manager.client.get(address), f"{address}/assessment/{assessment_id}/cancel")
    assert send(manager.client, cancel).status_code == 303
    done = send(manager.client, form_to(manager.client.get(f"{address}/decide"), f"{address}/decide"), no)
    assert done.status_code == 303, done.text
    assert db_admin.execute("select until_on from caseload").fetchall() == [(clock.today(),)]


def test_an_assessment_is_booked_with_somebody_who_assesses_and_not_in_the_past(
    sign_in: SignIn, request_of: RequestOf
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager, auditor = sign_in("leeds", "service-manager"), sign_in("leeds", "auditor")
    address = f"/referrals/{family.referral_id}/assessment"
    answer = send(
        manager.client,
        form_to(manager.client.get(address), address),
        {"assessor_id": str(auditor.id), **day("booked_for", -1), "booked_time": "10:00", "place": "Home"},
    )
    assert answer.status_code == 422
    assert "Choose who sees the child." in answer.text
    assert "This day is in the past." in answer.text


def test_a_council_whose_path_has_no_assessment_does_not_offer_one(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("lancashire")
    page = sign_in("lancashire", "service-manager").client.get(f"/referrals/{family.referral_id}")
    assert "Book the assessment" not in page.text
