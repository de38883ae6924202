"""What the pages of the panel share: the rules in force, what the viewer reads of each row, and the words."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from portage.core import clock
from portage.core.access import Can
from portage.core.errors import NotHere
from portage.core.identity import Viewer, viewer
from portage.editions.operations import edition_on
from portage.panels import queries
from portage.panels.operations import current_meeting, meeting_here, planned_meetings
from portage.panels.queries import Asking
from portage.panels.redaction import Sight, family_allows, sight_of
from portage.panels.rules import PanelRules, panel_rules
from portage.panels.words import OUTCOME_WORDS
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals import case_words
from portage.referrals.stage_words import DECISIONS, STAGE_WORDS
from portage.referrals.timing import in_words


def rules_here() -> PanelRules:
    """The rules of the panel by the policy in force today; a council without a panel has none of its pages."""
    rules = panel_rules(clock.today())
    if rules is None:
        raise NotHere
    return rules


def asking(meeting_id: UUID) -> Asking:
    """What is asked about a meeting, for this viewer; raises `NotHere`."""
    return Asking(meeting_here(meeting_id), rules_here(), viewer())


def is_current(meeting_id: UUID) -> bool:
    """Whether a meeting is the one that has the agenda today."""
    current = current_meeting(planned_meetings(), clock.today())
    return current is not None and current.id == meeting_id


def sight(row: Row[Any], who: Viewer) -> Sight:
    """What this viewer reads of a row of the agenda or the minutes."""
    return sight_of(who, allowed=family_allows(row.allowed, row.agreement))


def sights(rows: Iterable[Row[Any]], who: Viewer) -> dict[UUID, Sight]:
    """The same for each row, by request."""
    return {row.id: sight(row, who) for row in rows}


def shared_words() -> dict[str, object]:
    """The words of every page of the panel."""
    policy, edition = edition_on(clock.today())
    return {
        "today": clock.today(),
        "decisions": DECISIONS,
        "outcomes": OUTCOME_WORDS,
        "stages": STAGE_WORDS,
        "needs_a_person": NEEDS_A_PERSON,
        "in_words": in_words,
        "missing_words": partial(case_words.missing, policy=policy),
        "route_names": {route.key: route.name for route in policy.routes(edition.terms)},
        "may_chair": Can.CHAIR_PANEL in viewer().can,
    }


def pages(total: int, size: int = queries.PAGE) -> int:
    """How many pages a list has."""
    return max(1, -(-total // size))
