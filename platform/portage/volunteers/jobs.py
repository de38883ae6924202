"""What volunteers' checks ask for by the calendar: the supervisor is told, and future visits are flagged."""

from portage.core import clock
from portage.core.jobs import daily
from portage.volunteers.operations.lapsing import look_after


@daily("06:00")
def look_after_volunteers() -> None:
    """Tell supervisors of checks that lapsed or are to be renewed."""
    look_after(clock.today())
