"""Alerts on the first page: one for a role waits until somebody takes it on, and the others read who."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portage.core.db import db
from portage.messages.operations import alert
from support.episodes import SupportedOf, accepted_of, supported_of
from support.forms import form_to, send
from support.people import Hired
from support.staff import SignIn

__all__ = ["accepted_of", "supported_of"]
Council = Callable[..., AbstractContextManager[UUID]]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SENTENCE = "Something waits for the managers."


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(NOW)


def raised(council: Council, **to: object) -> str:
    """Raise an alert; answers the address that takes it off the list."""
    with council("leeds"):
        alert_id = alert(kind="test", path="/worklist", sentence=SENTENCE, **to)  # type: ignore[arg-type]  # a role or a person
        db.session.commit()
    return f"/alerts/{alert_id}/seen"


def today_of(person: Hired) -> str:
    """A person's first page."""
    return person.client.get("/today").get_data(as_text=True)


def test_an_alert_to_a_role_waits_until_somebody_takes_it_on_and_the_others_read_who(
    sign_in: SignIn, council: Council, clock: Callable[[datetime], None]
) -> None:
    ann, ben = (sign_in("leeds", "service-manager", name=name) for name in ("Ann Example", "Ben Example"))
    address = raised(council, role="service-manager")
    assert '<a class="govuk-link" href="/worklist">' in today_of(ann)
    assert ann.client.get("/worklist").status_code == 200  # opening it takes it off no list
    forms = [form_to(person.client.get("/today"), address) for person in (ann, ben)]
    assert send(ann.client, forms[0]).headers["Location"] == "/worklist"
    assert SENTENCE not in today_of(ann)
    page = today_of(ben)
    assert SENTENCE in page
    assert "Ann Example has taken this on" in page
    assert address not in page

    late = send(ben.client, forms[1])
    assert late.headers["Location"] == "/worklist"
    assert "Ann Example has taken this on already." in ben.client.get("/worklist").get_data(as_text=True)
    assert "Ann Example has taken this on" in today_of(ben)
    assert SENTENCE not in today_of(ann)

    clock(NOW + timedelta(days=4))
    assert SENTENCE not in today_of(sign_in("leeds", "service-manager"))


def test_an_alert_to_one_person_goes_from_their_list_alone_by_opening_it(sign_in: SignIn, council: Council) -> None:
    ann, ben = (sign_in("leeds", "service-manager") for _ in range(2))
    address = raised(council, person_id=ann.id)
    assert SENTENCE not in today_of(ben)
    assert send(ann.client, form_to(ann.client.get("/today"), address)).headers["Location"] == "/worklist"
    assert SENTENCE not in today_of(ann)
    assert SENTENCE not in today_of(ben)


def test_an_alert_is_taken_on_by_those_it_is_meant_for_alone(sign_in: SignIn, council: Council) -> None:
    address = raised(council, role="service-manager")
    manager, visitor = sign_in("leeds", "service-manager"), sign_in("leeds", "home-visitor")
    form = form_to(manager.client.get("/today"), address)
    token = form_to(visitor.client.get("/today"), "/sign-out").fields["_csrf"]
    form.fields["_csrf"] = token
    assert send(visitor.client, form).status_code == 404
    assert SENTENCE in today_of(manager)


def test_an_alert_about_a_child_names_them_to_those_whose_case_it_is_and_to_nobody_else(
    sign_in: SignIn, council: Council, supported_of: SupportedOf
) -> None:
    case = supported_of("leeds")
    former = sign_in("leeds", "home-visitor", name="Fay Former")
    raised(council, person_id=case.visitor.id, child_id=case.child_id)
    raised(council, person_id=former.id, child_id=case.child_id)
    named = f"<strong>Kit Canarychild</strong><br>{SENTENCE}"
    assert named in today_of(case.visitor)
    assert SENTENCE in today_of(former)
    assert "Canarychild" not in today_of(former)

    raised(council, role="service-manager", child_id=case.child_id)
    manager = today_of(case.manager)
    assert "<strong>Kit Canarychild</strong>" in manager
    assert f"Kit Canarychild. {SENTENCE}</span>" in manager
