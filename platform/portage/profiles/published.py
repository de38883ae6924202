"""Whether the council gives the blank profile to everybody: only where its policy publishes it (WNC-06)."""

from datetime import date
from typing import Final

from portage.editions.operations import edition_on
from portage.policy import EditionInvalid, NoEditionInForce, Statement

STATEMENT: Final = "profile"  # its key among what an edition says of how the service works


def published_on(on: date) -> Statement | None:
    """What the policy in force says of the profile to families; None where it publishes none."""
    try:
        policy, edition = edition_on(on)
    except (NoEditionInForce, EditionInvalid):
        return None
    said = policy.service(edition.terms).how_it_works
    return next((each for each in said if each.key == STATEMENT), None)
