"""What happens about overdue visits without anybody asking: by the calendar, at the due minute, and after a text."""

from uuid import UUID

from portage.core import clock
from portage.core.errors import NotHere
from portage.core.jobs import Again, NoSubject, daily, effect, every
from portage.lone_working.operations.answering import forget_numbers, overdue_here
from portage.lone_working.operations.telling import LOOK, OVERDUE, fall_on_the_next, look_round
from portage.messages.texts import when_text_fails


@every(minutes=5)
def look_for_overdue_visits() -> None:
    """Ask visitors, and tell of visits that should be over and of which nobody has heard."""
    look_round(clock.now())


@daily("03:30")
def forget_numbers_of_who_left() -> None:
    """Erase the telephone numbers of people who work here no more."""
    forget_numbers(clock.now())


@effect(LOOK)
def look_at_the_due_minute(overdue_id: UUID) -> Again | None:
    """Look round when something about an overdue visit falls due, without waiting for the next five minutes."""
    try:
        overdue_here(overdue_id)
    except NotHere:
        raise NoSubject("overdue visit") from None
    look_round(clock.now())
    return None


@when_text_fails(OVERDUE)
def text_failed(overdue_id: UUID, person_id: UUID) -> None:
    """Whoever comes next is told when a text does not arrive."""
    fall_on_the_next(overdue_id, person_id, clock.now())
