"""The introductory visit after the panel: arranged within the policy's time, then recorded or cancelled (WNC-05)."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.access import put_on_caseload
from portage.families.models import Caseload
from portage.messages.operations import alert
from portage.panels.members import PRACTITIONERS, people_with
from portage.panels.models import IntroductoryVisit, PanelItem
from portage.panels.operations.items import not_conflicted, request_here
from portage.panels.refusals import ItemRefused, MeetingNotNow
from portage.policy.arrangements import INTRODUCTION
from portage.policy.shapes import CountsFrom
from portage.referrals.models import Referral
from portage.referrals.operations.clocks import run_again, stop_clock
from portage.referrals.operations.judging import edition_of

PANEL: tuple[CountsFrom, ...] = ("panel",)
AFTER_YES = ("to-offer", "offered", "waiting", "supported")


@dataclass(frozen=True, slots=True)
class Arranging:
    """Who visits the family for the first time, when and where."""

    visitor_id: UUID
    arranged_for: date
    arranged_time: time
    place: str


@dataclass(frozen=True, slots=True)
class Introduced:
    """What became of the visit: `done` on a day, or `cancelled`."""

    became: str
    done_on: date | None
    note: str | None
    version: int


def arrange(referral_id: UUID, arranging: Arranging, *, by: Actor, on: date) -> IntroductoryVisit:
    """Arrange the introductory visit; its clock stops, and the visitor can open the child's record."""
    referral = _accepted(referral_id)
    not_conflicted(referral.child_id, by)
    if by.person_id is None:
        raise NotHere
    if arranging.visitor_id not in {person.id for person in people_with(PRACTITIONERS)}:
        raise ItemRefused("visitor_id", "Choose a practitioner from the list.")
    if arranged_for(referral_id) is not None:
        raise MeetingNotNow(sentence="An introductory visit is arranged already. Record or cancel it first.")
    visit = IntroductoryVisit(
        referral_id=referral_id,
        visitor_id=arranging.visitor_id,
        arranged_for=arranging.arranged_for,
        arranged_time=arranging.arranged_time,
        place=arranging.place,
        arranged_by=by.person_id,
        status="arranged",
    )
    db.session.add(visit)
    db.session.flush()
    stop_clock(referral, INTRODUCTION, on)
    _open_record(referral, visit, by=by, on=on)
    return visit


def record_introduction(
    referral_id: UUID, visit_id: UUID, introduced: Introduced, *, by: Actor, on: date
) -> IntroductoryVisit:
    """Record that the visit took place, or that it was cancelled; then its clock runs again from that day."""
    referral = request_here(referral_id)
    not_conflicted(referral.child_id, by)
    visit = here(IntroductoryVisit, visit_id, IntroductoryVisit.referral_id == referral_id, lock=True)
    if visit.version != introduced.version or visit.status != "arranged":
        raise ChangedMeanwhile(
            theirs=[("Introductory visit", visit.status), ("Note", visit.note or "")],
            yours=[("Introductory visit", introduced.became), ("Note", introduced.note or "")],
            back=f"/referrals/{referral_id}",
        )
    visit.status, visit.done_on, visit.note = introduced.became, introduced.done_on, introduced.note
    visit.recorded_by = by.person_id
    db.session.flush()
    if introduced.became == "cancelled" and referral.stage in AFTER_YES:
        policy, edition = edition_of(referral.edition_id)
        others = {clock.key for clock in policy.clocks(edition, referral.route)} - {INTRODUCTION}
        run_again(referral, PANEL, on, but=others)
    return visit


def arranged_for(referral_id: UUID) -> IntroductoryVisit | None:
    """The introductory visit that lies ahead, or was not recorded yet."""
    return db.session.execute(
        scoped(IntroductoryVisit).where(
            IntroductoryVisit.referral_id == referral_id, IntroductoryVisit.status == "arranged"
        )
    ).scalar_one_or_none()


def last_introduction(referral_id: UUID) -> IntroductoryVisit | None:
    """The introductory visit that was arranged last, whatever became of it."""
    wanted = scoped(IntroductoryVisit).where(IntroductoryVisit.referral_id == referral_id)
    return db.session.execute(
        wanted.order_by(IntroductoryVisit.created_at.desc(), IntroductoryVisit.id.desc()).limit(1)
    ).scalar_one_or_none()


def allocated_to(referral_id: UUID) -> UUID | None:
    """The practitioner whom the panel allocated last, if it named one."""
    return db.session.execute(
        select(PanelItem.practitioner_id)
        .where(
            PanelItem.tenant_id == current_tenant_id(),
            PanelItem.referral_id == referral_id,
            PanelItem.decision_id.is_not(None),
        )
        .order_by(PanelItem.created_at.desc(), PanelItem.id.desc())
        .limit(1)
    ).scalar()


def _accepted(referral_id: UUID) -> Referral:
    referral = request_here(referral_id)
    if referral.stage not in AFTER_YES:
        raise MeetingNotNow(sentence="An introductory visit is arranged after the panel has allocated a practitioner.")
    return referral


def _open_record(referral: Referral, visit: IntroductoryVisit, *, by: Actor, on: date) -> None:
    on_it = scoped(Caseload).where(
        Caseload.child_id == referral.child_id, Caseload.person_id == visit.visitor_id, Caseload.until_on.is_(None)
    )
    if db.session.execute(on_it.limit(1)).first() is None:
        put_on_caseload(referral.child_id, visit.visitor_id, "assessor", from_on=on, by=by)
    alert(
        kind="introduction-arranged",
        path=f"/referrals/{referral.id}",
        sentence=f"{referral.reference}: an introductory visit is arranged for you.",
        person_id=visit.visitor_id,
        child_id=referral.child_id,
        dedupe=f"introduction:{visit.id}",
    )
