"""Meetings: planned by the policy's cadence, closed with what is left, or cancelled with a reason (WNC-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.messages.operations import alert
from portage.panels.members import INVITED, people_with
from portage.panels.models import PanelItem, PanelMeeting
from portage.panels.operations.leaving import leave_for
from portage.panels.refusals import MeetingNotNow
from portage.panels.rules import PanelRules
from portage.panels.waiting import waits
from portage.policy.dates import in_words
from portage.referrals.models import Referral
from portage.tenants.working_days import closures, why_closed

AHEAD = 4  # meetings that are planned at a time
ANNOUNCED = timedelta(days=14)  # how long before it the members hear that a meeting is left out


@dataclass(frozen=True, slots=True)
class Planned:
    """The first of the meetings to plan, and how many."""

    first_on: date
    count: int


def plan_meetings(planned: Planned, every: timedelta, *, day_chosen: bool = True) -> list[PanelMeeting]:
    """Plan meetings from a day on; a day that has one already keeps it. Answers those that meet.

    A bank holiday or a day on which the council is closed is kept as cancelled, and the page says why; only the first
    day holds in any case where a person has chosen it.
    """
    closed = closures()
    rows = [
        _row(planned.first_on + number * every, closed, chosen=day_chosen and number == 0)
        for number in range(planned.count)
    ]
    # Whoever plans the same day at the same moment, the chair or the calendar, finds it taken and not an error.
    added = (
        insert(PanelMeeting)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["tenant_id", "held_on"])
        .returning(PanelMeeting)
    )
    meetings = sorted(db.session.scalars(added), key=lambda meeting: meeting.held_on)
    return [meeting for meeting in meetings if meeting.status == "planned"]


def _row(day: date, closed: frozenset[date], *, chosen: bool) -> dict[str, Any]:
    because = None if chosen else why_closed(day, closed)
    return {
        "tenant_id": current_tenant_id(),
        "id": new_id(),
        "held_on": day,
        "status": "cancelled" if because else "planned",
        "cancelled_because": because and f"{because[0].upper()}{because[1:]}.",
    }


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
    return plan_meetings(Planned(following, AHEAD - ahead), every, day_chosen=False) if ahead < AHEAD else []


def waiting_now() -> int:
    """How many requests wait for the panel today."""
    wanted = select(func.count()).select_from(Referral).where(
        Referral.tenant_id == current_tenant_id(), waits(Referral)
    )  # fmt: skip
    return db.session.execute(wanted).scalar_one()


def planned_meetings() -> list[PanelMeeting]:
    """The meetings that are not closed yet, the earliest first."""
    wanted = scoped(PanelMeeting).where(PanelMeeting.status == "planned").order_by(PanelMeeting.held_on)
    return list(db.session.execute(wanted).scalars())


def meeting_here(meeting_id: UUID) -> PanelMeeting:
    """A meeting of this council; raises `NotHere`."""
    return here(PanelMeeting, meeting_id)


def current_meeting(meetings: Sequence[PanelMeeting], on: date) -> PanelMeeting | None:
    """Which of the planned meetings, the earliest first, has the agenda: the last whose day has come, else the next.

    One that nobody closed keeps the agenda until the next meeting's day, and no longer.
    """
    begun = [meeting for meeting in meetings if meeting.held_on <= on]
    return begun[-1] if begun else next(iter(meetings), None)


def close_meeting(
    meeting_id: UUID, *, version: int, rules: PanelRules, by: Actor, at: datetime, on: date
) -> PanelMeeting:
    """Close a meeting: what it left undecided is noted and goes to the next one, which exists from now on.

    From then on the database keeps the minutes as they are; corrections are appended.
    """
    meeting = open_meeting(meeting_id, on)
    _same(meeting, version, "closed")
    leave_for(meeting, _following(meeting, rules, on), rules)
    meeting.status, meeting.closed_at, meeting.chair_id = "held", at, by.person_id
    db.session.flush()
    return meeting


def cancel_meeting(
    meeting_id: UUID, because: str, *, version: int, rules: PanelRules, by: Actor, on: date
) -> PanelMeeting:
    """Cancel a meeting that has decided nothing: its items are on the next agenda, and the members are told."""
    meeting = locked(meeting_id)
    _same(meeting, version, "cancelled")
    decided = select(PanelItem.id).where(
        PanelItem.tenant_id == current_tenant_id(), PanelItem.meeting_id == meeting_id, PanelItem.outcome.is_not(None)
    )
    if db.session.execute(decided.limit(1)).first() is not None:
        raise MeetingNotNow(sentence="This meeting has recorded what became of an item. Close it instead.")
    following = _following(meeting, rules, on)
    leave_for(meeting, following, rules, noted=False)
    meeting.status, meeting.cancelled_by, meeting.cancelled_because = "cancelled", by.person_id, because
    db.session.flush()
    _tell_members(meeting, following)
    return meeting


def announce_closures(*, on: date) -> None:
    """Tell the members of meetings of the next two weeks that the calendar left out, such as on a bank holiday."""
    left_out = scoped(PanelMeeting).where(
        PanelMeeting.status == "cancelled",
        PanelMeeting.cancelled_by.is_(None),
        PanelMeeting.held_on.between(on, on + ANNOUNCED),
    )
    planned = planned_meetings()
    for meeting in db.session.scalars(left_out):
        following = next((other for other in planned if other.held_on > meeting.held_on), None)
        if following is not None:
            _tell_members(meeting, following)


def _tell_members(meeting: PanelMeeting, following: PanelMeeting) -> None:
    for member in people_with(INVITED):
        alert(
            kind="panel-cancelled",
            path="/panel",
            sentence=f"The panel of {in_words(meeting.held_on)} does not meet. "
            f"Its items are on the agenda of {in_words(following.held_on)}.",
            person_id=member.id,
            dedupe=f"panel-cancelled:{meeting.id}:{member.id}",
        )


def open_meeting(meeting_id: UUID, on: date) -> PanelMeeting:
    """A meeting whose day has come and which is not closed, locked until the end; raises `MeetingNotNow`."""
    meeting = locked(meeting_id)
    if meeting.held_on > on:
        raise MeetingNotNow(
            sentence="This meeting has not taken place yet. Plan one for today if the panel meets now, "
            "or decide as chair between the meetings."
        )
    return meeting


def locked(meeting_id: UUID) -> PanelMeeting:
    """A meeting that is not closed, locked until the end of the transaction; raises `NotHere` or `MeetingNotNow`."""
    meeting = here(PanelMeeting, meeting_id, lock=True)
    if meeting.status == "held":
        raise MeetingNotNow(sentence="This meeting is closed. What is left is on the next agenda.")
    if meeting.status == "cancelled":
        raise MeetingNotNow(sentence="This meeting was cancelled. Its items are on the next agenda.")
    return meeting


def _same(meeting: PanelMeeting, version: int, becomes: str) -> None:
    if meeting.version != version:
        raise ChangedMeanwhile(theirs=[("Meeting", meeting.status)], yours=[("Meeting", becomes)], back="/panel")


def _following(meeting: PanelMeeting, rules: PanelRules, on: date) -> PanelMeeting:
    """The next meeting that meets; planned now where there is none."""
    later = [other for other in planned_meetings() if other.held_on > meeting.held_on]
    start = max(meeting.held_on, on)
    while not later:
        start += rules.every
        later = plan_meetings(Planned(start, AHEAD), rules.every, day_chosen=False)
        start += rules.every * (AHEAD - 1)
    return later[0]
