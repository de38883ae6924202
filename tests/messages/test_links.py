"""A link opens once, in one browser; looking at it spends nothing, and whoever is shut out is helped."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import clock as portage_clock
from support.background import WorkOff
from support.cases import FamilyOf
from support.forms import form_to, send
from support.mailserver import MailServer

ClientOf = Callable[[str], FlaskClient]
TOKEN = re.compile(r"http://[a-z-]+\.localhost(/l/[A-Za-z0-9_-]{43})\s")


def path_in(server: MailServer, number: int = -1) -> str:
    found = TOKEN.search(server.mails[number].get_content())
    assert found
    return found[1]


@pytest.fixture
def path(family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer) -> str:
    """The address in a receipt."""
    family_of("leeds")
    work_off()
    return path_in(mail_server)


def test_looking_ten_times_spends_nothing(path: str, client_of: ClientOf, db_admin: psycopg.Connection) -> None:
    scanner = client_of("leeds")
    for _ in range(10):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    assert db_admin.execute("select used_at from one_time_link").fetchall() == [(None,)]


def test_the_button_opens_it_here_and_the_address_then_holds_no_token(path: str, client_of: ClientOf) -> None:
    family = client_of("leeds")
    answer = send(family, form_to(family.get(path), path))
    assert answer.status_code == 303
    assert answer.location.startswith("/opened/")
    page = family.get(answer.location)
    assert page.status_code == 200
    assert "What happens after a request" in page.text
    assert family.get(answer.location).status_code == 200
    assert family.get(path).location == answer.location


def test_a_second_browser_is_told_that_it_is_too_late_and_whom_to_call(path: str, client_of: ClientOf) -> None:
    first, second = client_of("leeds"), client_of("leeds")
    before = second.get(path)
    opened = send(first, form_to(first.get(path), path)).location
    late = send(second, form_to(before, path))
    assert late.status_code == 410
    assert "tel:" in late.text
    assert second.get(path).status_code == 410
    assert second.get(opened).status_code == 410


def test_it_can_be_read_for_a_day_and_waits_for_thirty(
    path: str, client_of: ClientOf, clock: Callable[..., None]
) -> None:
    now, family = portage_clock.now(), client_of("leeds")
    clock(now + timedelta(days=29))
    opened = send(family, form_to(family.get(path), path)).location
    clock(now + timedelta(days=29, hours=23))
    assert family.get(opened).status_code == 200
    clock(now + timedelta(days=30, hours=1))
    assert family.get(opened).status_code == 410


def test_a_link_that_nobody_opened_for_thirty_days_is_over(
    path: str, client_of: ClientOf, clock: Callable[..., None]
) -> None:
    family = client_of("leeds")
    form = form_to(family.get(path), path)
    clock(portage_clock.now() + timedelta(days=31))
    assert family.get(path).status_code == 410
    assert send(family, form).status_code == 410


def test_a_new_link_goes_to_the_address_that_we_hold_and_at_most_once_an_hour(
    path: str, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    first, second = client_of("leeds"), client_of("leeds")
    send(first, form_to(first.get(path), path))
    for _ in range(3):
        shut = second.get(path)
        answer = send(second, form_to(shut, f"{path}/again"))
        assert second.get(answer.location).status_code == 200
    work_off()
    assert [mail["To"] for mail in mail_server.mails] == ["sam@family.example"] * 2
    assert mail_server.ids[0] != mail_server.ids[1]
    fresh = path_in(mail_server)
    assert fresh != path
    assert send(second, form_to(second.get(fresh), fresh)).status_code == 303


def test_a_link_closes_everywhere_as_soon_as_email_is_no_longer_safe(
    path: str, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection
) -> None:
    reader, other = client_of("leeds"), client_of("leeds")
    waiting = form_to(other.get(path), path)
    db_admin.execute("set session_replication_role = replica")  # the trail is another test's matter
    db_admin.execute("update carer set email_is_safe = false")
    assert other.get(path).status_code == 410
    shut = send(other, waiting)
    assert shut.status_code == 410
    assert "safe" not in shut.text  # whoever reads the mailbox does not learn why
    db_admin.execute("update carer set email_is_safe = true")
    opened = send(reader, form_to(reader.get(path), path)).location
    assert reader.get(opened).status_code == 200
    db_admin.execute("update carer set email_is_safe = false")
    assert reader.get(opened).status_code == 410
    send(reader, form_to(reader.get(path), f"{path}/again"))
    work_off()
    assert len(mail_server.mails) == 1


def test_an_unknown_token_and_another_councils_are_not_found(path: str, client_of: ClientOf) -> None:
    assert client_of("leeds").get("/l/" + "x" * 43).status_code == 404
    assert client_of("lancashire").get(path).status_code == 404


def test_the_token_is_kept_as_a_hash_and_is_in_no_log_and_no_table(
    path: str, client_of: ClientOf, caplog: pytest.LogCaptureFixture, db_admin: psycopg.Connection
) -> None:
    token = path.removeprefix("/l/")
    caplog.set_level(logging.DEBUG)
    family = client_of("leeds")
    page = family.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    opened = send(family, form_to(page, path))
    family.get(opened.location)
    assert token not in caplog.text
    tables = db_admin.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    for (table,) in tables.fetchall():
        found = db_admin.execute(f'select count(*) from "{table}" t where t::text like %s', (f"%{token}%",)).fetchone()  # noqa: S608  names from the catalogue
        assert found == (0,), table


def test_the_trail_says_that_a_family_read_by_a_link(
    path: str, client_of: ClientOf, db_admin: psycopg.Connection
) -> None:
    family = client_of("leeds")
    family.get(send(family, form_to(family.get(path), path)).location)
    rows = db_admin.execute(
        "select actor, action, subject_kind from audit_event where action in ('link.opened', 'link.read') order by at"
    ).fetchall()
    assert [row[1:] for row in rows] == [("link.opened", "link"), ("link.read", "child")]
    assert rows[1][0].startswith("family:")


def test_a_health_notification_brings_the_parent_first_pointers(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, client_of: ClientOf
) -> None:
    family_of("west-northants", route="section-23", referrer="health-professional")
    work_off()
    number = next(i for i, mail in enumerate(mail_server.mails) if "a letter" in mail.get_content())
    assert mail_server.mails[number]["To"] == "sam@family.example"
    path = path_in(mail_server, number)
    family = client_of("west-northants")
    page = family.get(send(family, form_to(family.get(path), path)).location)
    assert "A health professional told us" in page.text
    assert "SENDIASS" in page.text
    assert "Family Hub" in page.text
    receipt = next(
        path_in(mail_server, i)
        for i, mail in enumerate(mail_server.mails)
        if i != number and mail["To"] == "sam@family.example"
    )
    page = family.get(send(family, form_to(family.get(receipt), receipt)).location)
    assert "these services may help you" in page.text
