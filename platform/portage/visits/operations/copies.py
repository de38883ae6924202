"""Sending a family the main points of a visit: a link for each parent or carer whom e-mail reaches safely."""

from datetime import datetime
from uuid import UUID

from portage.core.errors import PortageError
from portage.families.operations import carers_of
from portage.messages.operations import make_link, tell
from portage.support.operations import episode_here
from portage.support.operations.episodes import reference_of
from portage.visits.operations.planning import visit_here

VISIT = "visit"  # the purpose of the link, and the kind of the e-mail


class NothingToCopy(PortageError):
    """Only of a visit that took place are there main points."""

    code = "nothing-to-copy"
    message = "There is no record of what was done on this visit yet."


class NobodyToEmail(PortageError):
    """Nobody of the family can be reached by e-mail safely."""

    code = "nobody-to-email"
    message = "There is no parent or carer with an e-mail address that is safe. Print the page instead."


def send_copy(visit_id: UUID, *, at: datetime) -> int:
    """Send a link to the main points to each parent or carer whom e-mail reaches safely; answers to how many.

    Raises `NothingToCopy` and `NobodyToEmail`.
    """
    visit = visit_here(visit_id)
    if visit.status != "done":
        raise NothingToCopy
    safe = [carer for carer in carers_of(visit.child_id) if carer.email and carer.email_is_safe]
    if not safe:
        raise NobodyToEmail
    episode = episode_here(visit.episode_id)
    reference = reference_of(episode)
    for carer in safe:
        link_id = make_link(purpose=VISIT, subject_id=visit.id, recipient_kind="carer", recipient_id=carer.id, at=at)
        tell(
            kind=VISIT,
            recipient_kind="carer",
            recipient_id=carer.id,
            referral_id=episode.referral_id,
            child_id=visit.child_id,
            reference=reference,
            stage="supported",
            link_id=link_id,
            subject_id=visit.id,
            again=str(link_id),
        )
    return len(safe)
