"""A professional adds papers behind the link in their e-mail, until there is an outcome (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.db import db
from portage.core.rates import CEILINGS, Ceiling
from portage.core.tenancy import scoped
from portage.notifications.models import Notification
from portage.referrals.models import Referral
from portage.referrals.operations.drafts import MOST_PAPERS
from support.background import WorkOff
from support.forms import form_to, send
from support.mailserver import MailServer
from support.notifying import Notice, Notified, open_receipt
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
PDF = b"%PDF-1.4\n%%EOF\n"
HERE = "west-northants"


@pytest.fixture
def opened(notified: Notified, work_off: WorkOff, mail_server: MailServer) -> tuple[Notice, str]:
    """A notification whose sender has opened the link in the receipt, and where they are."""
    notice = notified()
    work_off()
    return notice, open_receipt(notice.client, mail_server).request.path


def bring(client: FlaskClient, at: str, *names: str, kind: str = "asq", content: bytes = PDF) -> TestResponse:
    """Send files from the page behind the link."""
    return send(
        client, form_to(client.get(f"{at}/papers"), f"{at}/papers"), {"kind": kind},
        files=[("papers", (name, content)) for name in names],
    )  # fmt: skip


def test_a_report_that_came_later_is_with_the_request_and_the_team_hears_of_it(
    opened: tuple[Notice, str], sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    notice, at = opened
    assert f'href="{at}/papers"' in notice.client.get(at).text
    sent = bring(notice.client, at, "report.pdf", "second.pdf")
    assert sent.status_code == 303
    assert "We have 2 files from you by this link." in notice.client.get(f"{at}/papers").text
    found = db_admin.execute("select file_name, added_by from evidence order by file_name").fetchall()
    assert [name for name, _ in found] == ["report.pdf", "second.pdf"]
    assert {by.partition(":")[0] for _, by in found} == {"family"}
    office = sign_in(HERE, "team-administrator")
    assert f"Papers came later for {notice.reference}" in office.client.get("/today").text


def test_what_is_no_document_is_not_taken_and_says_so(opened: tuple[Notice, str], db_admin: psycopg.Connection) -> None:
    notice, at = opened
    refused = bring(notice.client, at, "report.pdf", content=b"MZ\x90\x00 a program")
    assert refused.status_code == 422
    assert bring(notice.client, at).status_code == 422
    assert bring(notice.client, at, "report.pdf", kind="no-such-kind").status_code == 422
    assert db_admin.execute("select count(*) from evidence").fetchone() == (0,)


def test_one_link_takes_so_many_and_no_more(opened: tuple[Notice, str], db_admin: psycopg.Connection) -> None:
    notice, at = opened
    names = [f"page-{number}.pdf" for number in range(MOST_PAPERS)]
    assert bring(notice.client, at, *names[1:]).status_code == 303
    over = bring(notice.client, at, "one.pdf", "two.pdf")
    assert over.status_code == 422
    assert "files by this link" in over.text
    assert bring(notice.client, at, names[0]).status_code == 303
    assert db_admin.execute("select count(*) from evidence").fetchone() == (MOST_PAPERS,)


def test_a_council_that_is_flooded_takes_no_file(
    opened: tuple[Notice, str], monkeypatch: pytest.MonkeyPatch, db_admin: psycopg.Connection
) -> None:
    notice, at = opened
    monkeypatch.setitem(CEILINGS, Ceiling.PUBLIC_FILES, {3600: 1})
    assert bring(notice.client, at, "one.pdf").status_code == 303
    full = bring(notice.client, at, "two.pdf")
    assert full.status_code == 422
    assert "So many files have come in" in full.text
    assert db_admin.execute("select count(*) from evidence").fetchone() == (1,)


def test_nothing_is_taken_after_the_outcome_or_from_another_browser(
    opened: tuple[Notice, str],
    client_of: Callable[[str], FlaskClient],
    council: Council,
    db_admin: psycopg.Connection,
) -> None:
    notice, at = opened
    form = form_to(notice.client.get(f"{at}/papers"), f"{at}/papers")
    assert client_of(HERE).get(f"{at}/papers").status_code == 410
    with council(HERE):
        db.session.scalars(scoped(Referral)).one().stage = "to-offer"
        db.session.commit()
    assert "/papers" not in notice.client.get(at).text
    assert notice.client.get(f"{at}/papers").status_code == 404
    assert send(notice.client, form, {"kind": "asq"}, files=[("papers", ("late.pdf", PDF))]).status_code == 404
    assert db_admin.execute("select count(*) from evidence").fetchone() == (0,)


def test_a_notification_without_a_case_file_takes_them_itself(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, council: Council, db_admin: psycopg.Connection
) -> None:
    """LDS-14: a HEN whose parents have not agreed yet is kept with what belongs to it."""
    notice = notified("leeds", agreement_parent="unknown")
    work_off()
    at = open_receipt(notice.client, mail_server).request.path
    assert bring(notice.client, at, "report.pdf").status_code == 303
    assert db_admin.execute("select file_name from notification_paper").fetchall() == [("report.pdf",)]
    with council("leeds"):
        kept = db.session.scalars(scoped(Notification)).one()
        kept.state, kept.closed_as, kept.closed_on = "closed", "no-agreement", clock.today()
        db.session.commit()
    assert notice.client.get(f"{at}/papers").status_code == 404


def test_a_family_adds_no_papers_there(
    opened: tuple[Notice, str], client_of: Callable[[str], FlaskClient], work_off: WorkOff, mail_server: MailServer
) -> None:
    work_off()
    client = client_of(HERE)
    at = open_receipt(client, mail_server, "robin@family.example").request.path
    assert client.get(f"{at}/papers").status_code in (404, 410)
