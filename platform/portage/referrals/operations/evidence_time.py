"""The time within which papers may follow a request: the family is told before it runs out, and a person gives more."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portage.core.access import Role
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.families.operations import carers_of
from portage.messages.operations import alert
from portage.policy.arrangements import EVIDENCE_TIME
from portage.policy.dates import in_words
from portage.referrals.models import Deadline, Referral
from portage.referrals.operations.facts import case_for_change
from portage.referrals.operations.judging import edition_of
from portage.referrals.operations.stages import ENDED, move
from portage.referrals.operations.telling import tell_family


class NoMoreTime(PortageError):
    """More time cannot be given so: no time runs, or the new day is no later."""

    code = "no-more-time"
    message = "{sentence}"


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Until which day papers may follow now, and why."""

    until: date
    reason: str
    version: int


def evidence_time(referral_id: UUID) -> Deadline | None:
    """The time for papers that runs on a request, or None: none is set, everything came, or the request ended."""
    wanted = scoped(Deadline).where(
        Deadline.referral_id == referral_id, Deadline.key == EVIDENCE_TIME, Deadline.stopped_on.is_(None)
    )
    return db.session.scalars(wanted).one_or_none()


def give_more_time(referral_id: UUID, more: MoreTime, *, by: Actor, at: datetime) -> Deadline:
    """Let papers follow until a later day, with a reason that stands in the history; raises `NoMoreTime`."""
    yours = [("Until", in_words(more.until)), ("Reason", more.reason)]
    referral = case_for_change(referral_id, version=more.version, yours=yours)
    running = evidence_time(referral_id)
    if running is None or referral.stage in ENDED:
        raise NoMoreTime(sentence="No time for papers runs on this request.")
    today = at.astimezone(LONDON).date()
    if more.until <= max(running.due_on, today):
        after = in_words(max(running.due_on, today))
        raise NoMoreTime(sentence=f"Enter a day after {after}.")
    running.due_on, running.reminded_on = more.until, None
    move(
        referral, referral.stage, by=by, at=at,
        note=f"Papers may follow until {in_words(more.until)}: {more.reason}",
    )  # fmt: skip
    return running


def warn_families(today: date) -> None:
    """Tell each family once, so many days before as the policy says, that the time for papers comes to its end."""
    running = (
        scoped(Deadline)
        .add_columns(Referral)
        .join(Referral, (Referral.tenant_id == Deadline.tenant_id) & (Referral.id == Deadline.referral_id))
        .where(Deadline.key == EVIDENCE_TIME, Deadline.stopped_on.is_(None), Deadline.due_on >= today)
    )
    for deadline, referral in db.session.execute(running).all():
        policy, edition = edition_of(referral.edition_id)
        allowed = policy.arrangements(edition.terms).evidence_deadline
        if allowed and allowed.warn_days and deadline.due_on - timedelta(days=allowed.warn_days) <= today:
            _warn(deadline, referral)


def _warn(deadline: Deadline, referral: Referral) -> None:
    again = f"{deadline.id}:{deadline.due_on}"
    tell_family("still-wanted", referral, about=deadline.id, again=again)
    if not any(carer.email and carer.email_is_safe for carer in carers_of(referral.child_id)):
        alert(
            kind="still-wanted",
            path=f"/referrals/{referral.id}",
            sentence=f"{referral.reference}: papers may follow until {in_words(deadline.due_on)}, "
            "and no e-mail reaches the family safely. Please telephone or write.",
            role=Role.TEAM_ADMINISTRATOR,
            area_id=referral.area_id,
            child_id=referral.child_id,
            dedupe=f"still-wanted:{again}",
        )
