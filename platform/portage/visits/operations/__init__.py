"""Verbs on visits: plan, move, record, and write down a worry."""

from portage.visits.operations.concerns import (
    Handling,
    Worry,
    areas_looked_after,
    concern_for,
    handle_concern,
    raise_concern,
    who_handles,
)
from portage.visits.operations.planning import (
    MoveVisit,
    PlanVisits,
    Prospect,
    clashes,
    move_visit,
    plan_visits,
    prospect,
    visit_here,
)
from portage.visits.operations.recording import Record, record_visit, tried_in

__all__ = [
    "Handling",
    "MoveVisit",
    "PlanVisits",
    "Prospect",
    "Record",
    "Worry",
    "areas_looked_after",
    "clashes",
    "concern_for",
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
