"""The assessment that a policy's path puts before any offer: booked, recorded or cancelled."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.families.access import end_assessing, put_on_caseload
from portage.referrals.models import Assessment, Referral
from portage.referrals.operations.clocks import start_clocks
from portage.referrals.operations.facts import assessment_of, case_for_change, move_on
from portage.referrals.operations.stages import UNDECIDED


class AssessmentNotNow(PortageError):
    """An assessment is booked already, or the request is decided, or its path has no assessment."""

    code = "assessment-not-now"
    message = "{sentence}"


@dataclass(frozen=True, slots=True)
class Booking:
    """Who sees the child, when and where."""

    assessor_id: UUID
    booked_for: date
    booked_time: time
    place: str
    version: int


@dataclass(frozen=True, slots=True)
class AssessmentRecord:
    """What an assessment showed."""

    done_on: date
    what_the_child_can_do: str
    summary: str
    visits_would_help: bool
    version: int


def book(referral_id: UUID, booking: Booking, *, by: Actor, at: datetime, on: date) -> Assessment:
    """Book the assessment and put the child on the assessor's caseload from today."""
    if by.person_id is None:
        raise NotHere
    yours = [("Day", booking.booked_for.isoformat()), ("Place", booking.place)]
    referral = case_for_change(referral_id, version=booking.version, yours=yours)
    if referral.stage not in UNDECIDED:
        raise AssessmentNotNow(sentence="This request is past its assessment.")
    if assessment_of(referral_id, "booked") is not None:
        raise AssessmentNotNow(sentence="An assessment is booked already. Cancel it before you book another.")
    booked = Assessment(
        referral_id=referral_id,
        assessor_id=booking.assessor_id,
        booked_for=booking.booked_for,
        booked_time=booking.booked_time,
        place=booking.place,
        booked_by=by.person_id,
        status="booked",
    )
    db.session.add(booked)
    db.session.flush()
    put_on_caseload(referral.child_id, booking.assessor_id, "assessor", from_on=on, by=by)
    move_on(referral, by=by, at=at)
    return booked


def record(assessment_id: UUID, found: AssessmentRecord, *, by: Actor, at: datetime, on: date) -> Assessment:
    """Record a booked assessment; the request then waits for a person who decides."""
    yours = [("What the child can do", found.what_the_child_can_do), ("Summary", found.summary)]
    assessment, referral = _booked(assessment_id, found.version, yours)
    assessment.status = "recorded"
    assessment.done_on = found.done_on
    assessment.what_the_child_can_do = found.what_the_child_can_do
    assessment.summary = found.summary
    assessment.visits_would_help = found.visits_would_help
    assessment.recorded_by = by.person_id
    db.session.flush()
    start_clocks(referral, "assessment", found.done_on)
    end_assessing(referral.child_id, assessment.assessor_id, until_on=on)
    move_on(referral, by=by, at=at)
    return assessment


def cancel(assessment_id: UUID, *, version: int, by: Actor, at: datetime, on: date) -> Assessment:
    """Cancel a booked assessment; another can then be booked."""
    assessment, referral = _booked(assessment_id, version, [("Assessment", "Cancelled")])
    assessment.status = "cancelled"
    db.session.flush()
    end_assessing(referral.child_id, assessment.assessor_id, until_on=on)
    move_on(referral, by=by, at=at)
    return assessment


def call_off(referral: Referral, *, on: date) -> Assessment | None:
    """Cancel what is booked because the request ends; answers it, so that the assessor can be told."""
    assessment = assessment_of(referral.id, "booked")
    if assessment is not None:
        assessment.status = "cancelled"
        db.session.flush()
        end_assessing(referral.child_id, assessment.assessor_id, until_on=on)
    return assessment


def _booked(assessment_id: UUID, version: int, yours: list[tuple[str, str]]) -> tuple[Assessment, Referral]:
    assessment = db.session.execute(
        scoped(Assessment).where(Assessment.id == assessment_id).with_for_update()
    ).scalar_one_or_none()
    if assessment is None:
        raise NotHere
    if assessment.version != version or assessment.status != "booked":
        theirs = [("Assessment", assessment.status), ("Summary", assessment.summary or "")]
        raise ChangedMeanwhile(theirs=theirs, yours=yours, back=f"/referrals/{assessment.referral_id}")
    wanted = scoped(Referral).where(Referral.id == assessment.referral_id).with_for_update()
    return assessment, db.session.execute(wanted).scalar_one()
