"""Which requests a preview has to judge again: for each edition and route, the band that the draft can change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portage.editions.operations import edition_by_id
from portage.policy import AgeLimit, dates
from portage.policy.alike import alike
from portage.policy.bands import EVERY_REQUEST, Band, band_between
from portage.previews.cases import Group
from portage.previews.comparing import BEFORE_DECISION, NOT_ENDED, Judge

_OLDEST = -12 * 8  # months; limits of older children are not listed, so that such a request is judged again


@dataclass(frozen=True, slots=True)
class Planned:
    """One edition's requests by some routes, and between which days they were received."""

    edition_id: UUID
    routes: tuple[str, ...]
    first: date
    last: date

    def as_json(self) -> list[Any]:
        return [str(self.edition_id), [*self.routes], self.first.isoformat(), self.last.isoformat()]

    @classmethod
    def from_json(cls, kept: list[Any]) -> "Planned":
        return cls(UUID(kept[0]), tuple(kept[1]), date.fromisoformat(kept[2]), date.fromisoformat(kept[3]))


def plan(rows: Iterable[Any], draft: Judge) -> list[Planned]:
    """Bring the counted requests together by edition and band; those that the draft cannot change are left out."""
    days: dict[tuple[UUID, str], tuple[date, date]] = {}
    for row in rows:
        first, last = days.get((row.edition_id, row.route), (row.first, row.last))
        days[row.edition_id, row.route] = (min(first, row.first), max(last, row.last))
    editions: dict[UUID, list[str]] = defaultdict(list)
    for edition_id, route in days:
        editions[edition_id].append(route)
    return [each for edition_id, routes in editions.items() for each in _of_edition(edition_id, routes, days, draft)]


def _of_edition(
    edition_id: UUID, routes: list[str], days: dict[tuple[UUID, str], tuple[date, date]], draft: Judge
) -> Iterator[Planned]:
    first = min(days[edition_id, route][0] for route in routes)
    last = max(days[edition_id, route][1] for route in routes)
    own = Judge.of(*edition_by_id(edition_id))
    together: list[tuple[Group, list[str]]] = []
    for route in routes:
        group = group_of(Planned(edition_id, (route,), first, last), own, draft)
        same = next(
            (names for other, names in together if (other.band, other.stages) == (group.band, group.stages)), None
        )
        if same is None:
            together.append((group, [route]))
        else:
            same.append(route)
    for group, names in together:
        if group.band or group.stages:
            yield Planned(edition_id, tuple(names), first, last)


def group_of(planned: Planned, own: Judge, draft: Judge) -> Group:
    """The requests of one plan with the band that holds for all its routes."""
    route = planned.routes[0]
    born = (dates.add_months(planned.first, _OLDEST), planned.last)
    return Group(planned.edition_id, planned.routes, _band(own, draft, route, born), _stages(own, draft, route))


def _band(own: Judge, draft: Judge, route: str, born: tuple[date, date]) -> Band:
    before, after = own.edition.plans.get(route), draft.edition.plans.get(route)
    if own.policy is not draft.policy or before is None or after is None or _fewer_may_ask(own, draft, route):
        return EVERY_REQUEST
    return band_between(before, after, born)


def _fewer_may_ask(own: Judge, draft: Judge, route: str) -> bool:
    asked, may_ask = (each.policy.shape(each.edition.terms, route).referrers for each in (own, draft))
    return not {*asked} <= {*may_ask}


def _stages(own: Judge, draft: Judge, route: str) -> tuple[str, ...]:
    """The stages at which a child could become too old earlier than by the request's own edition."""
    if not draft.looks_again or _same_ages(own, draft, route):
        return ()
    return tuple(sorted(NOT_ENDED if "support" in draft.looks_again else BEFORE_DECISION))


def _same_ages(own: Judge, draft: Judge, route: str) -> bool:
    plans = [each.edition.plans.get(route) for each in (own, draft)]
    before, after = ([rule for rule in each.rules if isinstance(rule, AgeLimit)] if each else [] for each in plans)
    return own.looks_again == draft.looks_again and alike(before, after)
