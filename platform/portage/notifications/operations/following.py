"""What follows from a notification, as the policy says: nothing, a panel item, or a request once the parents agree."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.editions.operations import edition_on
from portage.families.models import Child
from portage.families.operations import NewChild, carers_of
from portage.messages.operations import make_link, tell
from portage.notifications.models import Notification, NotificationPaper
from portage.notifications.operations.tasks import set_task, settle_task
from portage.notifications.taken import Taken, taken_by, taken_for
from portage.notifications.words import STATE_NAMES
from portage.policy import EVIDENCE_KEYS
from portage.referrals.models import Evidence, Referral
from portage.referrals.operations.receive import (
    AgreedBy,
    ReceiveReferral,
    Referrer,
    check_command,
    receive_notified,
    send_receipts,
)


class NothingFollows(PortageError):
    """The rules of the day by which a request would be judged have no path for it."""

    code = "nothing-follows"
    message = "By the rules in force on that day no case file follows from a notification. Please talk to a manager."


class AgreementIsWanted(PortageError):
    """The council's policy lets nothing follow before the parents have agreed."""

    code = "agreement-is-wanted"
    message = "The parents' agreement is not recorded yet, and this council's policy asks for it first."


@dataclass(frozen=True, slots=True)
class AgreementRecord:
    """What the parents said to a request: yes or no, who, when and how."""

    version: int
    answer: str  # yes, no
    agreed: AgreedBy


@dataclass(frozen=True, slots=True)
class Closing:
    """Why nothing more follows, as a key of `portage.notifications.words.CLOSED_AS` and in a person's words."""

    version: int
    closed_as: str
    reason: str


def what_follows(notification: Notification, taken: Taken, *, by: Actor, at: datetime) -> Referral | None:
    """Let what the policy says follow, as far as it may by now; answers the case file that opened."""
    if taken.told.follows == "nothing":
        notification.state = "kept"
        set_task(notification, "read", on=notification.arrived_on)
        return None
    if taken.told.agreement_first and notification.agreement != "yes":
        notification.state = "agreement"
        set_task(notification, "agreement", on=notification.arrived_on)
        return None
    return _open(notification, taken, by=by, at=at)


def record_agreement(notification_id: UUID, record: AgreementRecord, *, by: Actor, at: datetime) -> Referral | None:
    """Record what the parents said; a yes that was waited for lets the case file open, on the policy's day."""
    notification = for_change(notification_id, record.version)
    notification.agreement = record.answer
    notification.agreed_by, notification.agreed_relationship = record.agreed.name, record.agreed.relationship
    notification.agreed_on, notification.agreed_how = record.agreed.on, record.agreed.how
    notification.agreement_recorded_by = by.person_id
    db.session.flush()
    if notification.state != "agreement" or record.answer != "yes":
        return None
    taken = taken_for(notification)
    if taken is None:
        raise NothingFollows
    return _open(notification, taken, by=by, at=at)


def open_by_hand(notification_id: UUID, version: int, *, by: Actor, at: datetime) -> Referral:
    """A person opens the case file of a kept notification; raises `AgreementIsWanted` or `NothingFollows`."""
    notification, taken = for_change(notification_id, version), None
    if notification.state in ("kept", "agreement"):
        taken = taken_for(notification)
    if taken is None or not taken.told.route:
        raise NothingFollows
    if taken.told.agreement_first and notification.agreement != "yes":
        raise AgreementIsWanted
    return _open(notification, taken, by=by, at=at)


def close(notification_id: UUID, closing: Closing, *, by: Actor, at: datetime) -> Notification:
    """A person says that nothing more follows; the record stays, and who notified us is told that there is news."""
    notification = for_change(notification_id, closing.version)
    if notification.state not in ("kept", "agreement"):
        raise NotHere
    on = at.astimezone(LONDON).date()
    notification.state, notification.closed_as = "closed", closing.closed_as
    notification.closed_on, notification.closed_by, notification.closed_reason = on, by.person_id, closing.reason
    settle_task(notification, "agreement", "read", by=by, on=on, note=closing.reason)
    db.session.flush()
    tell_sender("notification-news", notification, at=at)
    return notification


def request_day(notification: Notification, taken: Taken) -> date:
    """The day on which a request that follows was received, by the policy; see docs/decisions.

    Without waiting for an agreement it is the day of arrival.
    """
    if not taken.told.agreement_first or taken.told.request_day == "arrival":
        return notification.arrived_on
    return max(notification.arrived_on, notification.agreed_on or notification.arrived_on)


