"""How a service arranges its work, as terms that any policy may state: visits, waiting, reviews, leaving and the like.

None of them acts by itself. Where a time runs out or a count is reached, the case is put before a person, and the
family is warned first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from portage.policy.terms import NamedTerms, choice, choices, part, table, text, texts, whole, yes_no

if TYPE_CHECKING:
    from portage.policy.plugin import Policy

UNITS: Final = {"days": "days", "working-days": "working days", "weeks": "weeks"}
COUNTS_FROM: Final = {
    "received": "the day the request arrives", "evidence": "the day the evidence is complete", "panel": "the panel",
}  # fmt: skip
CADENCES: Final = {
    "weekly": "every week", "fortnightly": "every two weeks", "monthly": "every four weeks",
    "termly": "every school term",
}  # fmt: skip
CADENCE_DAYS: Final = {"weekly": 7, "fortnightly": 14, "monthly": 28, "termly": 91}
BLOCK_UNITS: Final = {"visits": "visits", "weeks": "weeks", "months": "months", "school-terms": "school terms"}
REPEATS: Final = {"by-agreement": "as often as both agree", "until-longest": "until the longest support is reached"}
ORDER: Final = {
    "most-complex-need": "children with the most complex needs", "not-in-a-setting": "children not in a setting",
    "first-time": "families who ask for the first time", "date": "the date of the request",
}  # fmt: skip
TOO_OLD_WHILE_WAITING: Final = {
    "a-person-decides": "a person decides, and the family is told before",
    "other-support-is-found": "a person finds other support with the family",
}  # fmt: skip
ABSENCES: Final = {"no-access": "nobody was in", "cancelled-by-family": "the family cancelled"}
COUNTED: Final = {"in-a-row": "in a row", "in-all": "in all"}
CONSIDERED: Final = {
    "letter": "a letter to the family", "managers-check": "a manager's check",
    "back-to-waiting-list": "going back to the waiting list", "closing": "closing the case",
}  # fmt: skip
REVIEW_UNITS: Final = {"blocks": "blocks of visits", "weeks": "weeks", "months": "months"}
LEAVING: Final = {
    "moves-away": "the family moves away", "longest-support": "the longest support is reached",
    "age": "the child reaches the age limit", "full-time-nursery": "the child starts nursery full time",
    "no-longer-needed": "support is no longer needed", "not-available": "the family is not available for visits",
}  # fmt: skip
EVIDENCE_TIME: Final = "evidence-time"  # key of the clock within which papers may follow a request
INTRODUCTION: Final = "introductory-visit"  # key of the clock within which a first visit to the family is arranged
PANEL_SHARING: Final = "panel"  # key of the permission by which members from other services read a child's papers
LATER: Final = {"decision": "on the day of the decision", "support": "for as long as support lasts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstContactTerms:
    """The time within which the family hears from somebody."""

    number: Annotated[int, whole("First contact within", least=1, most=366, unit="days or weeks, see unit")]
    unit: Annotated[str, choice("Kind of days, or weeks", UNITS)]
    counts_from: Annotated[str, choice("What the time counts from", COUNTS_FROM)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelTerms:
    """The panel's rhythm, and who has to be there for it to decide."""

    every: Annotated[str, choice("How often the panel meets", CADENCES)]
    papers_days_before: Annotated[
        int | None, whole("Papers are in so many days before", least=1, most=60, unit="days")
    ] = None
    quorum: Annotated[int, whole("Members who are there at least; 0 = no quorum", least=0, most=20, unit="members")] = 0
    conflicted_count: Annotated[bool, yes_no("Who declared a conflict counts towards the quorum of that item")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTerms:
    """A block of visits."""

    length: Annotated[int, whole("Length of a block", least=1, most=60, unit="see unit")]
    unit: Annotated[str, choice("What the length counts", BLOCK_UNITS)]
    repeats: Annotated[str, choice("How long blocks follow one another", REPEATS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTerms:
    """A stage of support with its own rhythm."""

    name: Annotated[str, text("Name of the stage, such as: the first three visits")]
    every_weeks: Annotated[int, whole("Weeks from visit to visit", least=1, most=52, unit="weeks")]
    visits: Annotated[int | None, whole("Number of visits; left out = until the end", least=1, most=99)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTerms:
    """How visits are laid out beyond their length and place."""

    term_time_only: Annotated[bool, yes_no("Visits take place in term time only")] = False
    alternating: Annotated[bool, yes_no("Visits alternate between home and setting")] = False
    block: Annotated[BlockTerms | None, part(BlockTerms)] = None
    stages: Annotated[Mapping[str, StageTerms], table(StageTerms)] = field(default_factory=dict)
    hours_change: Annotated[str | None, text("How visits change with the hours in a setting")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTerms:
    """The waiting list."""

    order: Annotated[tuple[str, ...], choices("Who comes first, in this order", ORDER, ordered=True)]
    monitoring_weeks: Annotated[
        int | None, whole("A visit to see how the family is, every", least=1, most=52, unit="weeks")
    ] = None
    too_old: Annotated[str, choice("When a child becomes too old while waiting", TOO_OLD_WHILE_WAITING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedVisitTerms:
    """Visits that the family missed; the service's own cancellations never count."""

    threshold: Annotated[int, whole("Number of missed visits", least=1, most=20, unit="visits")]
    counted: Annotated[str, choice("How they are counted", COUNTED)]
    absences: Annotated[tuple[str, ...], choices("Which absences count", ABSENCES)]
    considered: Annotated[tuple[str, ...], choices("What a person may decide then", CONSIDERED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTerms:
    """When progress is looked at, and with whom."""

    every: Annotated[int, whole("A review every", least=1, most=60, unit="see unit")]
    unit: Annotated[str, choice("What that number counts", REVIEW_UNITS)]
    together_with: Annotated[tuple[str, ...], texts("Who takes part")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingTerms:
    """How support ends: a person closes the case, and the family is told before."""

    events: Annotated[tuple[str, ...], choices("What may end support", LEAVING)]
    report_to: Annotated[tuple[str, ...], texts("Who gets a report")] = ()
    onward: Annotated[tuple[str, ...], texts("Where families are pointed to next")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTerms:
    """A check that somebody who visits must have passed."""

    name: Annotated[str, text("Name of the check")]
    lasts_months: Annotated[int | None, whole("How long it lasts", least=1, most=120, unit="months")] = None
    dbs: Annotated[bool, yes_no("It is a DBS check, at the level that HR decided for the role")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorTerms:
    """Who may visit beside a home visitor."""

    volunteer_checks: Annotated[Mapping[str, CheckTerms], table(CheckTerms)] = field(default_factory=dict)
    supervision: Annotated[str, text("How volunteers are supervised")]
    interest_form: Annotated[bool, yes_no("People can offer to volunteer on the public site")] = False
    remind_days: Annotated[
        int | None, whole("A reminder so many days before a check is to be renewed", least=1, most=180, unit="days")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTerms:
    """What the service calls things."""

    roles: Annotated[Mapping[str, NamedTerms], table(NamedTerms)] = field(default_factory=dict)
    letters: Annotated[Mapping[str, NamedTerms], table(NamedTerms)] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDeadline:
    """The time that evidence may take; when it runs out, a person closes the request or extends the time."""

    weeks: int
    warn_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangements:
    """What an edition says of the work beside its conditions; None where it says nothing."""

    looks_again: tuple[str, ...] = ()  # when a person looks at the age again: decision, support
    evidence_deadline: EvidenceDeadline | None = None
    first_contact: FirstContactTerms | None = None
    panel: PanelTerms | None = None
    visits: VisitTerms | None = None
    waiting_list: WaitingTerms | None = None
    missed_visits: MissedVisitTerms | None = None
    reviews: ReviewTerms | None = None
    leaving: LeavingTerms | None = None
    visitors: VisitorTerms | None = None
    words: WordTerms | None = None


def keeps_to_terms(policy: Policy[Any], terms: Any) -> bool:
    """Say whether visits take place in school terms only; a policy that says nothing of it lets them all year.

    A policy whose blocks are school terms says it with them.
    """
    stated = policy.arrangements(terms).visits
    return (stated is not None and stated.term_time_only) or terms.support.block == "school-term"
