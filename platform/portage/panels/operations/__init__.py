"""Verbs of the panel: plan, decide item by item, ratify, close, cancel, correct, and arrange the first visit."""

from portage.panels.operations.actions import Ratifying, action_here, next_meeting, ratify, take_action
from portage.panels.operations.introductions import (
    AFTER_YES,
    Arranging,
    Introduced,
    allocated_to,
    arrange,
    arranged_for,
    last_introduction,
    record_introduction,
)
from portage.panels.operations.items import (
    Deferring,
    PanelDeciding,
    add_late,
    decide_item,
    declare_conflict,
    defer_item,
)
from portage.panels.operations.meetings import (
    AHEAD,
    Planned,
    cancel_meeting,
    close_meeting,
    current_meeting,
    meeting_here,
    plan_ahead,
    plan_meetings,
    planned_meetings,
    waiting_now,
)
from portage.panels.operations.minutes import Correcting, correct
from portage.panels.operations.quorum import record_attendance

__all__ = [
    "AFTER_YES",
    "AHEAD",
    "Arranging",
    "Correcting",
    "Deferring",
    "Introduced",
    "PanelDeciding",
    "Planned",
    "Ratifying",
    "action_here",
    "add_late",
    "allocated_to",
    "arrange",
    "arranged_for",
    "cancel_meeting",
    "close_meeting",
    "correct",
    "current_meeting",
    "decide_item",
    "declare_conflict",
    "defer_item",
    "last_introduction",
    "meeting_here",
    "next_meeting",
    "plan_ahead",
    "plan_meetings",
    "planned_meetings",
    "ratify",
    "record_attendance",
    "record_introduction",
    "take_action",
    "waiting_now",
]
