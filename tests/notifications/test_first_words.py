"""The first pointers to the parents leave by themselves when all four conditions hold, and are held when any fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core.db import db
from portage.core.identity import Actor
from portage.families.models import Child, ChildMark
from portage.families.operations import carers_of
from portage.visits.operations import Worry, raise_concern
from support.asking import rows
from support.background import WorkOff
from support.forms import form_to, send
from support.mailserver import MailServer
from support.notifying import Notice, Notified, open_receipt
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
PARENT = "robin@family.example"


@pytest.fixture(autouse=True)
def _on_that_day(day: datetime) -> None:
    """The clock stands still."""


def to_parents(mail_server: MailServer) -> list[str]:
    """The e-mails to the parent, as texts."""
    return [mail.get_content() for mail in mail_server.mails if mail["To"] == PARENT]


def outcome(notice: Notice, db_admin: psycopg.Connection) -> tuple[object, bool]:
    """What became of the pointers, and whether people still have the task."""
    tasks = rows(
        db_admin, "select done_on from notification_task where notification_id = %s and kind = 'first-words'", notice.id
    )
    return notice.row(db_admin)["first_words"], tasks[0]["done_on"] is None


def test_all_four_hold_and_the_email_leaves_within_a_minute_wnc_13(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection, day: datetime
) -> None:
    """WNC-13: the team e-mails the parent with first signposting; WNC-15: first the SENCo, then SENDIASS."""
    notice = notified()
    work_off()
    assert to_parents(mail_server) == []
    assert outcome(notice, db_admin) == ("held", True)
    opened = open_receipt(notice.client, mail_server)
    assert "Your work address is confirmed" in opened.text
    assert outcome(notice, db_admin) == ("sent", False)
    waits = rows(db_admin, "select not_before from outbox where kind = 'message.send' and done_at is null")
    assert [row["not_before"] <= day + timedelta(minutes=1) for row in waits] == [True]  # type: ignore[operator]
    work_off()
    (mail,) = to_parents(mail_server)
    assert notice.reference in mail
    assert mail.index("SENCo or manager") < mail.index("SENDIASS") < mail.index("Local Offer")
    for secret in ("Wren", "Invented", "Foundation Trust", "diagnos", "Something about conditions"):
        assert secret not in mail
    again = open_receipt(notice.client, mail_server)
    work_off()
    assert again.status_code == 200
    assert len(to_parents(mail_server)) == 1


def test_the_link_in_the_email_opens_the_pointers(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, client_of: Callable[[str], FlaskClient]
) -> None:
    notice = notified()
    work_off()
    open_receipt(notice.client, mail_server)
    work_off()
    letter = open_receipt(client_of("west-northants"), mail_server, PARENT)
    assert "A health professional told us about your child" in letter.text
    assert letter.text.index("SENCo or manager") < letter.text.index("SENDIASS:")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"referrer_email": "sam@post.example"}, "The sender has not confirmed a work address that we trust"),
        ({"parents_informed": "no"}, "The form does not say that the parents were told"),
        ({"carer_safe": ["telephone"]}, "There is no e-mail address that we may write to"),
        ({"safeguarding": "yes"}, "bears a safeguarding or safe-contact mark"),
        ({"carer_contact_note": "Never leave a message"}, "bears a safeguarding or safe-contact mark"),
    ],
    ids=["not verified", "parents not told", "no safe address", "safeguarding", "safe contact"],
)
def test_any_one_that_fails_holds_it_for_a_person_that_day_wnc_13(
    given: dict[str, str | list[str]],
    says: str,
    notified: Notified,
    work_off: WorkOff,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
    sign_in: SignIn,
) -> None:
    notice = notified(**given)
    work_off()
    open_receipt(notice.client, mail_server, str(given.get("referrer_email", "sam@trust.example")))
    work_off()
    assert to_parents(mail_server) == []
    assert outcome(notice, db_admin) == ("held", True)
    (task,) = rows(db_admin, "select due_on from notification_task where kind = 'first-words'")
    assert task["due_on"] == date(2026, 11, 21)
    office = sign_in("west-northants", "team-administrator").client
    assert f"first pointers, or say why not: {notice.reference}" in office.get("/today").text
    page = office.get(f"/notifications/{notice.id}")
    assert page.text.count("Does not hold") == 1
    assert says in page.text


def test_a_sender_who_opens_nothing_is_not_verified(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    notice = notified()
    work_off()
    path = mail_server.mails[0].get_content()
    notice.client.get(path[path.index("/l/") :].split()[0])  # a mail scanner looks, and presses nothing
    assert outcome(notice, db_admin) == ("held", True)
    assert notice.row(db_admin)["sender_verified_at"] is None


@pytest.mark.parametrize("mark", ["child mark", "worry", "unsafe e-mail", "other notification"])
def test_a_mark_on_a_possible_duplicate_holds_it_too(
    mark: str,
    notified: Notified,
    request_of: RequestOf,
    council: Council,
    work_off: WorkOff,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
    sign_in: SignIn,
) -> None:
    manager = sign_in("west-northants", "service-manager")
    if mark == "other notification":
        notified(safeguarding="yes", carer_email="other@family.example")
    else:
        known = request_of("west-northants", given_name="Wren", family_name="Invented")
        with council("west-northants") as tenant_id:
            db.session.get_one(Child, (tenant_id, known.child_id)).date_of_birth = date(2025, 3, 14)
            put_mark(mark, known.child_id, manager)
            db.session.commit()
    notice = notified()
    work_off()
    open_receipt(notice.client, mail_server)
    work_off()
    assert to_parents(mail_server) == []
    assert outcome(notice, db_admin) == ("held", True)
    assert "possible-duplicate" in notice.row(db_admin)["warnings"]  # type: ignore[operator]
    assert "bears a safeguarding or safe-contact mark" in manager.client.get(f"/notifications/{notice.id}").text


def put_mark(mark: str, child_id: UUID, manager: Hired) -> None:
    if mark == "child mark":
        db.session.add(ChildMark(child_id=child_id, kind="child-protection", from_on=date(2026, 1, 1)))
    if mark == "unsafe e-mail":
        carers_of(child_id)[0].email_is_safe = False
    if mark == "worry":
        raise_concern(
            child_id, Worry("A bruise"), by=Actor(manager.id, "person"), at=datetime.fromisoformat("2026-11-20T10:00Z")
        )


def test_a_known_child_without_a_mark_is_a_warning_and_holds_nothing(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    first = notified(carer_email="first@family.example")
    notice = notified()
    work_off()
    open_receipt(notice.client, mail_server)
    assert outcome(notice, db_admin) == ("sent", False)
    row = notice.row(db_admin)
    assert row["possible_duplicate_of"] == first.child_id
    assert row["child_id"] != first.child_id  # never merged


def test_a_person_sees_what_failed_and_sends_it(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified(parents_informed="no")
    office = sign_in("west-northants", "team-administrator")
    path = f"/notifications/{notice.id}"
    form = form_to(office.client.get(path), f"{path}/first-words/send")
    assert send(office.client, form).status_code == 303
    assert send(office.client, form).status_code == 303  # pressed twice
    work_off()
    assert len(to_parents(mail_server)) == 1
    row = notice.row(db_admin)
    assert (row["first_words"], row["first_words_by"]) == ("sent", office.id)


def test_a_person_closes_it_with_a_reason(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified(safeguarding="yes")
    office = sign_in("west-northants", "team-administrator").client
    path = f"/notifications/{notice.id}"
    form = form_to(office.get(path), f"{path}/first-words/close")
    assert send(office, form, {"reason": ""}).status_code == 422
    assert send(office, form, {"reason": "The social worker told the mother in person."}).status_code == 303
    work_off()
    open_receipt(notice.client, mail_server)
    work_off()
    assert to_parents(mail_server) == []
    row = notice.row(db_admin)
    assert (row["first_words"], row["first_words_reason"]) == (
        "closed", "The social worker told the mother in person.",
    )  # fmt: skip
    assert "The social worker told the mother in person." in office.get(path).text
    question = "select action from audit_event where subject_id = %s and action like 'notification.%%' order by at"
    actions = rows(db_admin, question, notice.id)
    assert [row["action"] for row in actions][-2:] == ["notification.first-words-closed", "notification.opened"]
