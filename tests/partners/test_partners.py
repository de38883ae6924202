"""Partner teams of the edition are linked to a child; one outside the council only with the family's yes."""

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock
from support.cases import Family
from support.forms import form_to, send
from support.people import Hired
from support.requests import CONCERNED, RequestOf
from support.staff import SignIn

SAID_YES = {"answered_by": "Sam Canarychild", "how": "by telephone"}


def today_as(name: str) -> dict[str, str]:
    today = clock.today()
    return {f"{name}-day": str(today.day), f"{name}-month": str(today.month), f"{name}-year": str(today.year)}


def link(person: Hired, family: Family, team: str, outside: str, **typed: str) -> TestResponse:
    """Link a team on the child's page."""
    address = f"/children/{family.child_id}/partners"
    page = person.client.get(address)
    assert page.status_code == 200, page.text
    form = form_to(page, address)
    return send(person.client, form, {"team": team, "outside": outside, "what_for": "Visits at home", **typed})


def page_of(person: Hired, family: Family) -> str:
    return person.client.get(f"/children/{family.child_id}/partners").text


@pytest.mark.parametrize(
    ("slug", "team", "outside"),
    [
        ("leeds", "Health visitors", "yes"),  # LDS-17
        ("west-northants", "Education, Health and Care Team (EHC)", "no"),  # WNC-14
    ],
)
def test_each_councils_own_teams_can_be_linked(
    sign_in: SignIn, request_of: RequestOf, slug: str, team: str, outside: str
) -> None:
    family = request_of(slug, facts=CONCERNED)
    manager = sign_in(slug, "service-manager", name="Mona Manager")
    assert f"/children/{family.child_id}/partners" in manager.client.get(f"/children/{family.child_id}").text
    yes = {**SAID_YES, **today_as("answered_on")} if outside == "yes" else {}
    answer = link(manager, family, team, outside, **yes)
    assert answer.status_code == 303, answer.text
    shown = page_of(manager, family)
    assert team in shown
    assert ("Sam Canarychild said yes" in shown) == (outside == "yes")
    assert "linked already" in link(manager, family, team, outside, **yes).text


def test_a_team_outside_the_council_needs_a_whole_yes_which_is_kept_as_a_permission(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    manager = sign_in("leeds", "service-manager", name="Mona Manager")
    nobody = link(manager, family, "Health visitors", "yes")
    assert nobody.status_code == 422
    assert "Ask the family first" in nobody.text
    half = link(manager, family, "Health visitors", "yes", answered_by="Sam")
    assert "Enter the day on which they said yes." in half.text
    assert "Enter how they said yes" in half.text
    assert db_admin.execute("select count(*) from sharing_permission").fetchone() == (0,)
    whole = {**SAID_YES, **today_as("answered_on")}
    assert link(manager, family, "Health visitors", "yes", **whole).status_code == 303
    kept = db_admin.execute("select party, purpose, answer, recorded_by from sharing_permission").fetchall()
    assert kept == [("Health visitors", "share", "yes", manager.id)]


def test_when_the_family_takes_its_permission_back_the_link_ends_and_the_answer_is_kept(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    manager = sign_in("leeds", "service-manager", name="Mona Manager")
    whole = {**SAID_YES, **today_as("answered_on")}
    link(manager, family, "Health visitors", "yes", **whole)
    (link_id,) = db_admin.execute("select id from partner_link").fetchone() or ()
    address = f"/children/{family.child_id}/partners/{link_id}/end"
    form = form_to(manager.client.get(f"/children/{family.child_id}/partners"), address)
    assert send(manager.client, form, {"because": "permission-withdrawn"}).status_code == 303
    assert "The family took its permission back" in page_of(manager, family)
    answers = db_admin.execute("select answer from sharing_permission order by created_at").fetchall()
    assert answers == [("yes",), ("withdrawn",)]
    again = link(manager, family, "Health visitors", "yes")
    assert "Ask the family first" in again.text  # the last answer holds
    late = send(manager.client, form, {"because": "done", "_key": "0195f0a0-0000-7000-8000-000000000001"})
    assert late.status_code == 409


def test_only_teams_of_the_edition_and_only_where_it_names_some(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=CONCERNED)
    manager = sign_in("leeds", "service-manager", name="Mona Manager")
    assert "Choose one of the partner teams." in link(manager, family, "A team of my own", "no").text
    elsewhere = request_of("lancashire", facts=CONCERNED)
    other = sign_in("lancashire", "service-manager", name="Olga Other")
    assert "partners" not in other.client.get(f"/children/{elsewhere.child_id}").text
    assert other.client.get(f"/children/{elsewhere.child_id}/partners").status_code == 404
    assert other.client.get(f"/children/{family.child_id}/partners").status_code == 404


def test_who_may_not_record_permissions_reads_and_links_nothing(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("west-northants")
    chair = sign_in("west-northants", "panel-chair", name="Cleo Chair")
    page = chair.client.get(f"/children/{family.child_id}/partners")
    assert page.status_code == 200
    assert "Link a team" not in page.text
