"""Who was there, and whether they are enough to decide."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm.attributes import flag_modified

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.conflicts import conflict_of
from portage.panels.members import SITS, people_with
from portage.panels.models import PanelAttendance, PanelMeeting
from portage.panels.operations.meetings import open_meeting
from portage.panels.refusals import ItemRefused, NoQuorum
from portage.panels.rules import PanelRules


def record_attendance(
    meeting_id: UUID, present: Collection[UUID], also_present: str | None, *, version: int, by: Actor, on: date
) -> PanelMeeting:
    """Write down which members were there, and who else, in the chair's words."""
    meeting = open_meeting(meeting_id, on)
    if meeting.version != version:
        raise ChangedMeanwhile(
            theirs=[("Also present", meeting.also_present or "")],
            yours=[("Also present", also_present or "")],
            back=f"/panel/{meeting_id}",
        )
    members = people_with(SITS)
    if not set(present) <= {person.id for person in members}:
        raise ItemRefused("present", "Choose members of this panel from the list.")
    known = {row.person_id: row for row in db.session.scalars(scoped(PanelAttendance).where(_of(meeting_id)))}
    for person in members:
        row = known.get(person.id)
        if row is None:
            row = PanelAttendance(meeting_id=meeting_id, person_id=person.id)
            db.session.add(row)
        row.present, row.recorded_by = person.id in present, by.person_id
    meeting.also_present = also_present
    flag_modified(meeting, "also_present")  # a second form on the old version is refused also where no word changed
    db.session.flush()
    return meeting


def check_quorum(meeting_id: UUID, child_id: UUID, rules: PanelRules) -> None:
    """Raise `NoQuorum` with what to do, unless enough members are recorded as present for this child's item."""
    if not rules.quorum:
        return
    here = select(func.count()).where(_of(meeting_id), PanelAttendance.present.is_(True))
    if not rules.conflicted_count:
        here = here.where(~conflict_of(PanelAttendance.person_id, child_id))
    there: int = db.session.execute(here).scalar_one()
    if there >= rules.quorum:
        return
    who = "" if rules.conflicted_count else " without a conflict of interest"
    counted = "1 member" if there == 1 else f"{there} members"
    raise NoQuorum(
        sentence=f"The panel decides with at least {rules.quorum} members. {counted}{who} "
        f"{'is' if there == 1 else 'are'} recorded as present. Record who is there on the meeting’s page, "
        "or defer this item."
    )


def _of(meeting_id: UUID) -> ColumnElement[bool]:
    return and_(PanelAttendance.tenant_id == current_tenant_id(), PanelAttendance.meeting_id == meeting_id)
