"""How the council takes notifications on a day: by its policy of that day, or not at all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portage.editions.operations import edition_by_id, edition_on
from portage.notifications.models import Notification
from portage.policy import Edition, Notifications, Policy, Route, asks

SENDER = "health-professional"
_ASKS = (asks.CONCERNS, asks.OWN_WORDS, asks.CONDITIONS, asks.SETTING_NAME)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an edition says of notifications; `route` gives the form its questions, and what follows its path."""

    policy: Policy[Any]
    edition: Edition
    told: Notifications
    route: Route
    sends: str = "the notification"  # what the last button of the form sends

    @property
    def address(self) -> str:
        """Where the pages of the form begin."""
        return "/notify"

    @property
    def referrer(self) -> str:
        """As whom the route takes somebody who notifies: routes name few kinds of people."""
        return next((who for who in (SENDER, "practitioner") if who in self.route.referrers), self.route.referrers[0])


def taken_by(policy: Policy[Any], edition: Edition) -> Taken | None:
    """What an edition says of notifications; None where it takes none."""
    told = policy.notifications(edition.terms)
    if told is None:
        return None
    try:
        route = policy.route(edition.terms, told.route) if told.route else _without_a_path(told)
    except KeyError:  # where something stands in for the policy, its routes may be gone as well
        route = _without_a_path(told)
    return Taken(policy, edition, told, route)


def taken_on(day: date) -> Taken | None:
    """The same for the edition in force on a day; raises `NoEditionInForce` before the first."""
    return taken_by(*edition_on(day))


def taken_for(notification: Notification) -> Taken | None:
    """The same for the edition that a notification arrived under."""
    return taken_by(*edition_by_id(notification.edition_id))


def _without_a_path(told: Notifications) -> Route:
    """The questions of a form from which nothing follows."""
    return Route(
        key="",
        name=told.name,
        form_name=told.name,
        for_whom="",
        referrers=(SENDER,),
        rule=told.rule or "",
        finding=None,
        agreements=(),
        asks=_ASKS,
        statutory=True,
        needs_evidence=False,
        decided_by="officer",
        assessment_first=False,
    )
