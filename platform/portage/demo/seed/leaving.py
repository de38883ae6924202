"""Reviews that both agreed, those that come, and a pack for a nursery, of invented families."""

from datetime import date, timedelta
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.demo.seed.staff import Staff
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.families.permissions import PermissionAnswer, record_permission
from portage.reviews.models import Review
from portage.reviews.operations.coming import look_at_all
from portage.reviews.operations.pack_parts import parts_for
from portage.reviews.operations.packs import (
    Answers,
    Issue,
    PutTogether,
    answer_pack,
    issue,
    pack_parts,
    put_together,
    sharing_on_leaving,
)
from portage.reviews.operations.sharing import Shared, record_shared
from portage.reviews.operations.writing import Agreement, record_agreement
from portage.support.models import Episode
from portage.support.operations import episode_here
from portage.support.pattern import support_of


def invent_leaving(staff: Staff) -> None:
    """Agree to the reviews but the last, tell a nursery what one family agreed to, and work out what comes."""
    today = clock.today()
    held = list(db.session.scalars(scoped(Review).order_by(Review.held_on, Review.id)))
    for review in held[: max(1, len(held) - 1)]:
        parent = _parent(episode_here(review.episode_id).child_id)
        agreed = Agreement(parent, review.held_on, "in-person", review.version)
        by = Actor(review.written_by, f"person:{review.written_by}")
        record_agreement(review.id, agreed, by=by, on=review.held_on)
    db.session.commit()
    if held:
        episode = db.session.scalars(scoped(Episode).where(Episode.id == held[0].episode_id)).one()
        _tell_nursery(episode, staff, today)
    look_at_all(today)
    db.session.commit()


def _parent(child_id: UUID) -> str:
    """The parent or carer who speaks for an invented family."""
    return carers_of(child_id)[0].name


def _tell_nursery(episode: Episode, staff: Staff, today: date) -> None:
    """A pack of which the family keeps one part to itself, and an onward referral; both are in the log."""
    child = db.session.scalars(scoped(Child).where(Child.id == episode.child_id)).one()
    asked = sharing_on_leaving(episode, on=today)
    if not asked:
        return
    by = staff.one("home-visitor", child.area_id)
    support = support_of(episode, on=today)
    parent = _parent(episode.child_id)
    to = "Acorns Nursery (invented)" if asked[0].purpose == "leaving" else "Robin Sample (invented)"
    said = PermissionAnswer(asked[0].key, "yes", parent, today, "In person, at home")
    record_permission(episode.child_id, said, support.policy.sharing(support.edition.terms), by=by)
    kinds = tuple(part.kind for part in parts_for(episode, on=today))
    what_works = "Singing before we change places.\nA picture of what comes next."
    wanted = PutTogether(asked[0].key, to, kinds, what_works)
    pack = put_together(episode.id, wanted, by=by, on=today)
    answers = {part.id: "no" if part.kind == "family" else "yes" for part in pack_parts(pack.id)}
    answer_pack(pack.id, Answers(answers, parent, today, "paper", pack.version), back=f"/packs/{pack.id}", on=today)
    issue(pack.id, Issue("printed", pack.version), by=by, at=clock.now())
    onward = Shared(
        "onward", "Sleep clinic (invented)", "That nights are hard for the whole family", "The family asked us to",
        "By letter", today - timedelta(days=7), "agreed", agreed_by=parent,
    )  # fmt: skip
    record_shared(episode.id, onward, by=by, on=today)
    db.session.commit()
