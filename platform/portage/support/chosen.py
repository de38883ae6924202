"""Which edition gives each term of a child's support: the one that judged the request, unless somebody chose another.

A term comes from another edition in two ways: its publisher moved it for the children who wait, or the policy says
that the day of the decision or of the first home visit chooses the longest support.
"""

from datetime import date
from uuid import UUID

from portage.editions.moves import moved_terms
from portage.editions.operations import edition_by_id, edition_on
from portage.policy import NoEditionInForce
from portage.support.pattern import LONGEST, support_by

TermsFrom = dict[str, dict[str, str]]  # path of a term to the edition that gives it, and why
MOVED, DECISION, FIRST_VISIT = "moved", "decision", "first-visit"


def chosen_for(edition_id: UUID, *, waiting_since: date, decided_on: date, on: date) -> TermsFrom:
    """The terms of a waiting child that come from another edition than the one that judged the request, on a day."""
    moved = moved_terms(edition_id, waiting_since=waiting_since, on=on)
    chosen = {path: {"edition": str(other), "because": MOVED} for path, other in moved.items()}
    by = support_by(edition_id, on=on, terms_from=chosen).pattern.longest_chosen_by
    if by == DECISION:
        return with_longest_of(decided_on, DECISION, edition_id, chosen)
    return with_longest_of(on, FIRST_VISIT, edition_id, chosen) if by == FIRST_VISIT else chosen


def with_longest_of(day: date, because: str, edition_id: UUID, chosen: TermsFrom) -> TermsFrom:
    """The same choice with the longest support of the edition in force on a day, unless a publisher moved that term."""
    if chosen.get(LONGEST, {}).get("because") == MOVED:
        return chosen
    others = {path: given for path, given in chosen.items() if path != LONGEST}
    try:
        _, edition = edition_on(day)
    except NoEditionInForce:
        return others
    if edition.id == edition_by_id(edition_id)[1].id:
        return others
    return {**others, LONGEST: {"edition": str(edition.id), "because": because}}
