"""What a council's administrator, its auditor and everybody who works with the policy see and do."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from support.forms import form_to, send
from support.people import Hired

SignIn = Callable[..., Hired]


def test_an_administrator_invites_somebody_and_the_link_is_shown_once(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    page = send(
        admin,
        form_to(admin.get("/people/invite"), "/people/invite"),
        {"name": "Ash Invented", "email": "ash@council.example", "roles": ["home-visitor"]},
    )
    assert page.status_code == 200
    assert "/invitation/" in page.get_data(as_text=True)
    listed = admin.get("/people").get_data(as_text=True)
    assert "Ash Invented" in listed
    assert "Not signed in yet" in listed
    assert "/invitation/" not in listed


def test_a_wrong_invitation_says_what_to_do_and_keeps_what_was_typed(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    page = send(
        admin, form_to(admin.get("/people/invite"), "/people/invite"), {"name": "Ash Invented", "email": "nowhere"}
    )
    words = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Choose at least one role." in words
    assert 'value="Ash Invented"' in words
    assert 'value="nowhere"' in words


@pytest.mark.parametrize(
    "email", ["ash@", "ash@council", "ash @council.example", "ásh@council.example", "ash.@council.example"]
)
def test_an_address_that_no_mail_reaches_is_refused_at_once(email: str, sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    form = form_to(admin.get("/people/invite"), "/people/invite")
    refused = send(admin, form, {"name": "Ash Invented", "email": email, "roles": ["home-visitor"]})
    assert refused.status_code == 422
    assert "Enter an e-mail address such as" in refused.get_data(as_text=True)
    assert "Ash Invented" not in admin.get("/people").get_data(as_text=True)


def test_changed_roles_hold_from_the_next_click(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    auditor = sign_in("leeds", "auditor")
    assert auditor.client.get("/trail").status_code == 200
    address = f"/people/{auditor.id}/access"
    answer = send(admin, form_to(admin.get(f"/people/{auditor.id}"), address), {"roles": ["home-visitor"]})
    assert answer.status_code == 303
    assert auditor.client.get("/trail").status_code == 401


def test_a_closed_place_ends_the_session_and_an_administrator_cannot_close_their_own(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator")
    visitor = sign_in("leeds", "home-visitor")
    assert visitor.client.get("/policy").status_code == 200
    place = f"/people/{visitor.id}/place"
    assert (
        send(admin.client, form_to(admin.client.get(f"/people/{visitor.id}"), place), {"verb": "close"}).status_code
        == 303
    )
    assert visitor.client.get("/policy").status_code == 401
    own = f"/people/{admin.id}/place"
    refused = send(admin.client, form_to(admin.client.get(f"/people/{admin.id}"), own), {"verb": "close"})
    assert refused.status_code == 409
    assert "another administrator" in refused.get_data(as_text=True)


def test_a_training_is_recorded_and_a_future_day_refused(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    visitor = sign_in("leeds", "home-visitor", trained=False)
    address = f"/people/{visitor.id}/training"
    form = form_to(admin.get(f"/people/{visitor.id}"), address)
    day = {"completed_on-day": "3", "completed_on-month": "2", "completed_on-year": "2999"}
    assert "in the future" in send(admin, form, day).get_data(as_text=True)
    form = form_to(admin.get(f"/people/{visitor.id}"), address)
    assert send(admin, form, {**day, "completed_on-year": "2024"}).status_code == 303
    assert "3 February 2024" in admin.get(f"/people/{visitor.id}").get_data(as_text=True)


def test_another_councils_person_is_not_here(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    stranger = sign_in("lancashire", "home-visitor")
    assert admin.get(f"/people/{stranger.id}").status_code == 404


@pytest.mark.parametrize("slug", ["leeds", "lancashire", "west-northants"])
def test_everybody_reads_the_policy_in_force_with_its_assumptions_and_history(slug: str, sign_in: SignIn) -> None:
    words = sign_in(slug, "home-visitor").client.get("/policy").get_data(as_text=True)
    assert "In force" in words
    assert "Assumption:" in words


def test_the_policy_page_says_what_changed_between_two_editions(sign_in: SignIn) -> None:
    client = sign_in("leeds", "service-manager").client
    words = client.get("/policy?edition=2025-10-01").get_data(as_text=True)
    assert "What changed from" in words
    assert "<del>" in words
    assert client.get("/policy?edition=draft").status_code == 200
    assert client.get("/policy?edition=1999-01-01").status_code == 404


def test_the_auditor_reads_filters_and_verifies_the_trail(sign_in: SignIn, shipped: dict[str, UUID]) -> None:
    sign_in("leeds", "home-visitor").client.get("/policy")
    auditor = sign_in("leeds", "auditor").client
    assert "policy.seen" in auditor.get("/trail").get_data(as_text=True)
    assert "policy.seen" not in auditor.get("/trail?action=trail.read").get_data(as_text=True)
    assert "could not be read" in auditor.get("/trail?before=yesterday").get_data(as_text=True)
    assert "The trail is whole" in auditor.get("/trail/check").get_data(as_text=True)


def test_a_tampered_trail_is_shown_as_not_whole(
    sign_in: SignIn, db_admin: psycopg.Connection, shipped: dict[str, UUID]
) -> None:
    auditor = sign_in("leeds", "auditor").client
    auditor.get("/trail")
    db_admin.execute("set session_replication_role = replica")
    changed = db_admin.execute(
        "update audit_event set actor = 'person:somebody' where tenant_id = %s and action = 'trail.read'",
        (shipped["leeds"],),
    )
    assert changed.rowcount == 1
    assert "The trail is not whole" in auditor.get("/trail/check").get_data(as_text=True)


def test_only_the_auditor_reads_the_trail_and_only_the_administrator_keeps_people(sign_in: SignIn) -> None:
    manager = sign_in("leeds", "service-manager").client
    assert manager.get("/trail").status_code == 403
    assert manager.get("/people").status_code == 403
    auditor = sign_in("leeds", "auditor").client
    assert auditor.get("/people").status_code == 403
    assert auditor.get("/worklist").status_code == 403


def test_somebody_who_has_signed_in_gets_no_second_first_link(sign_in: SignIn) -> None:
    admin = sign_in("leeds", "tenant-administrator").client
    visitor = sign_in("leeds", "home-visitor")
    place = f"/people/{visitor.id}/place"
    refused = send(admin, form_to(admin.get(f"/people/{visitor.id}"), place), {"verb": "invite"})
    assert refused.status_code == 409
    assert "needs no link" in refused.get_data(as_text=True)
