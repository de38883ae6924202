"""What the link in an e-mail opens for a family whose child waits without a recorded request."""

from datetime import datetime

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.messages.council import sender
from portage.messages.links import Shown, opens
from portage.messages.models import OneTimeLink
from portage.support.models import Episode, WaitingEntry
from portage.support.next_for_family import what_happens_next
from portage.support.operations.waiting_before import offerable_on, offers_at


@opens("waiting")
def show(link: OneTimeLink, at: datetime) -> Shown | None:
    """Where the child's place stands and what is offered, without a word about the child."""
    entry = db.session.scalars(
        scoped(WaitingEntry).where(WaitingEntry.id == link.subject_id, WaitingEntry.disposed_at.is_(None))
    ).one_or_none()
    if entry is None:
        return None
    today = at.astimezone(LONDON).date()
    council = sender(today, entry.area_id)
    last = next(iter(offers_at(entry.id)), None)
    offer = last if last is not None and last.answer in (None, "no-answer") and entry.left_on is None else None
    return Shown(
        entry.child_id,
        "support/waiting_link_page.html",
        {
            "entry": entry,
            "stage": _stage(entry),
            "offer": offer,
            "next": what_happens_next(None, on=today) if entry.left_on is None else [],
            "offered": [each for each in offerable_on(today) if offer is not None and each.key in offer.kinds],
            "help": council.profile.get("help", []),
            "team": council.team,
            "until": link.open_until,
        },
    )


def _stage(entry: WaitingEntry) -> str:
    """Where the place stands, in a few words for a parent."""
    if entry.left_on is None:
        return "On our waiting list"
    wanted = scoped(Episode).where(Episode.child_id == entry.child_id).limit(1)
    return "Support has been arranged" if db.session.scalars(wanted).first() else "No longer on our waiting list"
