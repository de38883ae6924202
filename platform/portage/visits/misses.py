"""Visits that a family missed, counted as its policy counts them; what the service cancelled is left out always."""

from collections.abc import Iterable
from typing import Any

from portage.policy.arrangements import CONSIDERED, MissedVisitTerms
from portage.support.pattern import Support

# Where a policy says nothing: two in a row are a reason to ask how a family is.
UNSTATED = MissedVisitTerms(
    threshold=2, counted="in-a-row", absences=("no-access", "cancelled-by-family"), considered=("managers-check",)
)
SAFEGUARDING = "A missed visit can be a sign that a family needs more help, not less. Ask first if the child is safe."
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def rule_of(support: Support) -> MissedVisitTerms:
    """How many missed visits the policy of a child speaks of, and which it counts."""
    return support.policy.arrangements(support.terms).missed_visits or UNSTATED


def missed(visits: Iterable[Any], rule: MissedVisitTerms) -> int:
    """How many the family missed. `visits` are rows with `status` and `cancelled_by`, the newest first."""
    count = 0
    for visit in visits:
        if _counts(visit, rule):
            count += 1
        elif visit.status == "done" and rule.counted == "in-a-row":
            break
    return count


def sentence(rule: MissedVisitTerms) -> str:
    """What a manager reads once the number is reached; nothing follows by itself."""
    number = _NUMBERS[rule.threshold] if rule.threshold < len(_NUMBERS) else str(rule.threshold)
    visits = "visit" if rule.threshold == 1 else "visits"
    row = " in a row" if rule.counted == "in-a-row" and rule.threshold > 1 else ""
    return f"{number} or more {visits}{row} did not take place. Please see how the family is, and what would help."


def considered(rule: MissedVisitTerms) -> str:
    """What a person may decide then, as the policy names it."""
    return "The policy lets a person consider: " + "; ".join(CONSIDERED[key] for key in rule.considered) + "."


def _counts(visit: Any, rule: MissedVisitTerms) -> bool:
    if visit.status == "not-available":
        return "no-access" in rule.absences
    return visit.status == "cancelled" and visit.cancelled_by == "family" and "cancelled-by-family" in rule.absences
