"""Health bodies' notifications in a policy: what does not fit together, and how a description says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portage.policy.determination import RouteShape
from portage.policy.facts import FactProblem
from portage.policy.shapes import Line
from portage.policy.stated import WriteLine
from portage.policy.terms import FOLLOWS, REQUEST_DAYS, NotificationTerms, RouteTerms

AT = "notifications"
SENDERS = ("health-professional", "practitioner")  # as which of these a route takes whoever notifies
_DECIDED_BY = {"panel": "panel", "request": "officer"}


def misfits_of_notifications(told: NotificationTerms, drawn: Iterable[RouteShape]) -> Iterator[FactProblem]:
    """Find what does not fit: a panel item takes a route that a panel decides, a request one that an officer does."""
    shapes = {shape.key: shape for shape in drawn}
    if told.route is None:
        if told.follows != "nothing":
            yield FactProblem(f"{AT}.route", "is missing: what follows takes a route")
        return
    shape = shapes.get(told.route)
    if shape is None:
        yield FactProblem(f"{AT}.route", f"{told.route!r} is not a route of this policy")
    elif not set(SENDERS) & set(shape.referrers):
        yield FactProblem(f"{AT}.route", f"{told.route!r} is not for health professionals")
    elif _DECIDED_BY.get(told.follows, shape.decided_by) != shape.decided_by:
        yield FactProblem(f"{AT}.follows", f"does not fit: the route {told.route} is decided by a {shape.decided_by}")


def lines_of_notifications(
    told: NotificationTerms | None, routes: Mapping[str, RouteTerms], line: WriteLine
) -> Iterator[Line]:
    """Write what a health professional's notification is, and what follows from it."""
    if told is None:
        return
    yield line("Notifications by health professionals", told.name, f"{AT}.name")
    yield line("What follows from one", FOLLOWS[told.follows], f"{AT}.follows")
    if told.route:
        named = routes.get(told.route)
        yield line("The path that it takes", named.name if named else told.route, f"{AT}.route")
    if told.agreement_first:
        yield line("The parents' agreement", "Nothing follows before it is recorded", f"{AT}.agreement_first")
    if told.request_day:
        yield line("Day of receipt after agreement", REQUEST_DAYS[told.request_day], f"{AT}.request_day")
