"""When an offer is made the family hears that there is news; what is offered stands behind the link alone."""

from collections.abc import Callable

import psycopg
from flask.testing import FlaskClient

from portage.core.db import db
from portage.families.models import Carer
from support.background import WorkOff
from support.cases import Family
from support.episodes import Council
from support.forms import form_to, send
from support.mailserver import MailServer
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

WORDS = "Kit and you would see Vera every week, at home."


def accept(manager: Hired, family: Family) -> None:
    """Open the request and accept it."""
    manager.client.get(f"/referrals/{family.referral_id}")
    address = f"/referrals/{family.referral_id}/decide"
    form = form_to(manager.client.get(address), address)
    assert send(manager.client, form, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 303


def offer(manager: Hired, family: Family) -> str:
    """Make the first offer of the page; answers what it is called there."""
    address = f"/referrals/{family.referral_id}/offer"
    form = form_to(manager.client.get(address), address)
    kind = form.fields["kinds"].options[0]
    assert send(manager.client, form, {"kinds": [kind], "explanation": WORDS}).status_code == 303
    return kind


def accepted(
    request_of: RequestOf, sign_in: SignIn, work_off: WorkOff, mail_server: MailServer
) -> tuple[Family, Hired]:
    """An accepted request whose e-mails so far have gone."""
    family, manager = (
        request_of("lancashire", facts={"child": {"significant_need": True}}),
        sign_in("lancashire", "service-manager"),
    )
    accept(manager, family)
    work_off()
    mail_server.mails.clear()
    return family, manager


def test_the_email_holds_a_reference_a_stage_and_a_link_and_no_word_of_the_offer(
    request_of: RequestOf, sign_in: SignIn, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family, manager = accepted(request_of, sign_in, work_off, mail_server)
    offer(manager, family)
    work_off()
    (mail,) = mail_server.mails
    assert mail["To"] == "sam@family.example"
    for wanted in (family.reference, "Stage: decided", "http://lancashire.localhost/l/"):
        assert wanted in mail.get_content()
    for private in ("Canarychild", "Kit", "Vera", "an offer", "offered", "home visit", "accept", "Sam "):
        assert private not in mail.as_string(), private
    assert db_admin.execute("select status from message where kind = 'offer'").fetchall() == [("sent",)]


def test_the_link_shows_the_parent_what_is_offered_while_an_answer_is_awaited(
    request_of: RequestOf,
    sign_in: SignIn,
    work_off: WorkOff,
    mail_server: MailServer,
    client_of: Callable[[str], FlaskClient],
    db_admin: psycopg.Connection,
) -> None:
    family, manager = accepted(request_of, sign_in, work_off, mail_server)
    offer(manager, family)
    work_off()
    parent = client_of("lancashire")
    path = next(line for line in mail_server.mails[0].get_content().splitlines() if "/l/" in line).split(".localhost")[
        1
    ]
    opened = send(parent, form_to(parent.get(path), path)).location
    page = parent.get(opened).text
    assert "What we offer" in page
    assert WORDS in page
    address = f"/referrals/{family.referral_id}/offer"
    (answer,) = [f"/offers/{row[0]}/answer" for row in db_admin.execute("select id from offer")]
    said = send(manager.client, form_to(manager.client.get(address), answer), {"answer": "refused"})
    assert said.status_code == 303
    assert WORDS not in parent.get(opened).text


def test_the_link_of_a_professional_says_nothing_of_the_offer(
    request_of: RequestOf,
    sign_in: SignIn,
    work_off: WorkOff,
    mail_server: MailServer,
    client_of: Callable[[str], FlaskClient],
) -> None:
    family = request_of("lancashire", route="early-help", referrer="health-professional")
    manager = sign_in("lancashire", "service-manager")
    work_off()
    mail = next(mail for mail in mail_server.mails if mail["To"] == "ola@clinic.example")
    mail_server.mails.clear()
    accept(manager, family)
    offer(manager, family)
    work_off()
    assert all(mail["To"] == "sam@family.example" for mail in mail_server.mails)
    them = client_of("lancashire")
    path = next(line for line in mail.get_content().splitlines() if "/l/" in line).split(".localhost")[1]
    page = them.get(send(them, form_to(them.get(path), path)).location)
    assert family.reference in page.text
    assert "What we offer" not in page.text
    assert WORDS not in page.text


def test_what_is_safe_is_read_when_the_email_is_sent(
    request_of: RequestOf,
    sign_in: SignIn,
    work_off: WorkOff,
    mail_server: MailServer,
    council: Council,
    db_admin: psycopg.Connection,
) -> None:
    family, manager = accepted(request_of, sign_in, work_off, mail_server)
    offer(manager, family)
    with council("lancashire") as tenant_id:
        db.session.get_one(Carer, (tenant_id, family.carer_id)).email_is_safe = False
        db.session.commit()
    work_off()
    assert mail_server.mails == []
    assert db_admin.execute("select status from message where kind = 'offer'").fetchall() == [("held",)]


def test_each_offer_is_told_once(
    request_of: RequestOf, sign_in: SignIn, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family, manager = accepted(request_of, sign_in, work_off, mail_server)
    for _ in range(2):
        offer(manager, family)
        work_off()
        address = f"/referrals/{family.referral_id}/offer"
        (last,) = db_admin.execute("select id from offer where answer is null").fetchone() or ()
        form = form_to(manager.client.get(address), f"/offers/{last}/answer")
        assert send(manager.client, form, {"answer": "refused"}).status_code == 303
    assert len(mail_server.mails) == 2
