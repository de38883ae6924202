"""Which requests a preview has to judge again: for each edition and route, the band that the draft can change."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from portage.editions.operations import edition_by_id
from portage.policy import AgeLimit, dates
from portage.policy.alike import alike
from portage.policy.bands import EVERY_REQUEST, Band, Bands
from portage.previews.cases import Group
from portage.previews.comparing import BEFORE_DECISION, NOT_ENDED, Judge

_OLDEST = -12 * 8  # months; limits of older children are not listed, so that such a request is judged again


@dataclass(frozen=True, slots=True)
class Planned:
    """One edition's requests by some routes, as a preview writes them down."""

    edition_id: UUID
    routes: tuple[str, ...]

    def as_json(self) -> list[Any]:
        return [str(self.edition_id), [*self.routes]]

    @classmethod
    def from_json(cls, kept: list[Any]) -> "Planned":
        return cls(UUID(kept[0]), tuple(kept[1]))


@lru_cache(maxsize=2)
def _bands(since: date, until: date) -> Bands:
    """Kept from one piece of a preview to the next."""
    return Bands((dates.add_months(since, _OLDEST), until))


@dataclass(frozen=True, slots=True)
class Planner:
    """Tells groups for one draft; what it learns of dates of birth serves all of them."""

    draft: Judge
    bands: Bands

    @classmethod
    def of(cls, draft: Judge, since: date, until: date) -> "Planner":
        """For requests received between two days; older ones that are still open are judged again."""
        return cls(draft, _bands(since, until))

    def plan(self, counted: Iterable[Any]) -> list[Group]:
        """Bring the counted requests together by edition and band; those that the draft cannot change are left out."""
        routes: dict[UUID, dict[str, None]] = defaultdict(dict)
        for row in counted:
            routes[row.edition_id][row.route] = None
        found = (self._of_edition(edition_id, names) for edition_id, names in routes.items())
        return [group for groups in found for group in groups if group.band or group.stages]

    def _of_edition(self, edition_id: UUID, routes: Iterable[str]) -> list[Group]:
        together: list[Group] = []
        for route in routes:
            group = self.group(Planned(edition_id, (route,)))
            same = next((n for n, other in enumerate(together) if other.holds_like(group)), None)
            if same is None:
                together.append(group)
            else:
                together[same] = replace(together[same], routes=(*together[same].routes, route))
        return together

    def group(self, planned: Planned) -> Group:
        """Tell the group of some routes whose band is the same."""
        own, route = Judge.of(*edition_by_id(planned.edition_id)), planned.routes[0]
        return Group(planned.edition_id, planned.routes, self._band(own, route), _stages(own, self.draft, route))

    def _band(self, own: Judge, route: str) -> Band:
        before, after = own.edition.plans.get(route), self.draft.edition.plans.get(route)
        if own.policy is not self.draft.policy or before is None or after is None or not own.by_rules_alone:
            return EVERY_REQUEST
        return EVERY_REQUEST if _fewer_may_ask(own, self.draft, route) else self.bands.between(before, after)


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
