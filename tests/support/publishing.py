"""Drafts of an edition as an administrator writes them, and what a second person answers to publish one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock
from support.forms import form_to, send
from support.people import Hired

SignIn = Callable[..., Hired]
Within = Callable[..., AbstractContextManager[UUID]]
TODAY = clock.today()
SOON = TODAY + timedelta(days=60)
BEFORE = date(2025, 9, 30)
SUPPORT = 5  # the number of a part: service, contact, routes, offers, support


def text(page: TestResponse) -> str:
    return page.get_data(as_text=True)


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def answers(effective_from: date = SOON, **changed: Any) -> dict[str, Any]:
    """Everything that publishing asks."""
    return {
        **day("effective_from", effective_from),
        **day("decided_on", TODAY),
        "decided_body": "committee",
        "decided_by": "Children and Families Committee",
        "minute_reference": "Minute 27",
        "call_in": "none",
        "equality_assessment": "EIA 2026/11",
        "source": "Leaflet of the autumn",
        "source_address": "https://council.example/portage",
        "local_offer": "updated",
        "kind": "ordinary",
        **changed,
    }


def begin(client: FlaskClient, name: str = "Changes for the autumn") -> str:
    """Begin a draft of the edition in force; answers its address."""
    page = client.get("/policy/drafts")
    started = send(client, form_to(page, "/policy/drafts"), {"copy_of": in_force_of(client), "source": name})
    assert started.status_code == 303, text(started)
    return started.headers["Location"]


def in_force_of(client: FlaskClient) -> str:
    page = text(client.get("/policy"))
    return page.partition("/policy/drafts?copy_of=")[2][:36]


def change(client: FlaskClient, draft: str, number: int = SUPPORT, **typed: str | list[str]) -> TestResponse:
    """Save one part of a draft with some inputs changed."""
    address = f"{draft}/terms/{number}"
    return send(client, form_to(client.get(address), address), typed)


def shorter(client: FlaskClient, months: str = "9") -> str:
    """A draft with another longest support, handed over."""
    draft = begin(client)
    assert change(client, draft, **{"support.longest_months": months}).status_code == 303
    assert send(client, form_to(client.get(draft), f"{draft}/ready")).status_code == 303
    return draft


def publish(client: FlaskClient, draft: str, values: dict[str, Any] | None = None) -> TestResponse:
    return send(client, form_to(client.get(f"{draft}/publish"), f"{draft}/publish"), values or answers())


@pytest.fixture
def author(sign_in: SignIn) -> Hired:
    """An administrator."""
    return sign_in("leeds", "tenant-administrator", name="Ada Author")


@pytest.fixture
def publisher(sign_in: SignIn) -> Hired:
    """A service manager."""
    return sign_in("leeds", "service-manager", name="Mo Manager")
