"""A letter read online: its telephone numbers can be tapped, and a manager closes its link when that is needed."""

import re
from collections.abc import Callable

import psycopg
import pytest
from flask.testing import FlaskClient

from support.background import WorkOff
from support.cases import Family, FamilyOf
from support.episodes import post_to
from support.forms import FormOnPage, form_to, forms_on, send
from support.letters import Decide
from support.mailserver import MailServer
from support.people import Hired
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


def closing(person: Hired, family: Family) -> list[FormOnPage]:
    """The forms on the page of letters that close a link about a family's request."""
    page = person.client.get(f"/letters?reference={family.reference.lower()}")
    assert page.status_code == 200
    return [form for form in forms_on(page) if form.action.startswith("/letters/links/")]


def test_a_manager_closes_a_link_that_nobody_has_opened(
    letter: Family, client_of: ClientOf, mail_server: MailServer, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    manager, parent, path = sign_in("leeds", "service-manager"), client_of("leeds"), path_in(mail_server)
    before, forms = parent.get(path), closing(manager, letter)
    assert len(forms) == 2  # that of the receipt, and that of the letter
    for form in forms:
        assert send(manager.client, form).status_code == 303
    assert closing(manager, letter) == []
    assert (
        db_admin.execute("select closed_at is not null, closed_by from one_time_link").fetchall()
        == [(True, manager.id)] * 2
    )
    assert send(parent, form_to(before, path)).status_code == 410
    page = parent.get(path)
    assert page.status_code == 410
    assert "We closed this link" in page.text
    assert "Send me a new link" not in page.text
    assert "tel:" in page.text


def test_a_link_that_is_being_read_is_closed_at_once_and_sends_no_new_one(
    letter: Family, client_of: ClientOf, mail_server: MailServer, sign_in: SignIn, work_off: WorkOff
) -> None:
    manager, parent, path = sign_in("leeds", "service-manager"), client_of("leeds"), path_in(mail_server)
    other = client_of("leeds")
    reading = opened(parent, path)
    asking = form_to(other.get(path), f"{path}/again")
    assert parent.get(reading).status_code == 200
    for form in closing(manager, letter):
        assert send(manager.client, form).status_code == 303
    assert parent.get(reading).status_code == 410
    mail_server.mails.clear()
    assert send(other, asking).status_code == 410
    work_off()
    assert mail_server.mails == []


def test_an_older_link_to_the_same_letter_gets_no_new_one_either(
    letter: Family, client_of: ClientOf, mail_server: MailServer, sign_in: SignIn, work_off: WorkOff
) -> None:
    manager, parent, old = sign_in("leeds", "service-manager"), client_of("leeds"), path_in(mail_server)
    opened(parent, old)
    other = client_of("leeds")
    assert send(other, form_to(other.get(old), f"{old}/again")).status_code == 303
    work_off()
    assert path_in(mail_server) != old
    for form in closing(manager, letter):
        assert send(manager.client, form).status_code == 303
    late = client_of("leeds").get(old)
    assert late.status_code == 410
    assert "Send me a new link" not in late.text


def test_only_a_manager_of_the_council_closes_links(
    letter: Family, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    (form, *_) = closing(sign_in("leeds", "service-manager"), letter)
    office = sign_in("leeds", "team-administrator")
    assert "Close this link" not in office.client.get("/letters").text
    assert post_to(office.client, form.action).status_code == 403
    stranger = sign_in("lancashire", "service-manager")
    assert post_to(stranger.client, form.action).status_code == 404
    assert closing(stranger, letter) == []
    assert db_admin.execute("select count(*) from one_time_link where closed_at is not null").fetchone() == (0,)


def test_a_manager_of_another_area_team_neither_sees_nor_closes_a_link(
    family_of: FamilyOf, work_off: WorkOff, mail_server: MailServer, sign_in: SignIn
) -> None:
    family = family_of("lancashire")
    work_off()
    east = sign_in("lancashire", "service-manager", areas=["east"])
    north = sign_in("lancashire", "service-manager", areas=["north"])
    (form,) = closing(east, family)
    assert closing(north, family) == []
    assert post_to(north.client, form.action).status_code == 404
    assert send(east.client, form).status_code == 303


def test_a_search_for_a_link_answers_a_page_whatever_is_typed(sign_in: SignIn) -> None:
    manager = sign_in("leeds", "service-manager")
    for typed in ("%00", "%25%27--", "x" * 5000, "<script>"):
        assert manager.client.get(f"/letters?reference={typed}").status_code in (200, 400)
