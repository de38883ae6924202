"""A family's own space behind a one-time link: reviews to read and answer, what is to be shared, and what was shared.

And what a nursery, school or professional opens: the parts of one pack to which the family said yes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.forms import Form
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Carer, Child
from portage.families.permissions import may_share
from portage.messages import pdf
from portage.messages.council import sender
from portage.messages.links import Shown, opens
from portage.messages.models import OneTimeLink
from portage.messages.operations import make_link, tell
from portage.messages.recipients import Reach, address_book
from portage.reviews.models import PackPart, Review, TransitionPack
from portage.reviews.operations.packs import pack_here, pack_parts, packs_of
from portage.reviews.operations.sharing import shown_to_family
from portage.reviews.operations.writing import HOW_WORDS, KINDS, corrections_of, reviews_of
from portage.support.models import Episode
from portage.support.operations.episodes import reference_of
from portage.visits.operations.another_day import coming_visits
from portage.visits.words import MODE_WORDS

FAMILY, PACK = "family", "pack"  # purposes of links: an episode's own space, and an issued pack
SEEN_IN_SPACE = ("shown", "answered", "issued")


def carers_with_mailbox(child_id: UUID) -> Sequence[Carer]:
    """The carers to whom a link can go: those whose mailbox is known and marked as safe."""
    wanted = scoped(Carer).where(Carer.child_id == child_id, Carer.email_is_safe.is_(True), Carer.email.is_not(None))
    return db.session.scalars(wanted.order_by(Carer.main_contact.desc(), Carer.created_at)).all()


def invite(episode: Episode, *, at: datetime) -> list[str]:
    """Send every carer whose mailbox is safe a link to the family's own space; answers their names."""
    carers = carers_with_mailbox(episode.child_id)
    reference = reference_of(episode)
    for carer in carers:
        link_id = make_link(purpose=FAMILY, subject_id=episode.id, recipient_kind="carer", recipient_id=carer.id, at=at)
        tell(
            kind="family-space", recipient_kind="carer", recipient_id=carer.id, referral_id=episode.referral_id,
            child_id=episode.child_id, reference=reference, link_id=link_id,
        )  # fmt: skip
    return [carer.name for carer in carers]


@opens(FAMILY)
def show(link: OneTimeLink, at: datetime) -> Shown | None:
    """The family's own space."""
    return space_of(link, at, Form())


def space_of(link: OneTimeLink, at: datetime, form: Form, *, about: UUID | None = None) -> Shown | None:
    """The family's own space, with a form of it that was refused; `about` is the review or pack of that form."""
    episode = db.session.scalars(
        scoped(Episode).where(Episode.id == link.subject_id, Episode.disposed_at.is_(None))
    ).one_or_none()
    if episode is None:
        return None
    child, today = (
        db.session.scalars(scoped(Child).where(Child.id == episode.child_id)).one(),
        at.astimezone(LONDON).date(),
    )
    reviews = [review for review in reviews_of(episode.id) if review.visitor_agreed_on is not None]
    packs = [pack for pack in packs_of(episode.id) if pack.status in SEEN_IN_SPACE]
    return Shown(
        child.id,
        "reviews/own_space.html",
        {
            "link": link,
            "child": child,
            "reviews": [(review, corrections_of(review.id)) for review in reviews],
            "packs": [(pack, pack_parts(pack.id)) for pack in packs],
            "shared": shown_to_family(child.id),
            "visits": coming_visits(episode.id, at=at) if episode.status == "open" else None,
            "modes": MODE_WORDS,
            "team": sender(today, child.area_id).team,
            "until": link.open_until,
            "kinds": KINDS,
            "how_words": HOW_WORDS,
            "pdf": pdf.available(),
            "form": form,
            "about": about,
        },
    )


def carer_of(link: OneTimeLink) -> str:
    """The name of the parent whose link it is."""
    wanted = select(Carer.name).where(Carer.tenant_id == current_tenant_id(), Carer.id == link.recipient_id)
    return db.session.execute(wanted).scalar_one()


def review_in_space(link: OneTimeLink, review_id: UUID) -> Review | None:
    """A review that this family may read: of their own child's support, and the visitor has agreed to it."""
    wanted = scoped(Review).where(
        Review.id == review_id, Review.episode_id == link.subject_id, Review.visitor_agreed_on.is_not(None)
    )
    return db.session.scalars(wanted.where(Review.disposed_at.is_(None))).one_or_none()


def pack_in_space(link: OneTimeLink, pack_id: UUID) -> TransitionPack | None:
    """A pack that this family has been shown."""
    wanted = scoped(TransitionPack).where(
        TransitionPack.id == pack_id,
        TransitionPack.episode_id == link.subject_id,
        TransitionPack.status.in_(SEEN_IN_SPACE),
    )
    return db.session.scalars(wanted.where(TransitionPack.disposed_at.is_(None))).one_or_none()


@address_book(PACK)
def recipient_of(pack_id: UUID) -> Reach | None:
    """Whoever a pack is for, at the address that somebody has checked; the recipient's id is the pack's."""
    pack = db.session.scalars(scoped(TransitionPack).where(TransitionPack.id == pack_id)).one_or_none()
    if pack is None:
        return None
    checked = pack.recipient_email if pack.address_checked_by is not None else None
    still = pack.status == "issued" and may_share(pack.child_id, pack.party, pack.purpose)
    return Reach(pack.recipient_name, checked, child_id=pack.child_id, gone=not still)


@opens(PACK)
def show_pack(link: OneTimeLink, at: datetime) -> Shown | None:
    """An issued pack, as long as the family's permission for this party holds."""
    pack = db.session.scalars(
        scoped(TransitionPack).where(
            TransitionPack.id == link.subject_id,
            TransitionPack.status == "issued",
            TransitionPack.disposed_at.is_(None),
        )
    ).one_or_none()
    if pack is None or not may_share(pack.child_id, pack.party, pack.purpose):
        return None
    return Shown(pack.child_id, "reviews/pack_opened.html", {**paper_of(pack), "link": link, "until": link.open_until})


def paper_of(pack: TransitionPack) -> dict[str, Any]:
    """What a pack's paper shows: once it is issued the agreed parts alone, before that every part with boxes."""
    child = db.session.scalars(scoped(Child).where(Child.id == pack.child_id)).one()
    parts: list[PackPart] = pack_parts(pack.id)
    issued = pack.status == "issued"
    return {
        "pack": pack,
        "child": child,
        "parts": [part for part in parts if part.answer == "yes"] if issued else parts,
        "to_family": not issued,
        "council": sender(pack.issued_on or pack.put_together_on, child.area_id),
        "pdf": pdf.available(),
    }


def pack_of_link(link: OneTimeLink, pack_id: UUID) -> TransitionPack | None:
    """The pack behind a link, for its family or for whom it was issued; None for anybody else's."""
    if link.purpose == FAMILY:
        return pack_in_space(link, pack_id)
    if link.purpose == PACK and link.subject_id == pack_id:
        pack = pack_here(pack_id)
        return pack if may_share(pack.child_id, pack.party, pack.purpose) and pack.status == "issued" else None
    return None
