"""A family says itself that the SEND Support Plan came, and hears when the meeting does not take place (WNC-12)."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import clock as portage_clock
from portage.core.db import db
from portage.families.models import Carer
from support.background import WorkOff
from support.cases import Family
from support.forms import form_to, send
from support.mailserver import MailServer
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

from .test_meetings import HERE, Council, day, do, letters, page_of, plan

PARENT = "sam@family.example"


@pytest.fixture
def office(sign_in: SignIn) -> Hired:
    """Who coordinates the meeting."""
    return sign_in(HERE, "team-administrator", name="Olu Office")


@pytest.fixture
def family(request_of: RequestOf) -> Family:
    """A family that asked for a meeting."""
    return request_of(HERE, route="moving-forwards", months=50)


@pytest.fixture
def planned(office: Hired, family: Family) -> Family:
    """Their meeting is in a week."""
    assert plan(office, family, portage_clock.today() + timedelta(days=7)).status_code == 303
    return family


@pytest.fixture
def parent(
    office: Hired, planned: Family, client_of: Callable[[str], FlaskClient], work_off: WorkOff, mail_server: MailServer
) -> tuple[FlaskClient, str]:
    """The parent's browser, and where it stands once the link of the e-mail about the plan is opened."""
    sent = do(office, planned, "plan-sent", how="by post", **day("sent_on", portage_clock.today()))
    assert sent.status_code == 303
    work_off()
    (mail,) = [each for each in mail_server.mails if each["To"] == PARENT and "on its way" in each.get_content()]
    said = mail.get_content()
    assert planned.reference in said
    assert [word for word in ("Kit", "Canarychild", "SEND", "Oak School") if word in said] == []
    path = next(word for word in said.split() if "/l/" in word)
    path = path[path.index("/l/") :]
    client = client_of(HERE)
    return client, send(client, form_to(client.get(path), path)).headers["Location"]


def test_the_family_says_that_it_has_the_plan_and_what_it_thinks(
    parent: tuple[FlaskClient, str], office: Hired, planned: Family, db_admin: psycopg.Connection
) -> None:
    client, opened = parent
    assert f'href="{opened}/plan"' in client.get(opened).text
    page = client.get(f"{opened}/plan")
    for said in ("by post", "Oak School", "mediation or the tribunal", "gives no health advice", "SENDIASS"):
        assert said in page.text
    assert "Canarychild" not in page.text
    too_long = send(client, form_to(page, f"{opened}/plan"), {"thoughts": "x" * 4001})
    assert too_long.status_code == 422
    assert send(client, form_to(page, f"{opened}/plan"), {"thoughts": "More time for reading."}).status_code == 303
    again = client.get(f"{opened}/plan")
    assert "You told us on" in again.text
    assert "You told us on" in client.get(opened).text
    assert send(client, form_to(again, f"{opened}/plan"), {"thoughts": "And for play."}).status_code == 303
    shown = page_of(office, planned)
    assert "said by Sam Canarychild" in shown
    assert "More time for reading.\nAnd for play." in shown
    assert "A family told us that they have the SEND Support Plan" in office.client.get("/today").text
    trail = db_admin.execute(
        "select distinct actor from audit_event where action = 'meeting.plan-acknowledged-by-family'"
    ).fetchall()
    assert [actor.partition(":")[0] for (actor,) in trail] == ["family"]


def test_nobody_else_says_so_and_not_after_the_meeting_was_cancelled(
    parent: tuple[FlaskClient, str],
    office: Hired,
    planned: Family,
    client_of: Callable[[str], FlaskClient],
) -> None:
    client, opened = parent
    assert client_of(HERE).get(f"{opened}/plan").status_code == 410
    assert client_of("leeds").get(f"{opened}/plan").status_code in (404, 410)
    form = form_to(client.get(f"{opened}/plan"), f"{opened}/plan")
    assert do(office, planned, "cancel", because="The school is shut that day.").status_code == 303
    assert send(client, form, {"thoughts": "Hello?"}).status_code == 404
    assert "/plan" not in client.get(opened).text


def test_a_family_whom_e_mail_does_not_reach_safely_is_asked_by_a_person(
    office: Hired, planned: Family, council: Council, work_off: WorkOff, mail_server: MailServer
) -> None:
    with council(HERE) as tenant_id:
        db.session.get_one(Carer, (tenant_id, planned.carer_id)).email_is_safe = False
        db.session.commit()
    do(office, planned, "plan-sent", how="by post", **day("sent_on", portage_clock.today()))
    assert "ask the family yourself whether the plan came" in page_of(office, planned)
    work_off()
    assert [each for each in mail_server.mails if "on its way" in each.get_content()] == []


def test_a_cancelled_meeting_says_why_and_those_who_were_invited_are_told(
    office: Hired, planned: Family, db_admin: psycopg.Connection
) -> None:
    assert do(office, planned, "invite").status_code == 303
    empty = do(office, planned, "cancel", because=" ")
    assert empty.status_code == 422
    assert "Say why the meeting is cancelled" in empty.text
    stale = form_to(
        office.client.get(f"/referrals/{planned.referral_id}/meeting"),
        f"/referrals/{planned.referral_id}/meeting/cancel",
    )
    assert do(office, planned, "cancel", because="The school is shut that day.").status_code == 303
    assert send(office.client, stale, {"because": "Twice."}).status_code in (409, 422)
    (told,) = db_admin.execute("select content from letter where kind = 'cancellation'").fetchall()
    assert "is cancelled" in str(told)
    assert "The school is shut that day." in str(told)
    for_others = office.client.get(f"/referrals/{planned.referral_id}/meeting/invitation").text
    assert "The school is shut that day." in for_others
    assert "What the meeting is for" not in for_others
    page = page_of(office, planned)
    assert "The school is shut that day." in page
    assert "/meeting/plan-sent" not in page
    assert db_admin.execute("select closed_on from referral").fetchone() == (None,)

    assert plan(office, planned, portage_clock.today() + timedelta(days=14)).status_code == 303
    assert "The school is shut that day." not in page_of(office, planned)
    assert do(office, planned, "invite").status_code == 303
    assert len(letters(db_admin)) == 2


def test_nobody_gets_a_letter_about_a_meeting_to_which_nobody_was_invited(
    office: Hired, planned: Family, db_admin: psycopg.Connection
) -> None:
    assert do(office, planned, "cancel", because="Planned by mistake.").status_code == 303
    assert "no letter is written" in page_of(office, planned)
    assert db_admin.execute("select count(*) from letter").fetchone() == (0,)
