"""Moving Forwards meetings: asked for by a family, prepared, held within its two limits, and followed up (WNC-12)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock as portage_clock
from support.background import WorkOff
from support.cases import Family
from support.forms import form_to, send
from support.mailserver import MailServer
from support.people import Hired
from support.requests import CONCERNED, RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
HERE = "west-northants"
LIMITS = ("decision not to issue a plan is not talked about", "mediation or the tribunal", "gives no health advice",
          "SENDIASS", "speech and language therapy")  # fmt: skip


@pytest.fixture
def office(sign_in: SignIn) -> Hired:
    """Somebody of the team who coordinates the meeting."""
    return sign_in(HERE, "team-administrator", name="Olu Office")


@pytest.fixture
def family(request_of: RequestOf) -> Family:
    """A family that asked for a meeting."""
    return request_of(HERE, route="moving-forwards", months=50)


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def do(person: Hired, family: Family, part: str, **typed: str | list[str]) -> TestResponse:
    """Fill in one form of the meeting's page."""
    here = f"/referrals/{family.referral_id}/meeting"
    page = person.client.get(here)
    assert page.status_code == 200, page.text
    return send(person.client, form_to(page, f"{here}/{part}" if part else here), typed)


def plan(person: Hired, family: Family, on: date) -> TestResponse:
    return do(person, family, "", held_at="10:00", place="Oak School", **day("held_on", on))


def page_of(person: Hired, family: Family) -> str:
    return person.client.get(f"/referrals/{family.referral_id}/meeting").text


def letters(db_admin: psycopg.Connection) -> list[str]:
    return [str(content) for (content,) in db_admin.execute("select content from letter where kind = 'invitation'")]


def test_a_meeting_from_the_request_to_what_was_delivered(
    office: Hired,
    family: Family,
    sign_in: SignIn,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
) -> None:
    today = portage_clock.today()
    assert f"/referrals/{family.referral_id}/meeting" in office.client.get(f"/referrals/{family.referral_id}").text
    assert plan(office, family, today + timedelta(days=7)).status_code == 303
    guest = {"kind": "educational-psychology", "name": "Educational Psychology", "organisation": "The council"}
    assert do(office, family, "guests", **guest).status_code == 303
    assert do(office, family, "guests", kind="school", name="Sol Senco", organisation="Oak School").status_code == 303
    assert do(office, family, "invite").status_code == 303
    (letter,) = letters(db_admin)
    for said in (*LIMITS, "Sol Senco, Oak School", "Sam Canarychild", "Oak School."):
        assert said in letter
    for_others = office.client.get(f"/referrals/{family.referral_id}/meeting/invitation").text
    for said in LIMITS:
        assert said in for_others
    assert do(office, family, "plan-sent", how="by post", **day("sent_on", today)).status_code == 303
    yes = {"acknowledged_by": "Sam Canarychild", "thoughts": "More time for reading.", **day("acknowledged_on", today)}
    assert do(office, family, "acknowledged", **yes).status_code == 303
    clock(portage_clock.now() + timedelta(days=7))
    office = sign_in(HERE, "team-administrator", name="Olu Office")  # a week later
    parent = db_admin.execute("select id from meeting_guest where kind = 'parent'").fetchone()
    assert parent is not None
    assert do(office, family, "held", summary="We read the plan together.", came=[str(parent[0])]).status_code == 303
    agreed = {"kind": "training", "what": "Makaton for two staff", "delivered_by": "Tess Teacher"}
    assert do(office, family, "agreements", **agreed).status_code == 303
    shown = page_of(office, family)
    for said in (
        *LIMITS,
        "Makaton for two staff",
        "Delivered by Tess Teacher",
        "More time for reading.",
        "Not done yet",
    ):
        assert said in shown
    assert shown.count("did not come") == 2
    (agreement,) = db_admin.execute("select id from meeting_agreement").fetchone() or ()
    assert do(office, family, f"agreements/{agreement}/done").status_code == 303
    assert "Done on" in page_of(office, family)
    ended = db_admin.execute("select stage, closed_reason from referral").fetchone()
    assert ended == ("closed", "The Moving Forwards meeting took place")


