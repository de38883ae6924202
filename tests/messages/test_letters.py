"""The outcome letter says what was decided and why, and reaches the family the way that is safe for them (LDS-16)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import clock as portage_clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Carer
from portage.messages.models import Letter
from portage.referrals.models import Referral
from portage.referrals.operations.facts import last_determination
from support.background import WorkOff
from support.cases import Family, FamilyOf
from support.forms import form_to, send
from support.letters import INSTEAD, REASON, Decide
from support.mailserver import MailServer
from support.people import Hired

Council = Callable[..., AbstractContextManager[UUID]]
SignIn = Callable[..., Hired]


def letter_in(council: Council, family: Family) -> Letter:
    with council(family.slug):
        letter = db.session.scalars(scoped(Letter).where(Letter.referral_id == family.referral_id)).one()
        db.session.expunge(letter)
    return letter


def words_of(letter: Letter) -> str:
    parts = [letter.content["greeting"], letter.content["title"], letter.content["closing"], *letter.content["signed"]]
    for section in letter.content["sections"]:
        parts += [section["heading"], *section["paragraphs"], *section["items"]]
    return "\n".join(parts)


def opened(client: FlaskClient, server: MailServer) -> str:
    mail = next(mail for mail in server.mails if "written you a letter" in mail.get_content())
    path = next(line for line in mail.get_content().splitlines() if "/l/" in line).split(".localhost")[1]
    return client.get(send(client, form_to(client.get(path), path)).location).text


@pytest.mark.parametrize("slug", ["leeds", "lancashire", "west-northants"])
def test_a_refusal_says_everything_that_a_family_needs(
    slug: str, family_of: FamilyOf, decide: Decide, council: Council
) -> None:
    family = family_of(slug)
    decide(family, "declined")
    said = words_of(letter_in(council, family))
    with council(slug):
        judged = last_determination(family.referral_id)
        assert judged is not None
        findings = [finding["because"] for finding in judged.answer["findings"]]
    assert findings
    for wanted in (
        "Dear Sam Canarychild",
        "Kit",
        REASON,
        "Asha Decider",
        INSTEAD,
        family.reference,
        "look at this decision again",
        "Somebody who did not make the decision",
        "SENDIASS",
        "Local Offer",
        "complain",
        "Ombudsman",
        *findings,
    ):
        assert wanted in said, wanted


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("accepted", "we can offer support"),
        ("signposted", "other services can help"),
        ("information", "we would like to know a little more"),
    ],
)
def test_every_outcome_has_its_own_beginning(
    outcome: str, words: str, family_of: FamilyOf, decide: Decide, council: Council
) -> None:
    family = family_of("leeds")
    decide(family, outcome)
    assert words in words_of(letter_in(council, family))


def test_a_decision_that_was_changed_before_its_letter_was_written_has_none(
    family_of: FamilyOf, decide: Decide, council: Council
) -> None:
    family = family_of("leeds")
    decide(family, "declined", worker=False)
    decide(family, "accepted", decided_at=portage_clock.now() + timedelta(minutes=1))
    said = words_of(letter_in(council, family))  # the only one
    assert "we can offer support" in said


def test_the_letter_names_the_area_team(family_of: FamilyOf, decide: Decide, council: Council) -> None:
    family = family_of("lancashire")
    decide(family, "declined")
    assert "East area team" in words_of(letter_in(council, family))


def test_the_letter_waits_behind_a_link_and_the_mail_about_it_says_nothing(
    family_of: FamilyOf,
    decide: Decide,
    mail_server: MailServer,
    client_of: Callable[[str], FlaskClient],
    db_admin: psycopg.Connection,
) -> None:
    family = family_of("leeds")
    decide(family, "declined")
    mail = next(mail for mail in mail_server.mails if "written you a letter" in mail.get_content())
    for private in ("Canarychild", "Kit", "declined", "sorry", REASON, "Asha"):
        assert private not in mail.as_string(), private
    page = opened(client_of("leeds"), mail_server)
    assert REASON in page
    assert "until" in page
    assert db_admin.execute("select read_at is not null, posted_on from letter").fetchall() == [(True, None)]


def test_where_email_is_not_safe_the_team_prints_and_posts(
    family_of: FamilyOf, decide: Decide, mail_server: MailServer, sign_in: SignIn, council: Council
) -> None:
    family = family_of("leeds", email_is_safe=False)
    decide(family, "declined")
    assert mail_server.mails == []
    office = sign_in("leeds", Role.TEAM_ADMINISTRATOR)
    listed = office.client.get("/letters")
    assert family.reference in listed.text
    letter = letter_in(council, family)
    path = f"/referrals/{family.referral_id}/letter/{letter.id}"
    page = office.client.get(path)
    assert page.status_code == 200
    assert REASON in page.text
    assert "1 Sample Street" in page.text
    answer = send(office.client, form_to(page, f"{path}/posted"))
    assert answer.location == "/letters"
    assert family.reference not in office.client.get("/letters").text.split("E-mails that did not go")[0]
    assert "Posted on" in office.client.get(path).text


def test_the_page_of_the_request_leads_to_the_letter_and_says_what_became_of_it(
    family_of: FamilyOf, decide: Decide, sign_in: SignIn, council: Council
) -> None:
    family = family_of("leeds")
    decide(family, "declined")
    page = sign_in("leeds", Role.SERVICE_MANAGER).client.get(f"/referrals/{family.referral_id}").text
    assert f"/referrals/{family.referral_id}/letter/{letter_in(council, family).id}" in page
    assert "not posted and not opened yet" in page
    assert "E-mail to the family" in page


def test_where_post_is_not_safe_no_address_is_printed(family_of: FamilyOf, decide: Decide, council: Council) -> None:
    family = family_of("leeds", email_is_safe=False, post_is_safe=False)
    decide(family, "declined")
    assert letter_in(council, family).content["address"] == []


def test_a_letter_whose_mail_was_held_comes_back_to_be_posted(
    family_of: FamilyOf,
    decide: Decide,
    council: Council,
    mail_server: MailServer,
    sign_in: SignIn,
    work_off: WorkOff,
    db_admin: psycopg.Connection,
) -> None:
    family = family_of("leeds")
    mail_server.mode = "later"
    decide(family, "declined")
    office = sign_in("leeds", Role.TEAM_ADMINISTRATOR)
    assert "No letter waits" in office.client.get("/letters").text
    with council("leeds") as tenant_id:
        db.session.get_one(Carer, (tenant_id, family.carer_id)).email_is_safe = False
        db.session.commit()
    db_admin.execute("update outbox set not_before = now() where done_at is null")
    work_off()
    page = office.client.get("/letters").text
    assert "No letter waits" not in page
    assert "E-mail is not safe for them." in page
    assert "01632 960 111" in page


def test_the_letter_reads_the_same_after_names_and_policies_change(
    family_of: FamilyOf, decide: Decide, council: Council, sign_in: SignIn
) -> None:
    family = family_of("leeds", email_is_safe=False)
    decide(family, "declined")
    letter, manager = letter_in(council, family), sign_in("leeds", Role.SERVICE_MANAGER)
    path = f"/referrals/{family.referral_id}/letter/{letter.id}"
    before = manager.client.get(path).text.split("<article")[1].split("</article>")[0]
    with council("leeds") as tenant_id:
        db.session.get_one(Carer, (tenant_id, family.carer_id)).name = "Somebody Else"
        db.session.get_one(Referral, (tenant_id, family.referral_id)).stage = "closed"
        db.session.commit()
    assert manager.client.get(path).text.split("<article")[1].split("</article>")[0] == before


def test_a_letter_is_found_only_under_its_own_request_and_council(
    family_of: FamilyOf, decide: Decide, council: Council, sign_in: SignIn
) -> None:
    family, other = family_of("leeds"), family_of("leeds")
    decide(family, "declined")
    letter = letter_in(council, family)
    leeds, elsewhere = sign_in("leeds", Role.SERVICE_MANAGER), sign_in("lancashire", Role.SERVICE_MANAGER)
    assert leeds.client.get(f"/referrals/{family.referral_id}/letter/{letter.id}").status_code == 200
    assert leeds.client.get(f"/referrals/{other.referral_id}/letter/{letter.id}").status_code == 404
    assert elsewhere.client.get(f"/referrals/{family.referral_id}/letter/{letter.id}").status_code == 404


def test_a_message_that_did_not_go_is_sent_again_or_told_another_way(
    family_of: FamilyOf, sign_in: SignIn, mail_server: MailServer, work_off: WorkOff
) -> None:
    first, second = family_of("leeds"), family_of("leeds", email="wrong@family.example")
    mail_server.mode = "refuse"
    work_off()
    office = sign_in("leeds", Role.TEAM_ADMINISTRATOR)
    page = office.client.get("/letters")
    assert first.reference in page.text
    assert second.reference in page.text
    mail_server.mode = "take"
    again = next(form for form in _forms(page) if form.endswith("/again"))
    send(office.client, form_to(page, again))
    work_off()
    assert len(mail_server.mails) == 1
    page = office.client.get("/letters")
    handled = next(form for form in _forms(page) if form.endswith("/handled"))
    send(office.client, form_to(page, handled))
    assert "Every e-mail went out." in office.client.get("/letters").text


def test_an_email_that_is_sent_again_after_midnight_is_noted_on_the_day_in_england(
    family_of: FamilyOf,
    sign_in: SignIn,
    mail_server: MailServer,
    work_off: WorkOff,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
) -> None:
    clock(datetime(2026, 6, 1, 23, 20, tzinfo=UTC))  # twenty past midnight on 2 June in England
    family_of("leeds")
    mail_server.mode = "refuse"
    work_off()
    office = sign_in("leeds", Role.TEAM_ADMINISTRATOR)
    page = office.client.get("/letters")
    send(office.client, form_to(page, next(form for form in _forms(page) if form.endswith("/again"))))
    handled = db_admin.execute("select handled_on from message where handled_on is not null").fetchall()
    assert handled == [(date(2026, 6, 2),)]


def test_letters_and_messages_of_another_area_team_are_not_listed_and_cannot_be_changed(
    family_of: FamilyOf, sign_in: SignIn, mail_server: MailServer, work_off: WorkOff
) -> None:
    family = family_of("lancashire")
    mail_server.mode = "refuse"
    work_off()
    east = sign_in("lancashire", Role.TEAM_ADMINISTRATOR, areas=["east"])
    north = sign_in("lancashire", Role.TEAM_ADMINISTRATOR, areas=["north"])
    page = east.client.get("/letters")
    assert family.reference in page.text
    assert family.reference not in north.client.get("/letters").text
    form = form_to(page, next(form for form in _forms(page) if form.endswith("/handled")))
    own = form_to(north.client.get("/today"), "/sign-out")
    values = {"_csrf": own.typed("_csrf")[0]}
    assert send(north.client, form, values).status_code == 404
    assert send(east.client, form).status_code == 303


def test_the_managers_hear_once_before_a_date_and_once_after_it(
    family_of: FamilyOf,
    sign_in: SignIn,
    mail_server: MailServer,
    work_off: WorkOff,
    clock: Callable[..., None],
    council: Council,
    db_admin: psycopg.Connection,
) -> None:
    from portage.referrals.jobs import remind_of_dates
    from portage.referrals.models import Deadline

    family = family_of("leeds")
    manager = sign_in("leeds", Role.SERVICE_MANAGER)
    sign_in("leeds", Role.HOME_VISITOR)
    work_off()
    mail_server.mails.clear()
    today = portage_clock.today()
    with council("leeds"):
        db.session.add(
            Deadline(
                referral_id=family.referral_id,
                key="test",
                name="Tell the family",
                rule=None,
                started_on=today,
                due_on=today + timedelta(days=20),
            )
        )
        db.session.commit()
    for days, alerts in ((0, 0), (14, 0), (15, 1), (16, 1), (20, 1), (21, 2), (40, 2)):
        clock(portage_clock.now() + timedelta(days=days) - timedelta(days=(portage_clock.today() - today).days))
        with council("leeds"):
            remind_of_dates()
            db.session.commit()
        told = db_admin.execute("select sentence from alert where kind = 'clock' and sentence like '%Tell the family%'")
        assert len(told.fetchall()) == alerts, days
    told_by_mail = db_admin.execute(
        "select recipient_id from message where kind = 'clock' and referral_id = %s", (family.referral_id,)
    )
    assert [person for (person,) in told_by_mail].count(manager.id) >= 2


def _forms(page: Any) -> list[str]:
    from support.forms import forms_on

    return [form.action for form in forms_on(page)]
