"""A letter read online: its telephone numbers can be tapped, and a manager closes its link when that is needed."""

import re
from collections.abc import Callable

import psycopg
import pytest
from flask.testing import FlaskClient

from support.cases import Family, FamilyOf
from support.forms import form_to, send
from support.letters import Decide
from support.mailserver import MailServer
from support.staff import SignIn

ClientOf = Callable[[str], FlaskClient]
LINK = re.compile(r"http://[a-z-]+\.localhost(/l/[A-Za-z0-9_-]{43})\s")


def path_in(server: MailServer) -> str:
    """The address of the link in the last e-mail."""
    found = LINK.search(server.mails[-1].get_content())
    assert found
    return found[1]


@pytest.fixture
def letter(family_of: FamilyOf, decide: Decide) -> Family:
    """A family whose letter about the decision waits behind the link of the last e-mail."""
    family = family_of("leeds")
    decide(family, "declined")
    return family


def opened(client: FlaskClient, path: str) -> str:
    """Press the button; answers where the letter is read."""
    return str(send(client, form_to(client.get(path), path)).location)


def test_telephone_numbers_of_a_letter_opened_by_link_can_be_tapped(
    letter: Family, client_of: ClientOf, mail_server: MailServer, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    parent = client_of("leeds")
    body = parent.get(opened(parent, path_in(mail_server))).text.split("<article")[1].split("</article>")[0]
    numbers = re.findall(r'<a class="govuk-link" href="tel:(\d+)">([\d ]+)</a>', body)
    assert numbers
    assert all(shown.replace(" ", "") == dialled for dialled, shown in numbers)
    assert not re.search(r"\b0\d{2,4} \d{3}", re.sub(r"<a .*?</a>", "", body))
    (letter_id,) = db_admin.execute("select id from letter").fetchone() or ()
    page = sign_in("leeds", "team-administrator").client.get(f"/referrals/{letter.referral_id}/letter/{letter_id}").text
    assert "tel:" not in page.split("<article")[1].split("</article>")[0]


def test_the_letter_names_the_ombudsman_and_no_number_that_no_source_of_ours_gives(
    letter: Family, client_of: ClientOf, mail_server: MailServer
) -> None:
    parent = client_of("leeds")
    page = parent.get(opened(parent, path_in(mail_server))).text
    assert "Local Government and Social Care Ombudsman, who is independent, to look at your complaint." in page
    assert "0300 061" not in page
    assert "lgo.org" not in page