def test_the_plan_goes_out_before_the_day_of_the_meeting_or_it_is_not_recorded(
    office: Hired, family: Family, db_admin: psycopg.Connection
) -> None:
    today = portage_clock.today()
    plan(office, family, today)
    late = do(office, family, "plan-sent", how="by hand", **day("sent_on", today))
    assert "before the day of the meeting" in late.text
    held = do(office, family, "held", summary="We met.")
    assert held.status_code == 422
    assert "goes out before the meeting" in held.text
    assert "We met." in held.text
    assert (
        do(office, family, "plan-sent", how="by post", **day("sent_on", today - timedelta(days=1))).status_code == 303
    )
    back = plan(office, family, today - timedelta(days=1))
    assert "Choose a later day." in back.text
    assert do(office, family, "held", summary="We met.").status_code == 303
    assert db_admin.execute("select status from forward_meeting").fetchone() == ("held",)


def test_a_meeting_is_not_recorded_before_its_day_and_only_once(office: Hired, family: Family) -> None:
    today = portage_clock.today()
    here = f"/referrals/{family.referral_id}/meeting"
    plan(office, family, today)
    form = form_to(office.client.get(here), f"{here}/held")
    plan(office, family, today + timedelta(days=1))
    early = send(office.client, form, {"summary": "We met."})
    assert early.status_code == 409  # the meeting was moved meanwhile
    assert f'action="{here}/held"' not in page_of(office, family)
    plan(office, family, today)
    do(office, family, "plan-sent", how="by post", **day("sent_on", today - timedelta(days=2)))
    again = form_to(office.client.get(here), f"{here}/held")
    assert do(office, family, "held", summary="We met.", came=[str(uuid4())]).status_code == 404
    assert do(office, family, "held", summary="We met.").status_code == 303
    assert send(office.client, again, {"summary": "Twice.", "_key": str(uuid4())}).status_code == 422


def test_an_acknowledgement_lies_between_sending_and_today(office: Hired, family: Family) -> None:
    today = portage_clock.today()
    plan(office, family, today + timedelta(days=3))
    assert "acknowledged_by" not in page_of(office, family)
    do(office, family, "plan-sent", how="by post", **day("sent_on", today))
    for wrong in (today - timedelta(days=1), today + timedelta(days=1)):
        answer = do(office, family, "acknowledged", acknowledged_by="Sam", **day("acknowledged_on", wrong))
        assert answer.status_code == 422
        assert "from the one on which the plan went out until today" in answer.text


def test_a_guest_can_be_taken_off_and_a_moved_meeting_needs_a_new_invitation(
    office: Hired, family: Family, db_admin: psycopg.Connection
) -> None:
    today = portage_clock.today()
    plan(office, family, today + timedelta(days=3))
    do(office, family, "guests", kind="other", name="Uncle Ulf")
    (guest,) = db_admin.execute("select id from meeting_guest where kind = 'other'").fetchone() or ()
    do(office, family, "invite")
    assert do(office, family, f"guests/{guest}/off").status_code == 303
    assert "Uncle Ulf" not in page_of(office, family)
    plan(office, family, today + timedelta(days=4))
    assert "Not sent yet" in page_of(office, family)
    do(office, family, "invite")
    assert len(letters(db_admin)) == 2


@pytest.mark.usefixtures("family")
def test_the_mail_about_the_invitation_says_nothing_of_it(
    office: Hired, request_of: RequestOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    other = request_of(HERE, route="moving-forwards", given_name="Lou")
    plan(office, other, portage_clock.today() + timedelta(days=3))
    do(office, other, "invite")
    work_off()
    mail = next(mail for mail in mail_server.mails if "written you a letter" in mail.get_content())
    for kept in ("Lou", "Oak School", "Moving Forwards", "plan"):
        assert kept not in mail.get_content()


def test_only_a_request_for_a_meeting_has_one_and_only_where_the_council_holds_them(
    office: Hired, request_of: RequestOf, sign_in: SignIn
) -> None:
    plain = request_of(HERE)
    assert office.client.get(f"/referrals/{plain.referral_id}/meeting").status_code == 404
    elsewhere = request_of("leeds", facts=CONCERNED)
    manager = sign_in("leeds", "service-manager", name="Mona Manager")
    assert manager.client.get(f"/referrals/{elsewhere.referral_id}/meeting").status_code == 404
    assert "Moving Forwards" not in manager.client.get(f"/referrals/{elsewhere.referral_id}").text
