"""What the calendar does for the Stamp of Approval."""

from portage.core import clock
from portage.core.jobs import daily
from portage.editions.programmes import STAMP, programme_on
from portage.stamps.operations import remind


@daily("06:30")
def remind_of_stamps() -> None:
    """Remind the managers of a setting whose next day comes near, where the council has this programme."""
    today = clock.today()
    if programme_on(STAMP, today) is not None:
        remind(today)
