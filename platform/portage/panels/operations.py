"""The panel's meetings: planned by the policy's cadence, filled by what waits for it, decided item by item (WNC-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.panels.models import PanelItem, PanelMeeting
from portage.policy import Edition, Policy
from portage.referrals.models import Decision, Referral
from portage.referrals.operations.decisions import Deciding, decide

AHEAD = 4  # meetings that are planned at a time
CLOCK = "panel"  # the clock of the policy that says how often the panel meets


class MeetingNotNow(PortageError):
    """A meeting that has not begun decides nothing, and one that is closed is closed."""

    code = "meeting-not-now"
    message = "{sentence}"


@dataclass(frozen=True, slots=True)
class Planned:
    """The first of the meetings to plan, and how many."""

    first_on: date
    count: int


def cadence(policy: Policy[Any], edition: Edition) -> timedelta | None:
    """How often the panel meets by this policy; None for a council without a panel."""
    for shape in policy.shapes_of(edition.terms):
        if shape.decided_by == "panel":
            clocks = {clock.key: clock for clock in policy.clocks(edition, shape.key)}
            return timedelta(days=clocks[CLOCK].days if CLOCK in clocks else 7)
    return None


def plan_meetings(planned: Planned, every: timedelta) -> list[PanelMeeting]:
    """Plan meetings from a day on; a day that has one already keeps it."""
    rows = [
        {"tenant_id": current_tenant_id(), "id": new_id(), "held_on": planned.first_on + number * every}
        for number in range(planned.count)
    ]
    # Whoever plans the same day at the same moment, the chair or the calendar, finds it taken and not an error.
    added = (
        insert(PanelMeeting)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["tenant_id", "held_on"])
        .returning(PanelMeeting)
    )
    return sorted(db.session.scalars(added), key=lambda meeting: meeting.held_on)


def plan_ahead(every: timedelta, *, on: date) -> list[PanelMeeting] | None:
    """See that `AHEAD` meetings lie ahead, on the weekday and in the rhythm of the last one; gives those it added.

    None when there has never been a meeting: no published rule names a day, so a person chooses the first.
    """
    meetings = PanelMeeting.tenant_id == current_tenant_id()
    last = db.session.scalar(select(func.max(PanelMeeting.held_on)).where(meetings))
    if last is None:
        return None
    upcoming = (meetings, PanelMeeting.status == "planned", PanelMeeting.held_on >= on)
    ahead = db.session.execute(select(func.count()).select_from(PanelMeeting).where(*upcoming)).scalar_one()
    following = last + every * max(1, -((last - on) // every))
    return plan_meetings(Planned(following, AHEAD - ahead), every) if ahead < AHEAD else []


def waiting_now() -> int:
    """How many requests wait for the panel today."""
    wanted = select(func.count()).where(Referral.tenant_id == current_tenant_id(), Referral.stage == "panel")
    return db.session.execute(wanted).scalar_one()


def planned_meetings() -> list[PanelMeeting]:
    """The meetings that are not closed yet, the earliest first."""
    wanted = scoped(PanelMeeting).where(PanelMeeting.status == "planned").order_by(PanelMeeting.held_on)
    return list(db.session.execute(wanted).scalars())


def meeting_here(meeting_id: UUID) -> PanelMeeting:
    """A meeting of this council; raises `NotHere`."""
    found = db.session.execute(scoped(PanelMeeting).where(PanelMeeting.id == meeting_id)).scalar_one_or_none()
    if found is None:
        raise NotHere
    return found


def current_meeting(meetings: Sequence[PanelMeeting], on: date) -> PanelMeeting | None:
    """Which of the planned meetings, the earliest first, has the agenda: the last whose day has come, else the next.

    One that nobody closed keeps the agenda until the next meeting's day, and no longer.
    """
    begun = [meeting for meeting in meetings if meeting.held_on <= on]
    return begun[-1] if begun else next(iter(meetings), None)


def decide_item(
    meeting_id: UUID, referral_id: UUID, deciding: Deciding, *, by: Actor, at: datetime, on: date
) -> Decision:
    """Record the panel's decision on one request, in the chair's own words; the clock of contact starts (WNC-05)."""
    meeting = _open_meeting(meeting_id, on)
    item = db.session.execute(
        scoped(PanelItem).where(PanelItem.meeting_id == meeting.id, PanelItem.referral_id == referral_id)
    ).scalar_one_or_none()
    item = item or _add_item(meeting.id, referral_id)
    decision = decide(referral_id, deciding, by=by, at=at, clock_from="panel", panel_item_id=item.id)
    item.decision_id = decision.id
    meeting.chair_id = by.person_id
    db.session.flush()
    return decision


def close_meeting(
    meeting_id: UUID, *, version: int, every: timedelta, by: Actor, at: datetime, on: date
) -> PanelMeeting:
    """Close a meeting: what it left undecided is noted and goes to the next one, which exists from now on."""
    meeting = _open_meeting(meeting_id, on)
    if meeting.version != version:
        raise ChangedMeanwhile(theirs=[("Meeting", meeting.status)], yours=[("Meeting", "closed")], back="/panel")
    for referral_id in _waiting(meeting):
        _add_item(meeting_id, referral_id)
    meeting.status, meeting.closed_at, meeting.chair_id = "held", at, by.person_id
    db.session.flush()
    if not any(other.held_on > meeting.held_on for other in planned_meetings()):
        plan_meetings(Planned(max(meeting.held_on, on) + every, AHEAD), every)
    return meeting


def _open_meeting(meeting_id: UUID, on: date) -> PanelMeeting:
    wanted = scoped(PanelMeeting).where(PanelMeeting.id == meeting_id).with_for_update()
    meeting = db.session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()
    if meeting is None:
        raise NotHere
    if meeting.status == "held":
        raise MeetingNotNow(sentence="This meeting is closed. What is left is on the next agenda.")
    if meeting.held_on > on:
        raise MeetingNotNow(sentence="This meeting has not taken place yet. Plan one for today if the panel meets now.")
    return meeting


def _add_item(meeting_id: UUID, referral_id: UUID) -> PanelItem:
    last = db.session.execute(
        select(func.max(PanelItem.position)).where(
            PanelItem.tenant_id == current_tenant_id(), PanelItem.meeting_id == meeting_id
        )
    ).scalar_one()
    item = PanelItem(meeting_id=meeting_id, referral_id=referral_id, position=(last or 0) + 1)
    db.session.add(item)
    db.session.flush()
    return item


def _waiting(meeting: PanelMeeting) -> list[UUID]:
    """What waits for the panel, had come by the meeting's day, and is no item of it yet."""
    items = select(PanelItem.referral_id).where(
        PanelItem.tenant_id == current_tenant_id(), PanelItem.meeting_id == meeting.id
    )
    wanted = select(Referral.id).where(
        Referral.tenant_id == current_tenant_id(),
        Referral.stage == "panel",
        Referral.received_on <= meeting.held_on,
        Referral.id.not_in(items),
    )
    return list(db.session.scalars(wanted.order_by(Referral.received_on, Referral.id)))
