"""What higher slices do when support changes: they register here, so that arrows between slices keep one way."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from portage.core.identity import Actor
from portage.support.refusals import FirstThingsFirst

Closed = Callable[[UUID, date, Actor, datetime], None]
VisitorChanged = Callable[[UUID, UUID, date], None]
LimitMoved = Callable[[UUID, date], None]
ComesFirst = Callable[[UUID, UUID | None], str | None]

WHEN_CLOSED: list[Closed] = []
WHEN_VISITOR_CHANGED: list[VisitorChanged] = []
WHEN_LIMIT_MOVED: list[LimitMoved] = []
COMES_FIRST: list[ComesFirst] = []


def when_closed(follow: Closed) -> Closed:
    """Call this with (episode, last day, who, when) after an episode was closed, in the same transaction."""
    WHEN_CLOSED.append(follow)
    return follow


def when_visitor_changed(follow: VisitorChanged) -> VisitorChanged:
    """Call this with (episode, new visitor, first day) after a change of visitor, in the same transaction."""
    WHEN_VISITOR_CHANGED.append(follow)
    return follow


def when_limit_moved(follow: LimitMoved) -> LimitMoved:
    """Call this with (episode, today) after the day on which support ends has moved, in the same transaction."""
    WHEN_LIMIT_MOVED.append(follow)
    return follow


def comes_first(say: ComesFirst) -> ComesFirst:
    """Ask this with (episode, the visit that is recorded or None) before support goes on; it says what is missing."""
    COMES_FIRST.append(say)
    return say


def go_on(episode_id: UUID, visit_id: UUID | None = None) -> None:
    """Raise `FirstThingsFirst` while something must be recorded before a visit, a plan or a review is."""
    for say in COMES_FIRST:
        if (sentence := say(episode_id, visit_id)) is not None:
            raise FirstThingsFirst(sentence)
