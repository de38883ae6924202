"""What the invented visitors can take on, an absence, and a child who was moved on the waiting list."""

from datetime import timedelta

from sqlalchemy import select

from portage.accounts.models import Person, RoleGrant
from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.demo.seed.staff import Staff
from portage.support.half_days import HALF_DAYS
from portage.support.operations import (
    Away,
    Choices,
    MoveChild,
    TakesOn,
    Wishes,
    choices,
    entry_here,
    move_child,
    plan_absence,
    write_choices,
    write_profile,
    write_wishes,
)
from portage.support.waiting_line import everybody, line_of, order_on
from portage.tenants.areas import areas

SKILLS = ("Makaton", "Polish", "Urdu")
DAYS = tuple(key for key in HALF_DAYS if not key.startswith("fri"))
WHY = "The family moves house in the summer, and a visitor who signs has a place now."


def invent_caseloads(staff: Staff) -> None:
    """Write down capacities, wishes and an absence; a council with area teams has "Suggest" on."""
    manager, today = staff.one("service-manager"), clock.today()
    write_choices(Choices(SKILLS, suggests=bool(areas()), version=choices().version or 0), by=manager, on=today)
    visitors = db.session.scalars(
        select(Person.id)
        .join(RoleGrant, (RoleGrant.tenant_id == Person.tenant_id) & (RoleGrant.person_id == Person.id))
        .where(Person.tenant_id == current_tenant_id(), RoleGrant.role == "home-visitor")
        .order_by(Person.name, Person.id)
    ).all()
    for number, person_id in enumerate(visitors):
        most = 14 + 2 * number
        write_profile(person_id, TakesOn(1350, DAYS, most, 12, (SKILLS[number % len(SKILLS)],), None, version=0))
    first = today + timedelta(days=14 - today.weekday())
    for person_id in visitors[:1]:
        plan_absence(person_id, Away(first, first + timedelta(days=11)), by=manager, on=today)
        plan_absence(person_id, Away(first + timedelta(days=70), first + timedelta(days=74)), by=manager, on=today)
    _wait(manager)
    db.session.commit()


def _wait(manager: Actor) -> None:
    """Wishes of the first who wait, and the last one moved to the third place."""
    order = order_on(clock.today())
    line = [child.entry_id for child in line_of(order, everybody(order)).order]
    for number, entry_id in enumerate(line[:4]):
        wished = Wishes(DAYS[number : number + 4], SKILLS[:1] if number == 0 else (), entry_here(entry_id).version)
        write_wishes(entry_id, wished)
    if len(line) > 3:
        move_child(line[-1], MoveChild(line[2], WHY, seen=None), by=manager, at=clock.now())
