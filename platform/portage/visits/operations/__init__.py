"""Verbs on visits: plan, move, record, and write down a worry."""

from portage.visits.operations.clashing import away_for, clashes
from portage.visits.operations.concerns import (
    Handling,
    Worry,
    areas_looked_after,
    concern_for,
    handle_concern,
    raise_concern,
    who_handles,
)
from portage.visits.operations.moving import CancelVisits, Moved, MoveVisit, cancel_visits, following, move_visit
from portage.visits.operations.planning import PlanVisits, Prospect, plan_visits, prospect, visit_here
from portage.visits.operations.recording import Record, record_visit, tried_in

__all__ = [
    "CancelVisits",
    "Handling",
    "MoveVisit",
    "Moved",
    "PlanVisits",
    "Prospect",
    "Record",
    "Worry",
    "areas_looked_after",
    "away_for",
    "cancel_visits",
    "clashes",
    "concern_for",
    "following",
    "handle_concern",
    "move_visit",
    "plan_visits",
    "prospect",
    "raise_concern",
    "record_visit",
    "tried_in",
    "visit_here",
    "who_handles",
]
