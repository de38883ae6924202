"""E-mails hold a reference, a stage and a link; nothing is lost, and nothing goes where it is not safe."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core.db import db
from portage.families.models import Carer
from portage.messages import smtp
from support.background import WorkOff
from support.cases import FamilyOf
from support.mailserver import MailServer

Council = Callable[..., AbstractContextManager[UUID]]


def statuses(connection: psycopg.Connection) -> list[str]:
    return [row[0] for row in connection.execute("select status from message order by created_at, id")]


def again(connection: psycopg.Connection) -> None:
    """Let every waiting row be due now."""
    connection.execute(
        "update outbox set not_before = now() - interval '1 second' where done_at is null and dead_at is null"
    )


def alerts(connection: psycopg.Connection) -> list[str]:
    return [row[0] for row in connection.execute("select sentence from alert order by created_at, id")]


def test_a_receipt_holds_a_reference_a_stage_and_a_link_and_no_word_about_the_family(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds")
    work_off()
    (mail,) = mail_server.mails
    text = mail.get_content()
    assert mail["To"] == "sam@family.example"
    assert "Leeds City Council" in mail["From"]
    assert family.reference in mail["Subject"]
    assert family.reference in text
    assert "http://leeds.localhost/l/" in text
    for private in ("Canarychild", "Kit", "Sam", "Sample Street", "child", "LS1", "01632 960 111"):
        assert private not in mail.as_string(), private
    assert statuses(db_admin) == ["sent"]


def test_a_receipt_carries_the_contacts_of_the_area_team(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    family_of("lancashire")
    work_off()
    text = mail_server.mails[0].get_content()
    assert "East area team" in text
    assert "01632 960 103" in text
    assert mail_server.mails[0]["Reply-To"].addresses[0].addr_spec == "east-area@lancashire.example"


def test_what_is_safe_is_read_when_the_mail_is_sent_not_when_it_was_asked_for(
    family_of: FamilyOf, council: Council, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds")
    with council("leeds") as tenant_id:
        db.session.get_one(Carer, (tenant_id, family.carer_id)).email_is_safe = False
        db.session.commit()
    work_off()
    assert mail_server.mails == []
    assert statuses(db_admin) == ["held"]
    (told,) = alerts(db_admin)
    assert family.reference in told
    assert "telephone" in told
    assert "Canarychild" not in told


def test_the_address_is_read_when_the_mail_is_sent(
    family_of: FamilyOf, council: Council, work_off: WorkOff, mail_server: MailServer
) -> None:
    family = family_of("leeds")
    with council("leeds") as tenant_id:
        db.session.get_one(Carer, (tenant_id, family.carer_id)).email = "new@family.example"
        db.session.commit()
    work_off()
    assert [mail["To"] for mail in mail_server.mails] == ["new@family.example"]


def test_a_server_that_says_later_gets_the_same_mail_again(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family_of("leeds")
    mail_server.mode = "later"
    assert work_off() == ["again"]
    assert statuses(db_admin) == ["waiting"]
    mail_server.mode = "take"
    again(db_admin)
    assert work_off() == ["done"]
    assert len(mail_server.mails) == 1
    assert statuses(db_admin) == ["sent"]


def test_a_server_that_minds_the_service_itself_says_nothing_about_the_familys_address(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family_of("leeds")
    mail_server.mode = "unwelcome"
    assert work_off() == ["again"]
    assert statuses(db_admin) == ["waiting"]
    assert alerts(db_admin) == []
    mail_server.mode = "take"
    again(db_admin)
    assert work_off() == ["done"]
    assert statuses(db_admin) == ["sent"]


def test_a_mail_that_may_have_arrived_is_unknown_and_its_repetition_has_the_same_id_and_link(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family_of("leeds")
    mail_server.mode = "drop"
    work_off()
    assert statuses(db_admin) == ["unknown"]
    mail_server.mode = "take"
    again(db_admin)
    work_off()
    assert statuses(db_admin) == ["sent"]
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


def test_a_server_that_hangs_is_left_after_a_while(
    family_of: FamilyOf,
    work_off: WorkOff,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp.deliver, "__kwdefaults__", {"patience": 0.5})
    family_of("leeds")
    mail_server.mode = "hang"
    assert work_off() == ["again"]
    assert statuses(db_admin) == ["unknown"]


def test_an_address_that_does_not_work_is_told_to_the_team_at_once(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds")
    mail_server.mode = "refuse"
    assert work_off() == ["done"]
    assert statuses(db_admin) == ["failed"]
    assert [family.reference in told for told in alerts(db_admin)] == [True]


def test_an_address_that_no_mail_server_can_be_told_is_told_to_the_team_at_once(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds", email="sam@famïly.example")
    assert work_off() == ["done"]
    assert (statuses(db_admin), mail_server.mails) == (["failed"], [])
    assert [family.reference in told for told in alerts(db_admin)] == [True]


@pytest.mark.parametrize("email", ["sam@", "sam@family..example", "sám@family.example", "sam. @family.example"])
def test_an_address_that_is_none_is_told_to_the_team_at_once_and_never_tried(
    email: str, family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds", email=email)
    assert work_off() == ["done"]
    assert (statuses(db_admin), mail_server.mails) == (["failed"], [])
    (told,) = alerts(db_admin)
    assert (
        told
        == f"An e-mail about {family.reference} could not be sent, the address is wrong. Please telephone or write."
    )


def test_after_a_quarter_of_an_hour_the_team_hears_and_after_three_days_it_is_given_up(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family_of("leeds")
    mail_server.mode = "later"
    work_off()
    assert alerts(db_admin) == []
    db_admin.execute("set session_replication_role = replica")  # no line in the trail for a clock that a test turns
    db_admin.execute("update message set created_at = %s", (datetime.now(UTC) - timedelta(minutes=16),))
    db_admin.execute("set session_replication_role = default")
    again(db_admin)
    work_off()
    assert len(alerts(db_admin)) == 1
    went = []
    while "dead" not in went:
        again(db_admin)
        went += work_off()
        assert len(went) < 12
    assert statuses(db_admin) == ["failed"]
    assert len(alerts(db_admin)) == 2
    assert db_admin.execute("select attempts, dead_at is not null from outbox").fetchall() == [(10, True)]


def test_attempts_reach_over_seventy_two_hours() -> None:
    from portage.core.worker import BACKOFF, MOST_ATTEMPTS

    assert len(BACKOFF) == MOST_ATTEMPTS - 1
    assert 72 * 3600 <= sum(BACKOFF) <= 73 * 3600
    assert list(BACKOFF) == sorted(BACKOFF)


def test_a_professional_gets_a_receipt_and_the_family_its_own(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    family_of("leeds", referrer="practitioner")
    work_off()
    assert sorted(mail["To"] for mail in mail_server.mails) == ["ola@clinic.example", "sam@family.example"]


def test_without_an_address_nothing_is_asked_and_nothing_fails(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    family_of("leeds", email=None)
    work_off()
    assert mail_server.mails == []
    assert statuses(db_admin) == []
