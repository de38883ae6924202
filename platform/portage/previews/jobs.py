"""Background work of previews: one piece after the other, and forgetting old lists."""

import time
from uuid import UUID

from portage.core import clock
from portage.core.jobs import NoSubject, daily, effect
from portage.previews.carrying_out import advance
from portage.previews.operations import WORK, forget_lists, give_up

PIECE = 4.0  # seconds of judging, after which the bar moves and a stop takes effect


def _give_up(preview_id: UUID) -> None:
    give_up(preview_id, at=clock.now())


@effect(WORK, when_dead=_give_up)
def work(preview_id: UUID) -> None:
    """Carry out the next piece of a preview."""
    ends = time.monotonic() + PIECE
    if not advance(preview_id, enough=lambda: time.monotonic() >= ends, at=clock.now()):
        raise NoSubject("preview")


@daily("03:30")
def forget_old_lists() -> None:
    """Forget which requests old previews named; their counts stay."""
    forget_lists(at=clock.now())
