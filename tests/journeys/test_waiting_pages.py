"""The pages of the waiting list and of children who waited before recorded policy, in a real browser at both widths."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.families.operations import NewCarer, NewChild, add_carer, add_child
from portage.support.operations import Leaving, NewOffer, PlaceBefore, bring_in, leave_list, offer_place, offerable_on
from support import councils, episodes
from support.episodes import AcceptedOf, put_on_list
from support.people import Hired
from support.staff import SignIn

pytestmark = pytest.mark.browser
accepted_of = episodes.accepted_of
Council = Callable[..., AbstractContextManager[UUID]]


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The application over this test's own database, for browsers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def waits(name: str, months: int | None) -> UUID:
    """A child who was brought in waiting; the council is in scope, the caller commits."""
    child = add_child(NewChild(name, "Canarychild", date(2024, 3, 10)))
    add_carer(child.id, NewCarer("Sam Canarychild", "mother", telephone="01632 960 111", main_contact=True))
    place = PlaceBefore(child.id, date(2025, 3, 4), "Stamp on the form", longest_months=months, note="Twins at home.")
    return bring_in(place).id


def left_and_offered(manager: Hired) -> tuple[UUID, UUID, UUID]:
    """Three children from before: one who waits, one whose family thinks about an offer, one who left the list."""
    by = Actor(manager.id, f"person:{manager.id}")
    plain, offered, left = waits("Bea", None), waits("Kit", 12), waits("Ned", 6)
    kind = offerable_on(clock.today())[0].key
    offer_place(offered, NewOffer((kind,), "Vera would come every week."), by=by, at=clock.now())
    leave_list(left, Leaving("The family moved to York.", 1), by=by, at=clock.now())
    return plain, offered, left


def test_the_pages_of_the_waiting_list_are_sound(
    phone: Page,
    sound: Callable[[Page], None],
    port: int,
    sign_in: SignIn,
    accepted_of: AcceptedOf,
    council: Council,
) -> None:
    manager = sign_in("leeds", "service-manager", name="Ines Manager")
    sign_in("leeds", "home-visitor", name="Vera Visitor")
    case = accepted_of("leeds", manager=manager, given_name="Una")
    with council("leeds"):
        judged = put_on_list(case)
        plain, offered, left = left_and_offered(manager)
        db.session.commit()
    cookie = manager.client.get_cookie("portage-session", domain=councils.host("leeds"))
    assert cookie is not None
    phone.context.add_cookies(
        [{"name": "portage-session", "value": cookie.value, "domain": councils.host("leeds"), "path": "/"}]
    )
    for path in (
        "", "?show=left", f"/{judged}", f"/{plain}", f"/{plain}/offer", f"/{offered}", f"/{offered}/offer", f"/{left}",
    ):  # fmt: skip
        phone.goto(f"http://leeds.localhost:{port}/waiting-list{path}")
        sound(phone)
    for path, button in ((f"/{plain}", "Give to this person"), (f"/{plain}/offer", "Record the offer")):
        phone.goto(f"http://leeds.localhost:{port}/waiting-list{path}")
        phone.get_by_role("button", name=button).click()
        assert phone.get_by_role("heading", name="There is a problem").is_visible()
        sound(phone)
