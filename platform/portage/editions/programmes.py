"""Whether the council runs something beside home visits: a page about it exists only where its policy publishes it."""

from datetime import date
from typing import Final

from portage.editions.operations import edition_on
from portage.policy import NoEditionInForce, Programme

STAMP: Final = "stamp-of-approval"
MOVING_FORWARDS: Final = "moving-forwards"
STARTING_SCHOOL: Final = "starting-school"
SETTING_SUPPORT: Final = "setting-support"


def programme_on(key: str, on: date) -> Programme | None:
    """The programme of that key in the edition in force on a day; None where the council has none such."""
    try:
        policy, edition = edition_on(on)
    except NoEditionInForce:
        return None
    return next((each for each in policy.programmes(edition.terms) if each.key == key), None)
