"""What visits do by the calendar: people are told when nobody hears from a visitor."""

from portage.core import clock
from portage.core.jobs import every
from portage.visits.operations.presence import tell_of_overdue


@every(minutes=5)
def tell_of_overdue_visits() -> None:
    """Tell of visits that should be over and of which nobody has heard."""
    tell_of_overdue(clock.now())
