"""Keeping a child's start of school: the school, the first assessment, and the support that it leads to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, FieldRefused, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.referrals.models import Referral
from portage.starting_school.models import SchoolStart, SchoolSupport

ROUTE = "school-transition"


class StartRefused(FieldRefused):
    """Something that does not fit the start of school."""

    code = "school-start-refused"


@dataclass(frozen=True, slots=True)
class School:
    """Which school, whom to ask for there, and when the child starts."""

    school_name: str
    school_contact: str | None
    starts_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a first assessment found, when, and who of admissions took part."""

    assessed_on: date
    assessed_with: str | None
    found: str


@dataclass(frozen=True, slots=True)
class Support:
    """A team and what it does at the school."""

    team: str
    what: str


def start_of(referral_id: UUID, *, lock: bool = False) -> SchoolStart | None:
    """The start of school of one request, if it is kept already."""
    wanted = scoped(SchoolStart).where(SchoolStart.referral_id == referral_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(wanted).scalar_one_or_none()


def supports_of(start_id: UUID) -> list[SchoolSupport]:
    """The support that the child is linked to, the first first."""
    wanted = scoped(SchoolSupport).where(SchoolSupport.school_start_id == start_id)
    return list(db.session.scalars(wanted.order_by(SchoolSupport.created_at, SchoolSupport.id)))


def route_of(referral_id: UUID) -> str | None:
    """By which route a request came."""
    wanted = select(Referral.route).where(Referral.tenant_id == current_tenant_id(), Referral.id == referral_id)
    return db.session.execute(wanted).scalar_one_or_none()


def keep_school(referral_id: UUID, school: School) -> SchoolStart:
    """Keep the school, or write down what changed; raises `ChangedMeanwhile`."""
    start = start_of(referral_id, lock=True)
    if start is None:
        start = SchoolStart(referral_id=referral_id)
        db.session.add(start)
    elif start.version != school.version:
        raise ChangedMeanwhile(
            theirs=[("School", start.school_name)],
            yours=[("School", school.school_name)],
            back=f"/referrals/{referral_id}/starting-school",
        )
    start.school_name, start.school_contact = school.school_name, school.school_contact
    start.starts_on = school.starts_on
    db.session.flush()
    return start


def record_assessment(start: SchoolStart, found: Found, *, by: Actor, on: date) -> None:
    """Keep what a first assessment found; it may be recorded once more when something was left out."""
    if found.assessed_on > on:
        raise StartRefused("assessed_on", "This day is in the future.")
    start.assessed_on, start.assessed_with, start.found = found.assessed_on, found.assessed_with, found.found
    start.assessed_by = by.person_id
    db.session.flush()


def link_support(start: SchoolStart, support: Support, *, by: Actor, on: date) -> SchoolSupport:
    """Link the child to wider support at the school."""
    row = SchoolSupport(
        school_start_id=start.id, team=support.team, what=support.what, linked_on=on, linked_by=by.person_id
    )
    db.session.add(row)
    db.session.flush()
    return row


def end_support(start: SchoolStart, support_id: UUID, *, on: date) -> None:
    """Let a piece of support end today; the first day stays."""
    found = next((each for each in supports_of(start.id) if each.id == support_id), None)
    if found is None:
        raise NotHere
    found.ended_on = found.ended_on or on
    db.session.flush()
