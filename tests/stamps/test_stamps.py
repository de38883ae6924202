"""Which settings hold the Stamp of Approval, which work towards it, and what comes next (WNC-11)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.db import db
from portage.stamps.jobs import remind_of_stamps
from support.forms import form_to, send
from support.people import Hired
from support.staff import SignIn

ClientOf = Callable[[str], FlaskClient]
Council = Callable[..., AbstractContextManager[UUID]]
HERE = "west-northants"


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """A manager where settings hold the award."""
    return sign_in(HERE, "service-manager", name="Mona Manager")


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def keep(manager: Hired, name: str, standing: str, **typed: str) -> TestResponse:
    """Add a setting."""
    form = form_to(manager.client.get("/stamps/new"), "/stamps/new")
    return send(manager.client, form, {"setting_name": name, "standing": standing, **typed})


def test_the_public_list_names_holders_alone_and_who_awards_it(manager: Hired, client_of: ClientOf) -> None:
    assert keep(manager, "Acorns", "holds", place="Daventry", **day("awarded_on", date(2024, 5, 1))).status_code == 303
    assert keep(manager, "Beeches", "working-towards", contact="Bea, 01632 960 100").status_code == 303
    shown = client_of(HERE).get("/stamp-of-approval").text
    assert "The National Portage Association awards this stamp" in shown
    assert "Acorns, Daventry, since 1 May 2024" in " ".join(shown.split())
    assert "Beeches" not in shown
    listed = manager.client.get("/stamps").text
    assert "Works towards it" in listed
    assert "/stamp-of-approval" in client_of(HERE).get("/").text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Enter the day of the award."),
        (day("awarded_on", date(2099, 1, 1)), "This day is in the future."),
        ({"next_what": "Renewal", **day("awarded_on", date(2024, 5, 1))}, "Enter the day on which it happens."),
        ({**day("next_on", date(2027, 1, 1)), **day("awarded_on", date(2024, 5, 1))}, "Say what happens on that day."),
        ({"web_page": "acorns", **day("awarded_on", date(2024, 5, 1))}, "begins with https://"),
    ],
)
def test_a_slip_is_named(manager: Hired, typed: dict[str, str], says: str) -> None:
    answer = keep(manager, "Acorns", "holds", **typed)
    assert answer.status_code == 422
    assert says in answer.text


def test_a_day_that_comes_near_is_an_alert_for_the_managers_once(
    manager: Hired, council: Council, db_admin: psycopg.Connection
) -> None:
    today = clock.today()
    keep(manager, "Acorns", "working-towards", next_what="Visit", **day("next_on", today + timedelta(days=30)))
    keep(manager, "Beeches", "working-towards", next_what="Visit", **day("next_on", today + timedelta(days=31)))
    keep(manager, "Cedars", "ended", next_what="Visit", **day("next_on", today))
    for _ in range(2):
        with council(HERE):
            remind_of_stamps()
            db.session.commit()
    alerts = db_admin.execute("select sentence, role from alert where kind = 'stamp-due'").fetchall()
    assert [(sentence.split(":")[0], role) for sentence, role in alerts] == [("Acorns", "service-manager")]
    assert "Acorns: Visit on" in manager.client.get("/today").text


def test_a_change_on_an_old_page_overwrites_nobody(manager: Hired, db_admin: psycopg.Connection) -> None:
    keep(manager, "Acorns", "working-towards")
    (stamp_id,) = db_admin.execute("select id from stamp").fetchone() or ()
    here = f"/stamps/{stamp_id}"
    old = form_to(manager.client.get(here), here)
    assert send(manager.client, form_to(manager.client.get(here), here), {"note": "One"}).status_code == 303
    assert send(manager.client, old, {"note": "Two"}).status_code == 409


@pytest.mark.parametrize("slug", ["leeds", "lancashire", "portsmouth"])
def test_a_council_that_publishes_nothing_about_it_has_no_page_of_it(
    sign_in: SignIn, client_of: ClientOf, slug: str
) -> None:
    assert client_of(slug).get("/stamp-of-approval").status_code == 404
    assert "/stamp-of-approval" not in client_of(slug).get("/").text
    manager = sign_in(slug, "service-manager", name="Olga Other")
    assert manager.client.get("/stamps").status_code == 404
    assert "/stamps" not in manager.client.get("/services").text
