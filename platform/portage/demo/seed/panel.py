"""What a panel has beside its decisions: a member from elsewhere, a conflict, a deferral, a chair's action."""

from datetime import timedelta
from uuid import UUID

from portage.accounts.models import Person, RoleGrant
from portage.core import audit, clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.demo.seed import words
from portage.demo.seed.staff import Staff
from portage.families.conflicts import Declared, declare
from portage.families.permissions import PermissionAnswer, record_permission
from portage.panels.models import PanelMeeting
from portage.panels.operations import (
    Correcting,
    Deferring,
    PanelDeciding,
    add_late,
    correct,
    current_meeting,
    defer_item,
    next_meeting,
    plan_ahead,
    planned_meetings,
    record_attendance,
    take_action,
)
from portage.panels.rules import PanelRules, panel_rules
from portage.referrals.models import Referral
from portage.referrals.operations.decisions import OPENED, Deciding
from portage.referrals.operations.facts import last_determination

ELSEWHERE = ("Tess Invented", "Sample Health Trust")


def invent_panel(staff: Staff) -> None:
    """Fill the panel of a council that has one: its next meeting, and a correction of the last one."""
    rules = panel_rules(clock.today())
    if rules is None:
        return
    chair, member = staff.one("panel-chair"), _member_from_elsewhere()
    plan_ahead(rules.every, on=clock.today())
    waiting = list(
        db.session.scalars(
            scoped(Referral).where(Referral.stage == "panel").order_by(Referral.received_on, Referral.id)
        )
    )
    meeting = current_meeting(planned_meetings(), clock.today())
    if meeting is None or len(waiting) < 4:
        return
    add_late(meeting.id, waiting[0].id, by=chair)
    declare(Declared(waiting[0].child_id, waiting[0].id, "A neighbour of the family."), by=member, at=clock.now())
    _shared(waiting[1], rules)
    if meeting.held_on <= clock.today():
        why = Deferring("The report of the health visitor is on its way.")
        defer_item(meeting.id, waiting[1].id, why, by=chair, at=clock.now(), on=clock.today())
    db.session.commit()
    _act(chair, waiting[-1], staff.one("home-visitor").person_id)
    _correct(chair)
    db.session.commit()


def record_who_is_there(meeting: PanelMeeting, chair: Actor, staff: Staff) -> None:
    """Write down who was at a meeting, before it is closed."""
    present = [staff.one(role).person_id for role in ("panel-chair", "panel-member", "service-manager")]
    there = {person_id for person_id in present if person_id is not None}
    record_attendance(
        meeting.id, there, "A colleague who takes notes", version=meeting.version, by=chair, on=meeting.held_on
    )


def _member_from_elsewhere() -> Actor:
    name, organisation = ELSEWHERE
    found = db.session.scalars(scoped(Person).where(Person.organisation == organisation)).first()
    if found is None:
        found = Person(name=name, email=None, telephone=None, organisation=organisation)
        db.session.add(found)
        db.session.flush()
        db.session.add(RoleGrant(person_id=found.id, role="panel-member", source="administrator"))
        db.session.flush()
    return Actor(found.id, f"person:{found.id}")


def _shared(referral: Referral, rules: PanelRules) -> None:
    """The family lets members from other services read their child's papers."""
    if rules.sharing is None:
        return
    said = PermissionAnswer(rules.sharing.key, "yes", "A parent", clock.today(), "By telephone")
    record_permission(referral.child_id, said, [rules.sharing], by=Actor(None, "system"))


def _act(chair: Actor, referral: Referral, visitor: UUID | None) -> None:
    """The chair decides on one request before the next meeting, having read it."""
    audit.record(OPENED[0], actor=chair.label, subject=("referral", referral.id))
    db.session.commit()
    judged = last_determination(referral.id)
    if judged is None or next_meeting(clock.today()) is None:
        return
    deciding = Deciding("accepted", words.REASON_YES, None, judged.id, referral.version)
    because = "The family moves soon, and the first visit can be where they go."
    take_action(referral.id, PanelDeciding(deciding, visitor), because, by=chair, at=clock.now(), on=clock.today())


def _correct(chair: Actor) -> None:
    held = scoped(PanelMeeting).where(
        PanelMeeting.status == "held", PanelMeeting.held_on > clock.today() - timedelta(days=28)
    )
    meeting = db.session.scalars(held.order_by(PanelMeeting.held_on.desc()).limit(1)).first()
    if meeting is not None:
        said = Correcting("The meeting began at half past nine.", "The minutes gave no hour.", None)
        correct(meeting.id, said, by=chair, at=clock.now())
