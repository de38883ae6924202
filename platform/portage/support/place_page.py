"""The page of one child's place on the waiting list, with every form that a person may send from there."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template
from sqlalchemy import Row

from portage.core import clock
from portage.core.errors import PortageError
from portage.core.forms import Form
from portage.core.identity import viewer
from portage.core.routes import concerning
from portage.families.access import require_access
from portage.policy.dates import in_words
from portage.referrals.models import Referral
from portage.support.capacity import starts_of
from portage.support.half_days import HALF_DAYS
from portage.support.lists import child_here
from portage.support.models import WaitingEntry
from portage.support.operations import (
    ANSWERS,
    CONTACTS,
    choices,
    contacts_of,
    entry_here,
    moves_of,
    offers_at,
    referral_here,
    support_of_waiting,
    why_not,
)
from portage.support.pattern import Support, age_looked_at, support_by
from portage.support.priority import Line, Place
from portage.support.visitors import candidates
from portage.support.waiting_line import Order, everybody, line_of, order_on, shown
from portage.support.waiting_page import SOON, Ageing, Clock, ageing, clocks_of
from portage.tenants.areas import areas

NEAR = 20  # how many places at the head of the line, and around the child, a person can choose from
LAST = "last"
FORMS = ("allocating", "noting", "leaving", "returning", "moving", "undoing", "contacting", "wishing")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a child stands: in the own area team's line where there is one, and in that of the whole council."""

    order: Order
    place: Place
    in_all: Place | None  # None where the first is that of the whole council already
    clocks: list[Clock]
    ageing: Ageing
    elsewhere: list[tuple[str, str]]  # before whom the child could be put: a place's id, and the words


def place_here(entry_id: UUID) -> WaitingEntry:
    """The place behind an address, once this viewer may open the child's record; the trail names the child."""
    entry = entry_here(entry_id)
    require_access(entry.child_id, viewer())
    concerning("child", entry.child_id, entry=entry_id)
    return entry


def place_page(entry: WaitingEntry, **sent: Form) -> str:
    """The page; `sent` holds by name the form that comes back with an error, or is begun with something."""
    referral = referral_here(entry.referral_id) if entry.referral_id else None
    today = clock.today()
    support = _support(entry, referral, today)
    forms = {**_begun(entry, today), **sent}
    return render_template(
        "support/waiting_place.html",
        entry=entry,
        referral=referral,
        child=child_here(entry.child_id),
        support=support,
        standing=None if entry.left_on else standing(entry, today),
        moves=moves_of(entry.id),
        contacts=contacts_of(entry.id),
        contact_ways=CONTACTS,
        half_days=list(HALF_DAYS.items()),
        skills=[(each, each) for each in choices().skills],
        people=[(each, why_not(each, support)) for each in candidates(entry.area_id, on=today)],
        last_offer=_last_offer(entry),
        area_names=dict(areas()),
        form=next((form for form in sent.values() if form.errors), Form()),
        today=today,
        soon=today + SOON,
        last=LAST,
        **forms,
    )


def _begun(entry: WaitingEntry, today: date) -> dict[str, Form]:
    values: dict[str, dict[str, Any]] = {
        "allocating": {"from_on": today.isoformat()},
        "noting": {"note": entry.note},
        "contacting": {"made_on": today.isoformat()},
        "wishing": {"half_days": entry.half_days, "skills": entry.skills},
    }
    return {name: Form(values.get(name, {})) for name in FORMS}


def standing(entry: WaitingEntry, on: date) -> Standing:
    """Where a child stands on a day."""
    order = order_on(on)
    waiters = {each.id: each for each in everybody(order)}
    whole, own = line_of(order, waiters.values()), waiters[entry.id]
    near = {key: each for key, each in waiters.items() if each.area_id == entry.area_id}
    line = line_of(order, near.values()) if entry.area_id else whole
    looked_at = age_looked_at(own.edition_id) if own.edition_id else ""
    starts = starts_of(whole, waiters, on=on) if looked_at == "support" else {}
    rows = shown([entry.id, *(key for key, _ in _choosable(line, entry.id))], to=viewer().person_id)
    return Standing(
        order,
        line.place(own.waits),
        whole.place(own.waits) if line is not whole and len(near) < len(waiters) else None,
        clocks_of(rows[entry.id], order),
        ageing(own, looked_at, starts),
        [(str(key), f"{number}. {_named(rows[key])}") for key, number in _choosable(line, entry.id)],
    )


def _named(row: Row[*tuple[Any, ...]]) -> str:
    return row.reference if row.shut else f"{row.given_name} {row.family_name}, {row.reference}"


def _choosable(line: Line, entry_id: UUID) -> list[tuple[UUID, int]]:
    """The places at the head of the line and around the child, each with its number."""
    here = line.number(entry_id)
    numbers = {*range(1, NEAR + 1), *range(here - NEAR, here + NEAR + 1)}
    return [
        (child.entry_id, number)
        for number, child in enumerate(line.order, 1)
        if number in numbers and number not in (here, here + 1)
    ]


def _support(entry: WaitingEntry, referral: Referral | None, today: date) -> Support:
    if referral is None:
        return support_by(None, on=today)
    try:
        return support_of_waiting(entry, referral, on=today)
    except PortageError:  # the acceptance is being looked at again: nobody is allocated on the old one
        return support_by(referral.edition_id, on=referral.received_on)


def _last_offer(entry: WaitingEntry) -> str:
    """What became of the last offer to a child without a recorded request, in a sentence."""
    for offer in offers_at(entry.id)[:1] if entry.before_recorded_policy else ():
        answer = ANSWERS.get(offer.answer or "", "No answer yet")
        return f"{in_words(offer.made_on)}: {answer}"
    return "None yet"
