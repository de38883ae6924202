"""What higher slices do when support changes: they register here, so that arrows between slices keep one way."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from portage.core.identity import Actor

Closed = Callable[[UUID, date, Actor, datetime], None]
VisitorChanged = Callable[[UUID, UUID, date], None]

WHEN_CLOSED: list[Closed] = []
WHEN_VISITOR_CHANGED: list[VisitorChanged] = []


def when_closed(follow: Closed) -> Closed:
    """Call this with (episode, last day, who, when) after an episode was closed, in the same transaction."""
    WHEN_CLOSED.append(follow)
    return follow


def when_visitor_changed(follow: VisitorChanged) -> VisitorChanged:
    """Call this with (episode, new visitor, first day) after a change of visitor, in the same transaction."""
    WHEN_VISITOR_CHANGED.append(follow)
    return follow
