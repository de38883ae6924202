"""Staff enter what came on paper, by e-mail or by telephone."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core.ids import new_id
from portage.policy import NoEditionInForce
from portage.referrals.views import _routes
from support.asking import filled, ways
from support.forms import form_to, send
from support.people import Hired

Clients = Callable[[str], FlaskClient]
SignIn = Callable[..., Hired]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PAGE = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _day(clock: Callable[[datetime], None], unhurried: None) -> None:
    clock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


def entered(client: FlaskClient, route: str, referrer: str, **given: str | list[str]) -> TestResponse:
    """Fill in the page for staff and send it."""
    path = f"/enter/{route}/{referrer}"
    page = client.get(path)
    assert page.status_code == 200, page.text
    form = form_to(page, path)
    return send(client, form, filled(form, given, referrer))


def on(day: date) -> dict[str, str]:
    """A day of receipt as it is typed."""
    return {"received_on-day": str(day.day), "received_on-month": str(day.month), "received_on-year": str(day.year)}


def value(db_admin: psycopg.Connection, question: str) -> Any:
    found = db_admin.execute(question).fetchall()
    assert len(found) == 1
    return found[0][0] if len(found[0]) == 1 else found[0]


@pytest.mark.parametrize(("slug", "route", "referrer"), ways())
def test_staff_enter_a_request_by_every_route(
    slug: str, route: str, referrer: str, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    who = sign_in(slug, "team-administrator")
    assert f"/enter/{route}/{referrer}" in who.client.get("/enter").text
    led = entered(who.client, route, referrer)
    assert led.status_code == 303, led.text
    kept = value(
        db_admin,
        "select route, referrer, received_on, received_how, form_used, entered_by, received_known_by from referral",
    )
    assert kept == (
        route, referrer, date(2026, 11, 20), "paper", None, who.id, "Something about received known by",
    )  # fmt: skip
    reference, referral_id = value(db_admin, "select reference, id from referral")
    assert led.headers["Location"] == f"/referrals/{referral_id}/papers"
    assert reference in who.client.get(led.headers["Location"]).text
    case = who.client.get(f"/referrals/{referral_id}")
    assert "On paper" in case.text
    assert "day known by: Something about received known by" in case.text


@pytest.mark.parametrize(
    ("received", "edition", "months"), [(date(2025, 9, 30), "2025-03-01", 12), (date(2025, 10, 1), "2025-10-01", 6)]
)
def test_a_paper_form_is_judged_by_the_edition_of_the_day_it_came(
    received: date, edition: str, months: int, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    client = sign_in("leeds", "service-manager").client
    led = entered(client, "request-form", "parent", concerns=["hearing", "vision"], **on(received))
    assert led.status_code == 303, led.text
    answer = value(db_admin, "select answer from determination")
    assert answer["edition"]["effective_from"] == edition
    assert answer["support"]["longest_months"] == months


def test_a_request_cannot_have_come_tomorrow(sign_in: SignIn, db_admin: psycopg.Connection) -> None:
    client = sign_in("leeds", "team-administrator").client
    refused = entered(client, "request-form", "parent", own_words="She loves water", **on(date(2026, 11, 22)))
    assert refused.status_code == 422
    assert "cannot have come in the future" in refused.text
    shown = form_to(refused, "/enter/request-form/parent")
    assert shown.typed("own_words") == ["She loves water"]
    assert shown.typed("received_on-day") == ["22"]
    assert shown.typed("carer_safe") == ["telephone", "post"]
    assert shown.typed("carer_responsibility") == ["yes"]
    assert value(db_admin, "select count(*) from referral") == 0


def test_a_request_from_before_the_first_edition_gets_a_sentence(sign_in: SignIn) -> None:
    client = sign_in("leeds", "team-administrator").client
    refused = entered(client, "request-form", "parent", **on(date(2025, 2, 28)), **{"born-year": "2024"})
    assert refused.status_code == 422
    assert "No rule was in force on 28 February 2025" in refused.text


def test_a_birth_after_the_request_gets_a_sentence(sign_in: SignIn) -> None:
    client = sign_in("leeds", "team-administrator").client
    refused = entered(client, "request-form", "parent", **on(date(2025, 3, 13)))
    assert refused.status_code == 422
    assert "after the day on which the request came" in refused.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"form_used": "hen"}, "Health to Education Notification (HEN)"),
        ({"form_used": "no-form"}, "No form: a letter, an e-mail or a conversation"),
        ({"form_used": "other-form", "form_other": "The neighbour council's form"}, "The neighbour council's form"),
    ],
)
def test_a_request_on_the_wrong_form_is_taken_and_the_form_noted(
    given: dict[str, str], kept: str, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    client = sign_in("leeds", "team-administrator").client
    assert entered(client, "request-form", "parent", **given).status_code == 303
    assert value(db_admin, "select form_used from referral") == kept


def test_another_form_needs_its_name(sign_in: SignIn) -> None:
    refused = entered(sign_in("leeds", "team-administrator").client, "request-form", "parent", form_used="other-form")
    assert (refused.status_code, "name of the form" in refused.text) == (422, True)


def test_a_paper_form_with_gaps_is_taken_all_the_same(sign_in: SignIn, db_admin: psycopg.Connection) -> None:
    client = sign_in("leeds", "team-administrator").client
    needed = {"given_name", "family_name", "referrer_name", "born", "received_on", "received_known_by"}
    path = "/enter/one-send/senco"
    form = form_to(client.get(path), path)
    gaps: dict[str, str | list[str]] = {
        name: [] if control.kind in ("radio", "checkbox") else ""
        for name, control in form.fields.items()
        if name.partition("-")[0] not in needed and name not in ("received_how", "form_used")
    }
    led = entered(client, "one-send", "senco", **gaps)
    assert led.status_code == 303, led.text
    assert value(db_admin, "select outcome, stage from referral") == ("more-information", "information")
    assert value(db_admin, "select count(*) from carer") == 0


@pytest.mark.parametrize("role", ["home-visitor", "volunteer", "auditor", "panel-member", "tenant-administrator"])
def test_only_those_who_enter_requests_can(role: str, sign_in: SignIn) -> None:
    client = sign_in("leeds", role).client
    for path in ("/enter", "/enter/request-form/parent"):
        assert client.get(path).status_code == 403


def test_nobody_enters_a_request_signed_out_or_by_a_way_that_is_none(client_of: Clients, sign_in: SignIn) -> None:
    assert client_of("leeds").get("/enter").status_code == 401
    client = sign_in("leeds", "team-administrator").client
    for path in ("/enter/request-form/senco", "/enter/hen/health-professional", "/enter/none/parent"):
        assert client.get(path).status_code == 404


def test_entering_twice_by_a_double_click_makes_one_request(sign_in: SignIn, db_admin: psycopg.Connection) -> None:
    client = sign_in("leeds", "team-administrator").client
    path = "/enter/request-form/parent"
    form = form_to(client.get(path), path)
    typed = filled(form, {}, "parent")
    first, second = send(client, form, typed), send(client, form, typed)
    assert first.headers["Location"] == second.headers["Location"]
    assert value(db_admin, "select count(*) from referral") == 1


@pytest.fixture
def manager(sign_in: SignIn) -> FlaskClient:
    """A manager who has entered one request."""
    client = sign_in("west-northants", "service-manager").client
    assert entered(client, "request-for-support", "parent", evidence=[]).status_code == 303
    return client


def attach(client: FlaskClient, referral_id: UUID, kind: str, *papers: tuple[str, bytes]) -> TestResponse:
    path = f"/referrals/{referral_id}/papers"
    return send(client, form_to(client.get(path), path), {"kind": kind}, [("papers", paper) for paper in papers])


def test_the_form_is_attached_and_downloaded_as_a_file_only(manager: FlaskClient, db_admin: psycopg.Connection) -> None:
    referral_id = value(db_admin, "select id from referral")
    assert attach(manager, referral_id, "request-form", ("scan.pdf", PDF)).status_code == 303
    evidence_id = value(db_admin, "select id from evidence")
    paper = manager.get(f"/referrals/{referral_id}/evidence/{evidence_id}")
    assert (paper.status_code, paper.data) == (200, PDF)
    paper.close()
    assert paper.headers["Content-Disposition"] == "attachment; filename=scan.pdf"
    assert paper.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in paper.headers["Content-Security-Policy"]
    opened = value(db_admin, "select subject_id, detail from audit_event where action = 'evidence.opened'")
    assert opened == (referral_id, {"evidence": str(evidence_id)})


def test_new_evidence_is_judged_at_once(manager: FlaskClient, db_admin: psycopg.Connection) -> None:
    referral_id = value(db_admin, "select id from referral")
    assert value(db_admin, "select outcome from referral") == "more-information"
    attach(manager, referral_id, "asq", ("asq.pdf", PDF))
    assert value(db_admin, "select outcome from referral") == "panel"
    assert value(db_admin, "select count(*) from determination") == 2


def test_papers_are_taken_by_the_requests_own_edition_whatever_is_in_force_today(
    manager: FlaskClient, db_admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_day: date) -> None:
        raise NoEditionInForce("today has no rules")

    monkeypatch.setattr(_routes, "edition_on", gone)
    assert attach(manager, value(db_admin, "select id from referral"), "asq", ("asq.pdf", PDF)).status_code == 303
    assert value(db_admin, "select count(*) from evidence") == 1


def test_a_paper_that_cannot_be_taken_is_a_sentence(manager: FlaskClient, db_admin: psycopg.Connection) -> None:
    referral_id = value(db_admin, "select id from referral")
    for kind, papers, sentence in (
        ("asq", [("page.pdf", PAGE)], "is not a kind of file that we can take"),
        ("asq", [], "Choose at least one file."),
        ("", [("asq.pdf", PDF)], "Choose from the list what kind of paper it is."),
    ):
        refused = attach(manager, referral_id, kind, *papers)
        assert (refused.status_code, sentence in refused.text) == (422, True)
    assert value(db_admin, "select count(*) from evidence") == 0


def test_a_paper_of_another_council_or_request_is_not_there(
    manager: FlaskClient, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    referral_id = value(db_admin, "select id from referral")
    attach(manager, referral_id, "asq", ("asq.pdf", PDF))
    evidence_id = value(db_admin, "select id from evidence")
    stranger = sign_in("leeds", "service-manager").client
    assert stranger.get(f"/referrals/{referral_id}/evidence/{evidence_id}").status_code == 404
    assert stranger.get(f"/referrals/{referral_id}/papers").status_code == 404
    assert manager.get(f"/referrals/{new_id()}/evidence/{evidence_id}").status_code == 404
    assert manager.get(f"/referrals/{referral_id}/evidence/{new_id()}").status_code == 404
    # A volunteer may open no referral, and learns nothing of which ones there are.
    volunteer = sign_in("west-northants", "volunteer").client
    for papers in (f"{referral_id}/evidence/{evidence_id}", f"{new_id()}/evidence/{new_id()}"):
        assert volunteer.get(f"/referrals/{papers}").status_code == 403
    visitor = sign_in("west-northants", "home-visitor").client
    assert visitor.get(f"/referrals/{referral_id}/evidence/{evidence_id}").status_code in (303, 403)
