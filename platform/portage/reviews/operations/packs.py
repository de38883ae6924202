"""Verbs on transition packs: put together, shown to the family, answered part by part, issued as agreed (LAN-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import here, scoped
from portage.families.permissions import may_share
from portage.messages.operations import alert, make_link, tell
from portage.reviews.models import Disclosure, PackPart, TransitionPack
from portage.reviews.operations.pack_parts import Part, parts_for
from portage.support.models import Episode
from portage.support.operations import episode_here
from portage.support.pattern import support_of
from portage.support.refusals import WrongDates

LEAVING = "leaving"
PURPOSES = (LEAVING, "share")  # questions that let the service tell somebody how a child gets on
STATUS_WORDS = {
    "draft": "Not shown to the family yet",
    "shown": "The family is looking at it",
    "answered": "The family has answered",
    "issued": "Issued",
    "put-aside": "Put aside",
}


class NotPermitted(PortageError):
    """Progress was to be shared with somebody to whom the family has not said yes."""

    code = "not-permitted"
    message = "The family has not said yes to sharing with {party}. Record their permission first, or leave it out."


class PackRefused(PortageError):
    """A step that a pack cannot take now, with the reason; `field` is the input that the sentence is about."""

    code = "pack-refused"
    message = "{sentence}"

    def __init__(self, sentence: str, *, field: str = "_form") -> None:
        self.field = field
        super().__init__(sentence=sentence)


@dataclass(frozen=True, slots=True)
class Sharing:
    """One party that may be told how a child gets on: the policy's question, and whether the family said yes."""

    key: str
    party: str
    purpose: str
    question: str
    permitted: bool


@dataclass(frozen=True, slots=True)
class PutTogether:
    """A pack to put together: for whom, which parts of what is on record, and what works for the child in words.

    A link goes only to an address of which somebody wrote down how they know that it is the right one.
    """

    question: str
    recipient_name: str
    parts: tuple[str, ...]
    what_works: str | None = None
    recipient_email: str | None = None
    address_checked_how: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the family said to each part of a pack, by the part's id; who answered, when and how."""

    parts: Mapping[UUID, str]
    answered_by: str
    answered_on: date
    how: str
    version: int


@dataclass(frozen=True, slots=True)
class Issue:
    """How an agreed pack goes out: `link` to the checked address, or `printed` and handed over or posted."""

    how: str
    version: int


def pack_here(pack_id: UUID) -> TransitionPack:
    """One pack of this council; raises NotHere."""
    return here(TransitionPack, pack_id, TransitionPack.disposed_at.is_(None))


def packs_of(episode_id: UUID) -> list[TransitionPack]:
    """The packs of an episode, the newest first."""
    wanted = scoped(TransitionPack).where(TransitionPack.episode_id == episode_id, TransitionPack.disposed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(TransitionPack.created_at.desc(), TransitionPack.id.desc())))


def pack_parts(pack_id: UUID) -> list[PackPart]:
    """The parts of a pack in their order."""
    wanted = scoped(PackPart).where(PackPart.pack_id == pack_id).order_by(PackPart.position)
    return list(db.session.scalars(wanted))


def sharing_on_leaving(episode: Episode, *, on: date) -> list[Sharing]:
    """Whom the policy lets the service tell how a child gets on, each with the family's last answer.

    The questions about leaving come first; each party and purpose is a permission of its own.
    """
    support = support_of(episode, on=on)
    asked = [each for each in support.policy.sharing(support.edition.terms) if each.purpose in PURPOSES]
    return [
        Sharing(
            each.key, each.party, each.purpose, each.question, may_share(episode.child_id, each.party, each.purpose)
        )
        for each in sorted(asked, key=lambda each: PURPOSES.index(each.purpose))
    ]


def put_together(episode_id: UUID, command: PutTogether, *, by: Actor, on: date) -> TransitionPack:
    """Put a pack together from what is on record, for somebody to whom the family said yes."""
    episode = episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    party = next((each for each in sharing_on_leaving(episode, on=on) if each.key == command.question), None)
    if party is None:
        raise NotHere
    if not party.permitted:
        raise NotPermitted(party=party.party)
    offered = {part.kind: part for part in parts_for(episode, on=on)}
    chosen = [offered[kind] for kind in offered if kind in command.parts]
    if command.what_works:
        chosen.append(Part("what-works", "What works", tuple(command.what_works.splitlines())))
    if not chosen:
        raise PackRefused("Choose at least one part.", field="parts")
    checked = command.address_checked_how if command.recipient_email else None
    pack = TransitionPack(
        episode_id=episode.id,
        child_id=episode.child_id,
        party=party.party,
        purpose=party.purpose,
        recipient_name=command.recipient_name,
        recipient_email=command.recipient_email,
        address_checked_how=checked,
        address_checked_by=by.person_id if checked else None,
        put_together_on=on,
        put_together_by=by.person_id,
    )
    db.session.add(pack)
    db.session.flush()
    db.session.add_all(
        PackPart(pack_id=pack.id, position=number, kind=part.kind, title=part.title, lines=list(part.lines))
        for number, part in enumerate(chosen)
    )
    db.session.flush()
    return pack


