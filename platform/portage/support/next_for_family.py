"""What a family that waits is told happens next: never a rank, and nothing of other families."""

from datetime import date
from uuid import UUID

from portage.core import clock
from portage.core.identity import Viewer
from portage.core.sections import Entry, Section, adds_to
from portage.support.operations import referral_here, waiting_entry_of
from portage.support.pattern import age_looked_at, support_by
from portage.support.waiting_line import order_on

TITLE = "While your child waits"


def what_happens_next(edition_id: UUID | None, *, on: date) -> list[str]:
    """The sentences for the family of a child who waits."""
    order, visitor = order_on(on), support_by(None, on=on).service.visitor_title
    said = [
        f"Next, we look for a {_small(visitor)} with a place for your child. When we have found one, we get in touch"
        " and agree the first visit with you. You do not need to do anything to stay on the list.",
    ]
    if order.monitoring_weeks:
        said.append(
            f"Until then somebody gets in touch at least every {order.monitoring_weeks} weeks to hear how you are."
        )
    if edition_id is not None and age_looked_at(edition_id) == "support" and order.too_old:
        said.append(f"If your child becomes too old for our service before that: {order.too_old}.")
    said.append(
        "We cannot promise a day. We give no places in a line, because they change with what other families need."
        " If anything changes for your child or your family, please tell your team."
    )
    return said


def _small(title: str) -> str:
    """The visitor's title inside a sentence, such as `home visitor`; a name such as `Portage` keeps its capital."""
    first, _, rest = title.partition(" ")
    return title if first == "Portage" else f"{first.lower()} {rest}".strip()


@adds_to("request-link", order=20)
def while_they_wait(_: Viewer, referral_id: UUID | None) -> Section | None:
    """On the page behind a family's link, for as long as the request waits."""
    entry = waiting_entry_of(referral_id) if referral_id else None
    if entry is None:
        return None
    edition_id = referral_here(entry.referral_id).edition_id if entry.referral_id else None
    sentences = what_happens_next(edition_id, on=clock.today())
    return Section(TITLE, tuple(Entry(each) for each in sentences))
