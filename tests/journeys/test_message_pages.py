"""Pages that a family reaches by a link, and the letter that staff print, are valid and hold no barrier."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from portage.core.access import Role
from support.axe import assert_accessible_at_every_width
from support.background import WorkOff, mail_server, work_off, worker_app, worker_app_of_process
from support.cases import FamilyOf, family_of
from support.forms import form_to, send
from support.letters import Decide, decide
from support.mailserver import MailServer
from support.nu import Nu
from support.people import Hired

__all__ = ["decide", "family_of", "mail_server", "work_off", "worker_app", "worker_app_of_process"]
STATIC = Path(__file__).resolve().parents[2] / "platform" / "portage" / "web" / "static"
STYLES = ("govuk/govuk-frontend.min.css", "portage.css")


@pytest.fixture
def pages(
    family_of: FamilyOf,
    decide: Decide,
    work_off: WorkOff,
    mail_server: MailServer,
    client_of: Callable[[str], FlaskClient],
    sign_in: Callable[..., Hired],
    db_admin: psycopg.Connection,
) -> dict[str, str]:
    """The pages by name, as they are sent."""
    family_of("leeds", email="wrong@family.example")
    mail_server.mode = "refuse"
    work_off()
    mail_server.mode = "take"
    decide(family_of("leeds", email_is_safe=False), "declined")
    told = family_of("leeds")
    decide(told, "declined")
    reader, office = client_of("leeds"), sign_in("leeds", Role.SERVICE_MANAGER)
    made = {"letters": office.client.get("/letters").text}
    for number, path in enumerate(_links(mail_server)):
        before = reader.get(path)
        made[f"link {number}"] = before.text
        made[f"opened {number}"] = reader.get(send(reader, form_to(before, path)).location).text
        made["spent"] = client_of("leeds").get(path).text
    made["sent"] = reader.get("/l/sent").text
    (letter_id,) = (
        db_admin.execute("select id from letter where referral_id = %s", (told.referral_id,)).fetchone() or ()
    )
    made["letter"] = office.client.get(f"/referrals/{told.referral_id}/letter/{letter_id}").text
    return made


def test_they_are_valid_and_accessible_at_both_widths(pages: dict[str, str], nu: Nu, page: Page) -> None:
    assert len(pages) == 8
    style = "".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    for sent in pages.values():
        nu.assert_valid(sent)
        page.set_content(re.sub(r"<link rel=\"stylesheet\".*?>|<script.*?</script>", "", sent))
        page.add_style_tag(content=style)
        assert_accessible_at_every_width(page)


def _links(server: MailServer) -> Iterator[str]:
    for mail in server.mails:
        line = next(line for line in mail.get_content().splitlines() if "/l/" in line)
        yield line.split(".localhost")[1]
