"""One page of the waiting list: places with their reasons, clocks, and the forecast where the age still counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from portage.core.identity import Viewer
from portage.families.access import in_own_area
from portage.support.capacity import starts_of
from portage.support.lists import PAGE, Wanted
from portage.support.pattern import age_looked_at
from portage.support.priority import Place
from portage.support.waiting_line import Order, Waiter, everybody, line_of, order_on, shown

SOON = timedelta(days=90)  # how long before the age rule stops holding a waiting child is flagged
MONITORING = "Getting in touch while the family waits"
ORDERS: dict[str, Callable[[Waiter], Any]] = {
    "priority": lambda each: 0,  # the line's own order
    "waiting": lambda each: (each.waits.figures.since, each.id),
    "age": lambda each: (each.limit_on is None, each.limit_on or date.max),
    "name": lambda each: each.search_name,
}


@dataclass(frozen=True, slots=True)
class Clock:
    """Something that is due for a family that waits."""

    name: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Ageing:
    """When a waiting child's age is looked at; where it still counts, the last day's morrow and the likely start."""

    looked_at: str  # request, decision or support
    limit_on: date | None = None
    likely_on: date | None = None
    forecast: bool = False

    @property
    def too_late(self) -> bool:
        """Whether the child is likely to be past the age before a place comes free, as far as anybody can know."""
        if not self.forecast or self.limit_on is None:
            return False
        return self.likely_on is None or self.limit_on <= self.likely_on


@dataclass(frozen=True, slots=True)
class Shown:
    """A child on the list, as the page shows them."""

    row: Row[*tuple[Any, ...]]
    place: Place
    clocks: list[Clock]
    ageing: Ageing
    may_read_why: bool  # whether the viewer may read why a person moved the child


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list, and the order behind it."""

    rows: list[Shown]
    total: int
    order: Order
    age_counts: bool


def waiting_page(wanted: Wanted, viewer: Viewer, *, on: date) -> Found:
    """The children of one page: numbers are counted among those of the areas that are shown."""
    order = order_on(on)
    waiters = {each.id: each for each in everybody(order)}
    here = {key: each for key, each in waiters.items() if not wanted.areas or each.area_id in wanted.areas}
    line = line_of(order, here.values())
    in_order = sorted((here[child.entry_id] for child in line.order), key=ORDERS[wanted.order])
    page = in_order[PAGE * (wanted.page - 1) : PAGE * wanted.page]
    ages = {each.edition_id: age_looked_at(each.edition_id) for each in here.values() if each.edition_id}
    counts = "support" in ages.values()
    starts = starts_of(line_of(order, waiters.values()), waiters, on=on) if counts else {}
    rows = shown([each.id for each in page], to=viewer.person_id)
    return Found(
        [
            Shown(
                rows[each.id],
                line.place(each.waits),
                clocks_of(rows[each.id], order),
                ageing(each, ages[each.edition_id] if each.edition_id else "", starts),
                in_own_area(viewer, each.area_id),
            )
            for each in page
        ],
        len(here),
        order,
        counts,
    )


def clocks_of(row: Row[*tuple[Any, ...]], order: Order) -> list[Clock]:
    """What is due for a family, the earliest first: the clocks of the request, and the next contact while it waits."""
    found = [Clock(name, date.fromisoformat(due_on)) for name, due_on in row.clocks or ()]
    if (due := order.monitoring_due(row.since, row.contact_on)) is not None:
        found.append(Clock(MONITORING, due))
    return sorted(found, key=lambda each: each.due_on)


def ageing(waiter: Waiter, looked_at: str, starts: dict[UUID, date | None]) -> Ageing:
    """What the list says of a child's age; a child from before the recorded policy was not judged by any edition."""
    if looked_at != "support":
        return Ageing(looked_at)
    return Ageing(looked_at, waiter.limit_on, starts.get(waiter.id), forecast=True)
