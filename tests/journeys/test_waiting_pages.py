"""The pages of the waiting list and of children who waited before recorded policy, in a real browser at both widths."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from portage.accounts.models import StaffCheck
from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.families.operations import NewCarer, NewChild, add_carer, add_child
from portage.support.operations import (
    Away,
    Choices,
    Leaving,
    MoveChild,
    NewOffer,
    PlaceBefore,
    TakesOn,
    bring_in,
    leave_list,
    move_child,
    offer_place,
    offerable_on,
    plan_absence,
    write_choices,
    write_profile,
)
from portage.support.operations.checks import tell_of_checks
from support import episodes, served
from support.episodes import AcceptedOf, SupportedOf, put_on_list, visit_on
from support.people import Hired
from support.served import enter
from support.staff import SignIn

pytestmark = pytest.mark.browser
port = served.port
accepted_of, supported_of = episodes.accepted_of, episodes.supported_of
Council = Callable[..., AbstractContextManager[UUID]]


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


def sit_down(phone: Page, person: Hired) -> None:
    """Give the browser somebody's session."""
    enter(phone, "leeds", person)


def test_the_pages_of_what_visitors_can_take_on_are_sound(
    phone: Page,
    sound: Callable[[Page], None],
    port: int,
    sign_in: SignIn,
    accepted_of: AcceptedOf,
    supported_of: SupportedOf,
    council: Council,
) -> None:
    case, today = supported_of("leeds"), clock.today()
    sign_in("leeds", "home-visitor", name="Una Unchecked", checked=False)
    bea, administrator = sign_in("leeds", "home-visitor", name="Bea Busy"), sign_in("leeds", "tenant-administrator")
    others = [accepted_of("leeds", manager=case.manager, given_name=name) for name in ("Ada", "Cem")]
    day = today + timedelta(days=8 - today.weekday())
    by = Actor(case.manager.id, f"person:{case.manager.id}")
    with council("leeds"):
        first, second = (put_on_list(each) for each in others)
        visit_on(case, day)
        write_choices(Choices(("Makaton",), suggests=True, version=0), by=by, on=today)
        for person in (case.visitor, bea):
            write_profile(person.id, TakesOn(1350, ("mon-am", "tue-am"), 2, 1, ("Makaton",), "LS8", version=0))
        move_child(second, MoveChild(first, "A place in May.", seen=None), by=by, at=clock.now())
        absence = plan_absence(case.visitor.id, Away(day, day + timedelta(days=3)), by=by, on=today).id
        db.session.execute(update(StaffCheck).where(StaffCheck.person_id == case.visitor.id).values(current_until=None))
        tell_of_checks(today)
        db.session.commit()
    visitor = f"/visitors/{case.visitor.id}"
    for person, paths in {
        case.manager: (
            "/today", "/visitors", "/visitors?area=all&check=unmarked", visitor, f"{visitor}/absences/{absence}",
            "/waiting-list", f"/waiting-list/{second}", "/waiting-list/suggestion",
        ),
        administrator: ("/allocation-choices", f"/people/{bea.id}"),
        case.visitor: ("/caseload", "/caseload/me"),
    }.items():  # fmt: skip
        sit_down(phone, person)
        for path in paths:
            phone.goto(f"http://leeds.localhost:{port}{path}")
            phone.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            sound(phone)


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
    sit_down(phone, manager)
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
