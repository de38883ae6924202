"""What a person may do: two administrators do not overwrite each other, and the whole council is a choice."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from support.forms import form_to, send
from support.people import Hired

SignIn = Callable[..., Hired]
REFUSED = "Choose an area team, or tick that they work for the whole council."


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    """The browser of a council's administrator."""
    return sign_in("lancashire", "tenant-administrator").client


def keys_of(db_admin: psycopg.Connection) -> list[str]:
    """The keys of two area teams of the council."""
    found = db_admin.execute(
        "select a.key from area a join tenant t on t.id = a.tenant_id where t.slug = 'lancashire' order by a.key"
    )
    return [key for (key,) in found.fetchall()][:2]


def areas_of(db_admin: psycopg.Connection, person: Hired) -> list[str]:
    """The keys of the area teams that a person belongs to."""
    found = db_admin.execute(
        "select a.key from area_membership m join area a on a.id = m.area_id where m.person_id = %s", (person.id,)
    )
    return sorted(key for (key,) in found.fetchall())


def change(admin: FlaskClient, person: Hired, **typed: Any) -> TestResponse:
    """Open the person's page and save with these changes."""
    address = f"/people/{person.id}"
    return send(admin, form_to(admin.get(address), f"{address}/access"), typed)


def test_two_administrators_do_not_overwrite_each_other(admin: FlaskClient, sign_in: SignIn) -> None:
    other = sign_in("lancashire", "tenant-administrator").client
    visitor = sign_in("lancashire", "home-visitor")
    address = f"/people/{visitor.id}"
    first, second = (form_to(client.get(address), f"{address}/access") for client in (admin, other))
    assert send(admin, first, {"roles": ["auditor"]}).status_code == 303
    late = send(other, second, {"roles": ["home-visitor", "panel-member"]})
    assert late.status_code == 409
    assert "Somebody else changed this" in late.text
    assert "Auditor" in late.text
    assert "Panel member" in late.text
    assert form_to(admin.get(address), f"{address}/access").fields["roles"].values == ["auditor"]
    assert change(other, visitor, roles=["panel-member"]).status_code == 303


def test_a_managers_last_area_goes_only_with_the_whole_council_chosen(
    admin: FlaskClient, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    here, there = keys_of(db_admin)
    manager = sign_in("lancashire", "service-manager", areas=[here, there])
    form = form_to(admin.get(f"/people/{manager.id}"), f"/people/{manager.id}/access")
    assert form.fields["whole_council"].values == []
    refused = change(admin, manager, areas=[])
    assert refused.status_code == 422
    assert REFUSED in refused.text
    assert areas_of(db_admin, manager) == [here, there]
    both = change(admin, manager, whole_council="yes")
    assert both.status_code == 422
    assert "not both" in both.text
    assert change(admin, manager, areas=[], whole_council="yes").status_code == 303
    assert areas_of(db_admin, manager) == []
    page = form_to(admin.get(f"/people/{manager.id}"), f"/people/{manager.id}/access")
    assert page.fields["whole_council"].values == ["yes"]
    assert change(admin, manager).status_code == 303  # as it stands it can be saved again


def test_a_visitor_needs_no_area_and_becomes_a_manager_of_the_whole_council_by_choice_alone(
    admin: FlaskClient, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    (here, _) = keys_of(db_admin)
    visitor = sign_in("lancashire", "home-visitor", areas=[here])
    assert change(admin, visitor, areas=[]).status_code == 303
    refused = change(admin, visitor, roles=["home-visitor", "service-manager"])
    assert refused.status_code == 422
    assert REFUSED in refused.text
    assert change(admin, visitor, roles=["service-manager"], whole_council="yes").status_code == 303


def test_a_new_manager_has_an_area_or_the_whole_council(admin: FlaskClient, sign_in: SignIn) -> None:
    typed = {"name": "Ash Invented", "roles": ["service-manager"]}
    refused = send(admin, form_to(admin.get("/people/invite"), "/people/invite"), typed)
    assert refused.status_code == 422
    assert REFUSED in refused.text
    assert 'value="Ash Invented"' in refused.text
    form = form_to(admin.get("/people/invite"), "/people/invite")
    assert send(admin, form, {**typed, "whole_council": "yes"}).status_code == 200


def test_a_council_without_area_teams_is_asked_nothing(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    form = form_to(admin.get("/people/invite"), "/people/invite")
    assert "whole_council" not in form.fields
    assert send(admin, form, {"name": "Ash Invented", "roles": ["service-manager"]}).status_code == 200