def tell_sender(kind: str, notification: Notification, *, at: datetime) -> None:
    """Write to who notified us, if there is a work address: a reference and a link that opens once."""
    if not notification.work_email:
        return
    link_id = make_link(
        purpose="notification",
        subject_id=notification.id,
        recipient_kind="notifier",
        recipient_id=notification.id,
        at=at,
    )
    tell(
        kind=kind,
        recipient_kind="notifier",
        recipient_id=notification.id,
        child_id=notification.child_id,
        reference=notification.reference,
        link_id=link_id,
        subject_id=notification.id,
        again=f"{at:%Y%m%d%H%M%S}" if kind != "notification-receipt" else None,
    )


def for_change(notification_id: UUID, version: int) -> Notification:
    """Lock a notification until the commit; raises `NotHere`, or `ChangedMeanwhile` when the form is older."""
    found = here(Notification, notification_id, lock=True)
    if found.version != version:
        theirs = [("State", STATE_NAMES[found.state][0]), ("Agreement", found.agreement)]
        raise ChangedMeanwhile(theirs=theirs, yours=[], back=f"/notifications/{notification_id}")
    return found


def check_that_it_can_follow(notification: Notification, child: NewChild, taken: Taken) -> None:
    """Raise `FactsRefused` before anything is written where the facts of a case file contradict each other."""
    if taken.told.route and taken.route.key:
        check_command(_command(notification, child, taken, notification.arrived_on, set()))


def _open(notification: Notification, taken: Taken, *, by: Actor, at: datetime) -> Referral:
    """Open the case file that the policy's path serves, with the papers, and say so where a request begins."""
    received_on = request_day(notification, taken)
    held = taken_by(*edition_on(received_on))
    if held is None or not held.told.route or not held.route.key:
        raise NothingFollows
    child = db.session.get_one(Child, (current_tenant_id(), notification.child_id))
    known = NewChild(child.given_name, child.family_name, child.date_of_birth, child.address, child.postcode)
    papers = papers_of_notification(notification.id)
    command = _command(notification, known, held, received_on, {paper.kind for paper in papers})
    referral = receive_notified(
        command, child, notification_id=notification.id, reference=notification.reference, by=by, at=at
    )
    for paper in papers:
        db.session.add(_as_evidence(paper, referral.id))
    notification.state = "followed"
    settle_task(notification, "agreement", "read", by=by, on=at.astimezone(LONDON).date())
    db.session.flush()
    if held.told.follows == "request":
        send_receipts(referral, carers_of(child.id))
    return referral


def papers_of_notification(notification_id: UUID) -> list[NotificationPaper]:
    """The papers that came with a notification, in the order they came."""
    wanted = scoped(NotificationPaper).where(
        NotificationPaper.notification_id == notification_id, NotificationPaper.disposed_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(NotificationPaper.created_at, NotificationPaper.id)))


def _as_evidence(paper: NotificationPaper, referral_id: UUID) -> Evidence:
    return Evidence(
        referral_id=referral_id,
        kind=paper.kind,
        file_name=paper.file_name,
        media_type=paper.media_type,
        size=paper.size,
        sha256=paper.sha256,
        object_key=paper.object_key,
        added_by=paper.added_by,
    )


def _command(
    notification: Notification, child: NewChild, taken: Taken, received_on: date, kinds: set[str]
) -> ReceiveReferral:
    """The case file as the slice of requests takes it in."""
    told = notification
    facts = {**told.facts, "agreement": {**told.facts.get("agreement", {})}}
    if taken.route.agreements and told.agreement != "unknown":
        facts["agreement"]["parent"] = told.agreement == "yes"
    if evidence := sorted({*told.facts.get("evidence", ()), *kinds} & EVIDENCE_KEYS):
        facts["evidence"] = evidence
    return ReceiveReferral(
        route=taken.route.key,
        received_on=received_on,
        received_how=told.arrived_how,  # type: ignore[arg-type]  # a check of the table holds the same list
        received_known_by=told.arrived_known_by,
        form_used=told.form_used,
        referrer=Referrer(
            taken.referrer,
            told.professional,
            role=told.professional_role,
            organisation=told.body,
            email=told.work_email,
            telephone=told.telephone,
        ),
        child=child,
        agreed=AgreedBy(told.agreed_by, told.agreed_relationship, told.agreed_on, told.agreed_how),
        in_their_words=told.in_their_words,
        facts=facts,
        answers=_answers(told),
    )


def _answers(told: Notification) -> dict[str, str]:
    """What the form said of the parents, under the names that requests have for it."""
    said = {
        "parents_informed_on": told.parent_informed_on,
        "parents_discussed_on": told.discussion_offered_on,
        "parents_views": told.parents_views,
    }
    own = {key: str(value) for key, value in said.items() if value is not None}
    return {**told.answers, **own}
