"""Where a request stands, and the history of how it came there."""

from datetime import datetime

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.policy import Route
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals.models import STAGES, Referral, StageChange
from portage.referrals.operations.troubles import settle_troubles

ENDED = frozenset({"declined", "signposted", "closed"})
UNDECIDED = ("new", "information", "assessment", "to-decide")
TAKES_PAPERS = (*UNDECIDED, "panel")  # until there is an outcome


def move(referral: Referral, stage: str, *, by: Actor, at: datetime, note: str | None = None) -> StageChange:
    """Move a request to a stage and write that into its history; an ending stage sets the day, reopening takes it."""
    if stage not in STAGES:
        raise ValueError(f"no stage is called {stage!r}")
    referral.stage = stage
    referral.closed_on = at.astimezone(LONDON).date() if stage in ENDED else None
    if stage not in ENDED:
        referral.closed_reason = None
    if referral.outcome == NEEDS_A_PERSON and stage not in (*UNDECIDED, "panel"):
        settle_troubles(referral.id, at=at)  # a person has looked: it waits for no plugin any more
    change = StageChange(referral_id=referral.id, at=at, stage=stage, actor=by.label, person_id=by.person_id, note=note)
    db.session.add(change)
    db.session.flush()
    return change


def first_stage(route: Route, outcome: str) -> str:
    """Where a request starts: a panel sees every request of its routes, missing papers or not.

    Nothing starts as refused: a request that does not meet the published conditions is new, and a person decides.
    """
    if route.decided_by == "panel":
        return "panel"
    return "information" if outcome == "more-information" else "new"
