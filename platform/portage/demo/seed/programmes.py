"""What some councils run beside home visits, with invented families and settings: each only where the policy has it."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.demo.seed.staff import Staff
from portage.directory.operations import Particulars, add_service, point_first
from portage.editions.programmes import MOVING_FORWARDS, STAMP, STARTING_SCHOOL, programme_on
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.moving_forwards import operations as meetings
from portage.moving_forwards.invitations import ask_for_word, invite
from portage.moving_forwards.operations import Agreement, Cancelled, Guest, Held, PlanMeeting, PlanSent
from portage.referrals.models import Referral
from portage.referrals.stage_words import OPEN_STAGES
from portage.setting_support import operations as settings
from portage.setting_support.operations import Help, Observation, Place, PlanReview
from portage.stamps.operations import Standing, keep_stamp
from portage.starting_school import operations as schools
from portage.starting_school.operations import Found, School, Support

SCHOOL, SETTING = "Oakfield Primary School (invented)", "Acorns Nursery (invented)"
SEEN = "Plays beside other children, names what comes next, and needs time when the room is loud."


def begin_in_setting(episode_id: UUID, day: date, by: Actor) -> str:
    """Observe the child first where the support is in a setting; answers the place of the visits that follow."""
    if not settings.in_a_setting(episode_id):
        return "home"
    work = settings.keep_place(episode_id, Place(SETTING, "The SENCo", 0))
    settings.record_observation(work, Observation(day, time(9, 30), 45, SEEN), by=by, at=clock.now())
    offered = Help("modelling", "A now and next board", "The key person", day)
    settings.offer_help(work, offered, by=by, on=day)
    review = PlanReview(max(day, _today()) + timedelta(days=20), time(15), SETTING, work.version)
    settings.plan_review(work, review, on=day)
    return settings.PLACE


def invent_programmes(staff: Staff) -> None:
    """Settings with the stamp, a service that was checked, a meeting ahead and one held, a child who starts school."""
    today = clock.today()
    manager = staff.one("service-manager")
    said = Particulars(
        "Toy library (invented)", "Borrow toys for a fortnight, and meet other families.", 0, 60, "01632 960 700",
        "toys@library.example", "https://library.example/toys",
    )  # fmt: skip
    service = add_service(said, by=manager, on=today - timedelta(days=40))
    point_first(service.id, first=True, version=service.version)
    if programme_on(STAMP, today):
        _stamps(today, manager)
    if programme_on(MOVING_FORWARDS, today):
        _meetings(today, manager)
    if programme_on(STARTING_SCHOOL, today):
        _schools(today, manager)
    db.session.commit()


def _stamps(today: date, by: Actor) -> None:
    for name, standing, days, what in (
        (SETTING, "holds", 20, "The association visits"),
        ("Beeches Pre-school (invented)", "holds", 200, "Renewal"),
        ("Cherry Tree Playgroup (invented)", "working-towards", 90, "First visit of the association"),
    ):
        awarded = today - timedelta(days=500) if standing == "holds" else None
        known = Standing(name, "Example Town", None, None, standing, awarded, today + timedelta(days=days), what, None)
        keep_stamp(None, known, version=0, by=by)


def _meetings(today: date, by: Actor) -> None:
    """One meeting is planned, the one before it took place, and a third one was cancelled."""
    for number, referral in enumerate(_open_requests(meetings.ROUTE)[:3]):
        if number == 2:
            _cancelled(referral, today + timedelta(days=5), by)
            continue
        day = today + timedelta(days=12) if number == 0 else today - timedelta(days=6)
        with clock.frozen(datetime.combine(day - timedelta(days=12), time(11), clock.LONDON)):
            child = db.session.scalars(scoped(Child).where(Child.id == referral.child_id)).one()
            parents = [carer.name for carer in carers_of(child.id)]
            plan = PlanMeeting(day, time(14), SCHOOL, 0)
            meeting = meetings.plan_meeting(referral, plan, parents=parents, by=by)
            meetings.add_guest(meeting, Guest("school", "Robin Invented, SENCo", SCHOOL))
            meetings.add_guest(meeting, Guest("educational-psychology", "Educational Psychology Service", None))
            invite(referral, child, meeting, by=by, at=clock.now())
            meetings.send_plan(meeting, PlanSent(clock.today(), "by post"), on=clock.today())
            ask_for_word(referral, child, meeting)
        if number:
            _held(referral, meeting.id, day, by)


def _cancelled(referral: Referral, day: date, by: Actor) -> None:
    meeting = meetings.plan_meeting(referral, PlanMeeting(day, time(10), SCHOOL, 0), parents=[], by=by)
    why = "The school is closed that day. We look for another one."
    meetings.cancel(meeting, Cancelled(why, meeting.version), on=clock.today())


def _held(referral: Referral, meeting_id: UUID, day: date, by: Actor) -> None:
    with clock.frozen(datetime.combine(day, time(16), clock.LONDON)):
        meeting = meetings.meeting_of(referral.id, lock=True)
        if meeting is None:
            raise LookupError("the meeting was planned a moment ago")
        came = frozenset(guest.id for guest in meetings.guests_of(meeting_id) if guest.kind != "educational-psychology")
        said = "We read the SEND Support Plan together and changed two strategies for the classroom."
        meetings.hold(referral, meeting, Held(said, came, meeting.version), by=by, at=clock.now())
        meetings.agree(
            meeting, Agreement("training", "Signs for everyday words, for two members of staff",
                               "Taylor Invented, specialist teacher", day + timedelta(days=40))
        )  # fmt: skip


def _schools(today: date, by: Actor) -> None:
    for referral in _open_requests(schools.ROUTE)[:1]:
        first_day = date(today.year + (today.month > 8), 9, 3)
        start = schools.keep_school(referral.id, School(SCHOOL, "Robin Invented, SENCo", first_day, 0))
        found = Found(
            today - timedelta(days=1), "Alex Invented, school admissions", "Says two words together; signs help."
        )
        schools.record_assessment(start, found, by=by, on=today)
        support = Support("Specialist SEND Teachers", "Advice on a visual timetable for the first weeks.")
        schools.link_support(start, support, by=by, on=today)


def _open_requests(route: str) -> list[Referral]:
    wanted = scoped(Referral).where(Referral.route == route, Referral.stage.in_(OPEN_STAGES))
    return list(db.session.scalars(wanted.order_by(Referral.received_on.desc(), Referral.id)))


def _today() -> date:
    """The real day, also while the clock stands elsewhere."""
    return datetime.now(clock.LONDON).date()