def show_to_family(pack_id: UUID) -> TransitionPack:
    """From now on the family finds the pack in their own space; a pack that is on its way already stays as it is."""
    pack = pack_here(pack_id)
    if pack.status == "draft":
        pack.status = "shown"
        db.session.flush()
    return pack


def answer_pack(pack_id: UUID, command: Answers, *, back: str, on: date) -> TransitionPack:
    """Keep what the family said to each part; they may change their mind until it is issued."""
    pack = pack_here(pack_id)
    if pack.status in ("issued", "put-aside"):
        raise PackRefused("This pack is issued or put aside already, so the answers to it stay as they are.")
    if pack.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Where it stands", STATUS_WORDS[pack.status])], yours=[("Answered by", command.answered_by)],
            back=back,
        )  # fmt: skip
    if not pack.put_together_on <= command.answered_on <= on:
        raise WrongDates("The family answered on or after the day on which it was put together, and not in the future.")
    parts = pack_parts(pack.id)
    if {part.id for part in parts} != command.parts.keys():
        raise NotHere
    for part in parts:
        part.answer = command.parts[part.id]
    pack.answered_by, pack.answered_on, pack.answered_how = command.answered_by, command.answered_on, command.how
    pack.status = "answered"
    db.session.flush()
    if command.how == "own-space":
        alert(
            kind="pack-answered",
            path=f"/packs/{pack.id}",
            sentence="A family has answered what may be shared when their child leaves.",
            person_id=pack.put_together_by,
            child_id=pack.child_id,
            dedupe=f"pack-answered:{pack.id}:{pack.version}",
        )
    return pack


def issue(pack_id: UUID, command: Issue, *, by: Actor, at: datetime) -> TransitionPack:
    """Give out the parts to which the family said yes, and keep what was shared, with whom, why and by whom.

    The permission for this party is asked again at this moment: it may have been taken back.
    """
    pack, on = pack_here(pack_id), at.astimezone(LONDON).date()
    if by.person_id is None:
        raise NotAllowed
    if pack.version != command.version:
        raise ChangedMeanwhile(theirs=[("Where it stands", STATUS_WORDS[pack.status])], back=f"/packs/{pack.id}")
    if pack.status != "answered":
        raise PackRefused("The family sees the pack and answers first.")
    if not may_share(pack.child_id, pack.party, pack.purpose):
        raise NotPermitted(party=pack.party)
    agreed = [part.title for part in pack_parts(pack.id) if part.answer == "yes"]
    if not agreed:
        raise PackRefused("The family said no to every part, so there is nothing to issue. Put the pack aside.")
    if command.how == "link" and pack.address_checked_by is None:
        raise PackRefused("A link goes only to an address that somebody has checked. Print it instead.", field="how")
    pack.status, pack.issued_on, pack.issued_by, pack.issued_how = "issued", on, by.person_id, command.how
    db.session.add(_disclosure(pack, agreed, by.person_id, on))
    db.session.flush()
    if command.how == "link":
        link_id = make_link(purpose="pack", subject_id=pack.id, recipient_kind="pack", recipient_id=pack.id, at=at)
        tell(kind="pack", recipient_kind="pack", recipient_id=pack.id, child_id=pack.child_id, link_id=link_id)
    return pack


def _disclosure(pack: TransitionPack, agreed: list[str], shared_by: UUID, on: date) -> Disclosure:
    """The line of the sharing log that the family reads."""
    return Disclosure(
        child_id=pack.child_id,
        episode_id=pack.episode_id,
        pack_id=pack.id,
        kind="pack",
        with_whom=f"{pack.recipient_name} ({pack.party})",
        what=", ".join(agreed),
        why="So that they know how the child gets on when this support ends.",
        how="By a link to their checked address" if pack.issued_how == "link" else "Printed",
        shared_on=on,
        shared_by=shared_by,
        basis="agreed",
        agreed_by=pack.answered_by,
    )


def put_aside(pack_id: UUID, version: int) -> TransitionPack:
    """A pack that is not wanted any more; one that was issued stays issued."""
    pack = pack_here(pack_id)
    if pack.version != version:
        raise ChangedMeanwhile(theirs=[("Where it stands", STATUS_WORDS[pack.status])], back=f"/packs/{pack.id}")
    if pack.status == "issued":
        raise PackRefused("This pack is issued already.")
    pack.status = "put-aside"
    db.session.flush()
    return pack
