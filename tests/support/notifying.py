"""A health professional who notifies a council on its public form, page after page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock as portage_clock
from portage.core.access import Rate
from portage.core.rates import RateLimiter
from support.asking import answer, press_start, rows, submit
from support.forms import form_to, send
from support.mailserver import MailServer
from support.requests import months_ago

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
# What somebody types who did all that the law asks, of a family whom e-mail reaches safely.
USUAL: dict[str, str | list[str]] = {
    "body_kind": "nhs-foundation-trust",
    "referrer_organisation": "Sample Foundation Trust",
    "referrer_role": "Health visitor",
    "referrer_email": "sam@trust.example",
    "lives_in_area": "yes",
    "carer_email": "robin@family.example",
    "carer_safe": ["email"],
    "carer_contact_note": "",
    "parents_informed": "yes",
    "parents_discussed": "yes",
    "organisation_told": "none-likely",
    "organisation": "",
    "safeguarding": "no",
    "safeguarding_note": "",
    "agreement_parent": "yes",
    "agreed_how": "telephone",
}
BORN = months_ago(20)
Notified = Callable[..., "Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification that arrived, and the browser that sent it."""

    slug: str
    id: UUID
    reference: str
    child_id: UUID
    client: FlaskClient

    def row(self, db_admin: psycopg.Connection) -> dict[str, object]:
        """What the database holds of it now."""
        return rows(db_admin, "select * from notification where id = %s", self.id)[0]


def told_of(child: str, parent: str, **given: str | list[str]) -> dict[str, str | list[str]]:
    """What a browser's visitor types of a child with an ASQ, whose parent has an e-mail address."""
    today = portage_clock.today()
    return {
        **USUAL,
        "given_name": child,
        "family_name": "Ferngrove",
        "born-day": str(BORN.day),
        "born-month": str(BORN.month),
        "born-year": str(BORN.year),
        "carer_name": "Robin Ferngrove",
        "carer_email": parent,
        "paper_kind": "asq",
        **{
            f"{name}-{part}": str(getattr(today, part))
            for name in ("parents_informed_on", "parents_discussed_on", "agreed_on")
            for part in ("day", "month", "year")
        },
        **given,
    }


@pytest.fixture
def day(clock: Callable[[datetime], None]) -> datetime:
    """A Saturday in November at ten: the service's clock stands still."""
    clock(NOW)
    return NOW


@pytest.fixture
def unhurried(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit on how often one address may call."""
    monkeypatch.setitem(app.extensions, "portage.rates", RateLimiter(None, dict.fromkeys(Rate, 100_000)))


@pytest.fixture
def notified(client_of: Callable[[str], FlaskClient], unhurried: None, db_admin: psycopg.Connection) -> Notified:
    """`notified("west-northants", safeguarding="yes")` sends the form; the link in the receipt is not opened yet."""

    def send_one(slug: str = "west-northants", **given: str | list[str]) -> Notice:
        client = client_of(slug)
        thanks = submit(client, to_check(client, **given))
        assert "Notification sent" in thanks.text, thanks.text
        found = rows(db_admin, "select id, reference, child_id from notification order by created_at desc, id desc")[0]
        assert str(found["reference"]) in thanks.text
        return Notice(slug, found["id"], found["reference"], found["child_id"], client)  # type: ignore[arg-type]

    return send_one


def to_page(client: FlaskClient, until: str, **given: str | list[str]) -> TestResponse:
    """Go from the start to a page, typing what was given, else what is usual."""
    page = press_start(client, "/notify")
    for _ in range(20):
        if page.request.path.endswith(f"/{until}"):
            return page
        answered = answer(client, page, "health-professional", **{**USUAL, **given})
        assert answered.status_code == 303, (page.request.path, answered.text)
        page = client.get(answered.headers["Location"])
    raise AssertionError(f"the way to {until} does not end")


def to_check(client: FlaskClient, **given: str | list[str]) -> TestResponse:
    """The page with all answers."""
    return to_page(client, "check", **given)


def open_receipt(client: FlaskClient, mail_server: MailServer, address: str = "sam@trust.example") -> TestResponse:
    """Open the link in the last e-mail to the professional, and press its button."""
    mail = next(mail for mail in reversed(mail_server.mails) if mail["To"] == address)
    path = next(word for word in mail.get_content().split() if "/l/" in word)
    path = path[path.index("/l/") :]
    page = client.get(path)
    pressed = page if page.status_code == 303 else send(client, form_to(page, path))
    return client.get(pressed.headers["Location"])
