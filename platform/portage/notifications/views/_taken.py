"""How notifications are taken today, for pages that exist only where they are."""

from portage.core import clock
from portage.core.errors import NotHere
from portage.notifications.taken import Taken, taken_on
from portage.policy import NoEditionInForce


def taken_today() -> Taken:
    """What the edition in force says of notifications; raises `NotHere` where none is taken."""
    try:
        taken = taken_on(clock.today())
    except NoEditionInForce:
        raise NotHere from None
    if taken is None:
        raise NotHere
    return taken
