"""Background work of previews: one piece after the other, and forgetting old lists."""

import time
from uuid import UUID

from portage.core import clock
from portage.core.jobs import NoSubject, daily, effect
from portage.previews.operations import WORK, advance, forget_lists, give_up

PIECE = 2.0  # seconds of judging between two looks at whether somebody stopped it; the page shows each as progress


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
