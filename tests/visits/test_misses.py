"""Counting missed visits: in a row or in all, of the kinds that the policy names, and never the service's own."""

from types import SimpleNamespace

import pytest

from portage.policy.arrangements import MissedVisitTerms
from portage.visits.misses import missed

DONE = SimpleNamespace(status="done", cancelled_by=None)
NO_ACCESS = SimpleNamespace(status="not-available", cancelled_by=None)
THEIRS = SimpleNamespace(status="cancelled", cancelled_by="family")
OURS = SimpleNamespace(status="cancelled", cancelled_by="service")
PLANNED = SimpleNamespace(status="planned", cancelled_by=None)


@pytest.mark.parametrize(
    ("counted", "absences", "visits", "expected"),
    [
        ("in-a-row", ("no-access", "cancelled-by-family"), [PLANNED, NO_ACCESS, OURS, THEIRS, DONE, NO_ACCESS], 2),
        ("in-all", ("no-access", "cancelled-by-family"), [PLANNED, NO_ACCESS, OURS, THEIRS, DONE, NO_ACCESS], 3),
        ("in-a-row", ("no-access",), [NO_ACCESS, THEIRS, NO_ACCESS, DONE, NO_ACCESS], 2),
        ("in-all", ("cancelled-by-family",), [NO_ACCESS, THEIRS, DONE, THEIRS], 2),
        ("in-a-row", ("no-access",), [DONE, NO_ACCESS], 0),
        ("in-all", ("no-access", "cancelled-by-family"), [OURS, OURS], 0),
    ],
)
def test_what_counts_is_what_the_policy_names(
    counted: str, absences: tuple[str, ...], visits: list[SimpleNamespace], expected: int
) -> None:
    rule = MissedVisitTerms(threshold=2, counted=counted, absences=absences, considered=("letter",))
    assert missed(visits, rule) == expected
