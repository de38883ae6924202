"""What some councils run beside home visits, and their directory: a row of every kind, for prober and crawler."""

from datetime import time, timedelta
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.directory.entries import Entry, Problem
from portage.directory.operations import Particulars, Withdrawal, add_service, withdraw_service
from portage.directory.operations.lists import keep_file
from portage.editions.programmes import SETTING_SUPPORT, programme_on
from portage.moving_forwards import operations as moving_forwards
from portage.moving_forwards.models import MeetingAgreement
from portage.moving_forwards.operations import PlanMeeting
from portage.partners.models import PartnerLink
from portage.profiles.operations import keep_read
from portage.profiles.sheet import ReadArea, ReadStep
from portage.referrals.models import Referral
from portage.setting_support import operations as setting_support
from portage.setting_support.operations import Help, Observation, Place, PlanReview
from portage.stamps.models import Stamp
from portage.starting_school import operations as starting_school
from portage.starting_school.operations import School, Support
from portage.support.models import Episode


def plant_programmes(child_id: UUID, person_id: UUID) -> None:
    """Add a row of every kind to the council in scope; the caller commits."""
    _directory(person_id)
    _programmes(child_id, person_id)
    _after_requests(person_id)
    _setting(person_id)
    _steps(person_id)


def _directory(person_id: UUID) -> None:
    """A service, one that was withdrawn, and a list that waits to be taken."""
    by, today = Actor(person_id, f"person:{person_id}"), clock.today()
    said = [Particulars(f"Group {number}", "Play", telephone="01632 960 444") for number in range(3)]
    gone, _, _ = (add_service(each, by=by, on=today - timedelta(days=300)) for each in said)
    withdraw_service(gone.id, Withdrawal("It closed.", gone.version), by=by, on=today)
    found = [Entry(Particulars("Sleep clinic", "For tired families"))]
    problems = [Problem(3, "Telephone", "Write one telephone number, such as 01632 960 100.")]
    keep_file("services.csv", found, problems, by=person_id, at=clock.now())


def _programmes(child_id: UUID, person_id: UUID) -> None:
    """What some councils run beside home visits, and a partner team."""
    today = clock.today()
    team = PartnerLink(
        child_id=child_id, team="Health visitors", outside=False, what_for="Visits", linked_on=today,
        linked_by=person_id, contact_name="Hana Health",
    )  # fmt: skip
    stamp = Stamp(
        setting_name="Acorns Nursery (invented)", standing="holds", awarded_on=today, next_on=today, next_what="Visit"
    )
    db.session.add_all([team, stamp])


def _after_requests(person_id: UUID) -> None:
    """The meeting and the start of school that some requests lead to."""
    by, today = Actor(person_id, f"person:{person_id}"), clock.today()
    asked = db.session.scalars(scoped(Referral).where(Referral.route == moving_forwards.ROUTE)).first()
    if asked is not None:
        planned = PlanMeeting(today + timedelta(days=1), time(10), "Oak School", 0)
        meeting = moving_forwards.plan_meeting(asked, planned, parents=["Pat Invented"], by=by)
        agreed = {"kind": "training", "what": "Signs", "delivered_by": "Tess Invented"}
        db.session.add(MeetingAgreement(meeting_id=meeting.id, **agreed))
    schools = scoped(Referral).where(Referral.route == starting_school.ROUTE, Referral.stage != "supported")
    flagged = db.session.scalars(schools).first()  # whose child is supported may become the one of `_setting`
    if flagged is not None:
        start = starting_school.keep_school(flagged.id, School("Oak School", None, None, 0))
        starting_school.link_support(start, Support("School Improvement Partners", "Advice"), by=by, on=today)


def _steps(person_id: UUID) -> None:
    """A list of steps that waits to be taken, beside the one that profiles follow."""
    keep_read(
        "Our own list", "Written by the team", [ReadArea("Play", (ReadStep("Bangs a drum", 6, 14),))], by=person_id
    )


def _setting(person_id: UUID) -> None:
    """A child whose setting asked for support, where the council gives it: observed, and help offered to the staff."""
    if programme_on(SETTING_SUPPORT, clock.today()) is None:
        return
    open_ones = scoped(Episode).where(Episode.status == "open", Episode.referral_id.is_not(None))
    episode = db.session.scalars(open_ones.order_by(Episode.id.desc())).first()
    assert episode is not None
    asked = db.session.scalars(scoped(Referral).where(Referral.id == episode.referral_id)).one()
    asked.route = setting_support.ROUTE
    by, today = Actor(person_id, f"person:{person_id}"), clock.today()
    work = setting_support.keep_place(episode.id, Place("Acorns Nursery (invented)", None, 0))
    seen = Observation(today, time(9), 30, "Plays beside others.")
    setting_support.record_observation(work, seen, by=by, at=clock.now())
    setting_support.offer_help(work, Help("training", "Signs", "All staff", today), by=by, on=today)
    setting_support.plan_review(work, PlanReview(today, time(15), "Acorns", work.version), on=today)
