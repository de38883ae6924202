"""What reviews do by the calendar: they ask for those that are due. Nothing is written or closed by itself."""

from portage.core import clock
from portage.core.jobs import daily
from portage.reviews import own_space
from portage.reviews.operations.coming import look_at_all

__all__ = ["ask_for_reviews", "own_space"]


@daily("06:40")
def ask_for_reviews() -> None:
    """Work out which reviews come, and ask one person for each."""
    look_at_all(clock.today())
