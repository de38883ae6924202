"""Taking a notification in, whatever way it came: nothing is rejected, and what is amiss is put before a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portage.core.access import Role
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.files import Kept
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.families.models import Carer, Child
from portage.families.operations import NewCarer, NewChild, add_carer, add_child
from portage.messages.operations import alert
from portage.notifications.models import BY_STATUTE, Notification, NotificationPaper
from portage.notifications.operations.first_words import hold_first_words
from portage.notifications.operations.following import check_that_it_can_follow, tell_sender, what_follows
from portage.notifications.operations.tasks import BY_WARNING, set_task
from portage.notifications.operations.warnings import known_children, warnings_of
from portage.notifications.taken import taken_on
from portage.referrals.operations.receive import AgreedBy
from portage.referrals.operations.references import new_reference


class NotTaken(PortageError):
    """The council took no notifications by its rules of that day."""

    code = "not-taken"
    message = "By the rules in force on that day the council takes no notifications."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who notified: the body, and the professional."""

    body_kind: str
    body: str
    professional: str
    role: str | None = None
    email: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What the law asks of the body before it notifies, as far as the form says that it was done."""

    informed: bool | None = None
    informed_on: date | None = None
    discussed: bool | None = None
    discussed_on: date | None = None
    organisation_told: str | None = None
    organisation: str | None = None
    parents_views: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveNotification:
    """A notification as it came; `facts` and `answers` are those of a request (`ReceiveReferral`)."""

    arrived_on: date
    arrived_how: str = "online"
    arrived_known_by: str | None = None
    form_used: str | None = None
    sender: Sender
    steps: Steps = field(default_factory=Steps)
    child: NewChild
    carers: tuple[NewCarer, ...] = ()
    lives_in_area: bool | None = None
    safeguarding: bool | None = None
    safeguarding_note: str | None = None
    agreement: bool | None = None
    agreed: AgreedBy = field(default_factory=AgreedBy)
    in_their_words: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    papers: tuple[tuple[Kept, str], ...] = ()
    flags: tuple[str, ...] = ()


def receive_notification(command: ReceiveNotification, *, by: Actor, at: datetime) -> Notification:
    """Keep a notification, warn, give people their tasks, send the receipt, and let follow what the policy says.

    Raises `NoEditionInForce` before the first edition, `NotTaken` where the council took none that day, and
    `FactsRefused` when the facts contradict each other. A step not ticked, another area and an age refuse nothing.
    """
    taken = taken_on(command.arrived_on)
    if taken is None:
        raise NotTaken
    notification = Notification(edition_id=taken.edition.id, entered_by=by.person_id, **_as_columns(command))
    check_that_it_can_follow(notification, command.child, taken)  # before anything is written
    child = add_child(command.child)
    carers = [add_carer(child.id, carer) for carer in command.carers]
    notification.reference, notification.child_id, notification.area_id = _new_reference(), child.id, child.area_id
    notification.state = "kept"
    notification.possible_duplicate_of = next(iter(known_children(child)), None)
    notification.warnings = [*warnings_of(notification, child, carers), *command.flags]
    db.session.add(notification)
    db.session.flush()
    db.session.add_all(_paper(notification, kept, kind, by) for kept, kind in command.papers)
    _put_before_people(notification, child, carers, at=at)
    what_follows(notification, taken, by=by, at=at)
    hold_first_words(notification, taken, at=at)
    tell_sender("notification-receipt", notification, at=at)
    return notification


def kind_of(body_kind: str) -> str:
    """Which of the two kinds a notification counts as: section 23 binds integrated care boards and NHS trusts."""
    return "section-23" if body_kind in BY_STATUTE else "early-years"


def add_papers(notification: Notification, papers: list[tuple[Kept, str]], *, by: Actor) -> None:
    """Put papers with a notification that has no case file; one that has takes them as any request does."""
    db.session.add_all(_paper(notification, kept, kind, by) for kept, kind in papers)
    db.session.flush()


def _put_before_people(notification: Notification, child: Child, carers: list[Carer], *, at: datetime) -> None:
    """One task for each thing that is amiss; a safeguarding mark also alerts the managers at once."""
    on = at.astimezone(LONDON).date()
    for kind in dict.fromkeys(BY_WARNING[key] for key in notification.warnings if key in BY_WARNING):
        set_task(notification, kind, on=on)
    if notification.safeguarding:
        alert(
            kind="notification-safeguarding",
            path=f"/notifications/{notification.id}",
            sentence=f"The notification {notification.reference} bears a safeguarding mark. Please read it now.",
            role=Role.SERVICE_MANAGER,
            area_id=child.area_id,
            child_id=child.id,
            dedupe=f"notification-safeguarding:{notification.id}",
        )


def _as_columns(command: ReceiveNotification) -> dict[str, Any]:
    who, steps, agreed = command.sender, command.steps, command.agreed
    return {
        "kind": kind_of(who.body_kind),
        "body_kind": who.body_kind,
        "body": who.body,
        "professional": who.professional,
        "professional_role": who.role,
        "work_email": who.email,
        "telephone": who.telephone,
        "arrived_on": command.arrived_on,
        "arrived_how": command.arrived_how,
        "arrived_known_by": command.arrived_known_by,
        "form_used": command.form_used,
        "parent_informed": steps.informed is True,
        "parent_informed_on": steps.informed_on,
        "discussion_offered": steps.discussed is True,
        "discussion_offered_on": steps.discussed_on,
        "organisation_told": steps.organisation_told,
        "organisation": steps.organisation,
        "parents_views": steps.parents_views,
        "lives_in_area": command.lives_in_area,
        "safeguarding": command.safeguarding is True,
        "safeguarding_note": command.safeguarding_note,
        "agreement": {True: "yes", False: "no", None: "unknown"}[command.agreement],
        "agreed_by": agreed.name,
        "agreed_relationship": agreed.relationship,
        "agreed_on": agreed.on,
        "agreed_how": agreed.how,
        "in_their_words": command.in_their_words,
        "facts": dict(command.facts),
        "answers": dict(command.answers),
    }


def _paper(notification: Notification, kept: Kept, kind: str, by: Actor) -> NotificationPaper:
    return NotificationPaper(
        notification_id=notification.id,
        kind=kind,
        file_name=kept.name,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        object_key=kept.key,
        added_by=by.label,
    )


def _new_reference() -> str:
    """A reference that neither a request nor another notification of the council has."""
    while True:
        reference = new_reference()
        used = select(Notification.id).where(
            Notification.tenant_id == current_tenant_id(), Notification.reference == reference
        )
        if db.session.execute(used).first() is None:
            return reference
