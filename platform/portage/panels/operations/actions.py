"""A chair's action between meetings, and whether the next meeting ratifies it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import here
from portage.families.access import end_assessing
from portage.messages.operations import alert
from portage.panels.models import PanelItem, PanelMeeting
from portage.panels.operations.items import (
    PanelDeciding,
    check_words,
    give_to_practitioner,
    not_conflicted,
    request_here,
)
from portage.panels.operations.leaving import last_place
from portage.panels.operations.meetings import open_meeting, planned_meetings
from portage.panels.operations.quorum import check_quorum
from portage.panels.refusals import MeetingNotNow
from portage.panels.rules import PanelRules
from portage.panels.words import OUTCOME_WORDS
from portage.referrals.operations.decisions import decide
from portage.referrals.operations.stages import move

TAKEN_BACK = ("to-offer", "information", "declined", "signposted")  # stages at which nothing has begun for the family


@dataclass(frozen=True, slots=True)
class Ratifying:
    """Whether the meeting ratifies a chair's action, and why."""

    ratified: bool
    reason: str
    seen: int


def next_meeting(on: date) -> PanelMeeting | None:
    """The next meeting after a day, which would ratify an action taken on it."""
    return next((meeting for meeting in planned_meetings() if meeting.held_on > on), None)


def take_action(
    referral_id: UUID, panel: PanelDeciding, because: str, *, by: Actor, at: datetime, on: date
) -> PanelItem:
    """Decide as chair between meetings, with the reason why it cannot wait; the next meeting looks at it as an item.

    The clocks of contact start on the day of the action.
    """
    meeting = next_meeting(on)
    if meeting is None:
        raise MeetingNotNow(sentence="No meeting is planned that could ratify this. Plan the next meeting first.")
    referral = request_here(referral_id)
    not_conflicted(referral.child_id, by)
    check_words(panel, referral)
    item_id = new_id()
    decision = decide(referral_id, panel.deciding, by=by, at=at, clock_from="panel", clock_on=on, panel_item_id=item_id)
    item = PanelItem(
        id=item_id, meeting_id=meeting.id, referral_id=referral_id, position=last_place(meeting.id) + 1,
        kind="chairs-action", note=because, decision_id=decision.id, rationale=panel.rationale,
        practitioner_id=panel.practitioner_id, added_by=by.person_id,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    give_to_practitioner(item, referral, by=by, on=on)
    return item


def ratify(
    meeting_id: UUID, item_id: UUID, command: Ratifying, rules: PanelRules, *, by: Actor, at: datetime, on: date
) -> PanelItem:
    """Record whether the meeting ratifies a chair's action.

    One that is not ratified goes back to the panel where nothing has begun for the family; else the managers are told,
    and a person looks at what was begun.
    """
    meeting = open_meeting(meeting_id, on)
    item = action_here(meeting.id, item_id)
    referral = request_here(item.referral_id)
    not_conflicted(referral.child_id, by)
    check_quorum(meeting.id, referral.child_id, rules)
    outcome = "ratified" if command.ratified else "not-ratified"
    if item.outcome is not None or item.version != command.seen:
        raise ChangedMeanwhile(
            theirs=[("Chair’s action", OUTCOME_WORDS.get(item.outcome or "", "Not looked at yet"))],
            yours=[("Chair’s action", OUTCOME_WORDS[outcome]), ("Reason", command.reason)],
            back=f"/panel/{meeting_id}",
        )
    item.outcome, item.rationale = outcome, command.reason
    item.decided_by, item.decided_at = by.person_id, at
    db.session.flush()
    if not command.ratified:
        if referral.stage in TAKEN_BACK:
            move(referral, "panel", by=by, at=at, note="The panel did not ratify the chair’s action, and looks at it")
            if item.practitioner_id is not None:
                end_assessing(referral.child_id, item.practitioner_id, until_on=on)
        else:
            alert(
                kind="panel-not-ratified",
                path=f"/referrals/{referral.id}",
                sentence=f"{referral.reference}: the panel did not ratify the chair’s action. "
                "Please look at what was begun for the family.",
                role=Role.SERVICE_MANAGER,
                area_id=referral.area_id,
                child_id=referral.child_id,
                dedupe=f"panel-not-ratified:{item.id}",
            )
    return item


def action_here(meeting_id: UUID, item_id: UUID) -> PanelItem:
    """A chair's action on a meeting's agenda; raises `NotHere`."""
    return here(PanelItem, item_id, PanelItem.meeting_id == meeting_id, PanelItem.kind == "chairs-action")
