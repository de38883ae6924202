"""Invented children who waited before the council's policy was recorded, as a workbook of its cases brings them in."""

import random
from dataclasses import dataclass
from datetime import timedelta

from portage.core import clock
from portage.core.db import db
from portage.demo.seed import words
from portage.demo.seed.staff import Staff
from portage.families.operations import NewCarer, NewChild, add_carer, add_child
from portage.support.operations import Leaving, PlaceBefore, bring_in, leave_list

MOVED = "The family moved to another council in the spring, and their new team knows."


@dataclass(frozen=True, slots=True)
class Waited:
    """How one child came to wait, and whether the place was taken away since."""

    days: int
    known_by: str
    longest_months: int | None = None
    note: str | None = None
    left: bool = False


CHILDREN = (
    Waited(430, "Stamp on the form", longest_months=12, note="The family hopes for a visitor who signs."),
    Waited(395, "The team’s own list"),
    Waited(380, "Letter of the health visitor", left=True),
)


def invent_waiting_before(slug: str, staff: Staff) -> int:
    """Bring in children who waited before the recorded policy; answers how many there are."""
    for number, waited in enumerate(CHILDREN):
        chance = random.Random(f"{slug} waited {number}")  # noqa: S311 - the same children in every run
        _bring_in(waited, chance, staff)
    db.session.commit()
    return len(CHILDREN)


def _bring_in(waited: Waited, chance: random.Random, staff: Staff) -> None:
    today, family = clock.today(), chance.choice(words.FAMILY)
    asked_on = today - timedelta(days=waited.days)
    child = add_child(
        NewChild(
            given_name=chance.choice(words.GIVEN),
            family_name=family,
            date_of_birth=asked_on - timedelta(days=chance.randint(200, 500)),
            address=f"{chance.randint(1, 90)} {chance.choice(words.STREETS)}",
            invented=True,
        )
    )
    add_carer(
        child.id,
        NewCarer(
            f"{chance.choice(words.CARERS)} {family}",
            "mother",
            email=f"{family.lower()}{chance.randint(1, 99)}@family.example",
            telephone=f"01632 960{chance.randint(100, 899)}",
            main_contact=True,
        ),
    )
    entry = bring_in(
        PlaceBefore(
            child_id=child.id,
            asked_on=asked_on,
            known_by=waited.known_by,
            decided_on=asked_on + timedelta(days=30),
            longest_months=waited.longest_months,
            note=waited.note,
        )
    )
    if waited.left:
        leave_list(entry.id, Leaving(MOVED, entry.version), by=staff.one("service-manager"), at=clock.now())
