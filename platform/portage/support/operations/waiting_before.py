"""Children who waited before the policy was recorded here: brought in, offered support, put back on the list.

They have no request and no determination, and none is invented: their place is by the day on which support was asked
for, and their longest support is the one that the council wrote down.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.messages.operations import make_link, tell
from portage.policy import SIGNPOSTING
from portage.policy.dates import in_words
from portage.policy.shapes import Offer as OfferShape
from portage.referrals.operations.references import new_reference
from portage.support.models import Episode, Offer, WaitingEntry
from portage.support.operations.offers import NewOffer
from portage.support.operations.waiting import Leaving, entry_here, forget_moves
from portage.support.pattern import support_by
from portage.support.refusals import AnswerAwaited, HadSupport, NotOfferedHere, NotWaiting


@dataclass(frozen=True, slots=True)
class PlaceBefore:
    """A place on a council's list from before: since when it was asked for, how that is known, what was decided."""

    child_id: UUID
    asked_on: date
    known_by: str
    decided_on: date | None = None
    longest_months: int | None = None
    note: str | None = None


def bring_in(place: PlaceBefore) -> WaitingEntry:
    """Put a child who waits already on the list, by the day on which support was asked for."""
    child = db.session.scalars(scoped(Child).where(Child.id == place.child_id)).one()
    entry = WaitingEntry(
        child_id=child.id,
        area_id=child.area_id,
        since=place.asked_on,
        before_recorded_policy=True,
        reference=new_reference(),
        known_by=place.known_by,
        decided_on=place.decided_on,
        longest_months=place.longest_months,
        note=place.note,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def offerable_on(on: date) -> tuple[OfferShape, ...]:
    """What the service offers that day by any of its routes; no edition judged the child, so none narrows it."""
    support = support_by(None, on=on)
    terms = support.edition.terms
    found = {
        offer.key: offer for route in support.policy.routes(terms) for offer in support.policy.offers(terms, route.key)
    }
    return tuple(offer for key, offer in found.items() if key != SIGNPOSTING.key)


def offers_at(entry_id: UUID) -> list[Offer]:
    """Every offer made to a child who was brought in waiting, the newest first."""
    wanted = scoped(Offer).where(Offer.waiting_entry_id == entry_id).order_by(Offer.made_on.desc(), Offer.id.desc())
    return list(db.session.scalars(wanted))


def offer_place(entry_id: UUID, command: NewOffer, *, by: Actor, at: datetime) -> Offer:
    """Offer support to a family whose child was brought in waiting; the child keeps the place meanwhile."""
    entry, today = entry_here(entry_id), at.astimezone(clock.LONDON).date()
    if entry.left_on is not None or not entry.before_recorded_policy or by.person_id is None:
        raise NotWaiting
    if not command.kinds or not set(command.kinds) <= {offer.key for offer in offerable_on(today)}:
        raise NotOfferedHere
    if any(offer.answer in (None, "no-answer") for offer in offers_at(entry.id)[:1]):
        raise AnswerAwaited
    offer = Offer(
        waiting_entry_id=entry.id,
        kinds=list(command.kinds),
        explanation=command.explanation,
        made_on=today,
        made_by=by.person_id,
    )
    db.session.add(offer)
    db.session.flush()
    _tell_family(entry, about=offer.id, at=at)
    return offer


def _tell_family(entry: WaitingEntry, *, about: UUID, at: datetime) -> None:
    """Write to each parent or carer whom e-mail reaches safely; the link opens the place on the list."""
    for carer in carers_of(entry.child_id):
        if carer.email and carer.email_is_safe:
            link_id = make_link(
                purpose="waiting", subject_id=entry.id, recipient_kind="carer", recipient_id=carer.id, at=at
            )
            tell(
                kind="offer",
                recipient_kind="carer",
                recipient_id=carer.id,
                child_id=entry.child_id,
                reference=entry.reference,
                stage="waiting",
                link_id=link_id,
                subject_id=about,
            )


def put_back(entry_id: UUID, command: Leaving, *, by: Actor, at: datetime) -> WaitingEntry:
    """Give a child the place back that a person took away, with the reason among the notes; the day stays.

    A request that ended is opened again on its own page; this is for a child who was brought in without one.
    """
    entry = entry_here(entry_id)
    if entry.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Left the list", entry.left_reason or "Is on the list")],
            yours=[("Reason", command.reason)],
            back=f"/waiting-list/{entry.id}",
        )
    if entry.left_on is None or not entry.before_recorded_policy or by.person_id is None:
        raise NotWaiting
    if db.session.scalars(scoped(Episode).where(Episode.child_id == entry.child_id).limit(1)).first() is not None:
        raise HadSupport
    entry.note = "\n".join(
        [
            *([entry.note] if entry.note else []),
            f"Taken off the list on {in_words(entry.left_on)}: {entry.left_reason}",
            f"Put back on {in_words(at.astimezone(clock.LONDON).date())}: {command.reason}",
        ]
    )
    entry.left_on = entry.left_reason = entry.left_by = None
    db.session.flush()
    forget_moves(entry.id)
    return entry
