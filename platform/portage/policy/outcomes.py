"""The outcomes of many requests under one edition, and nothing else: no findings, no sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, overload

from portage.policy.columns import CODES, MET, NOT_KNOWN, NOT_MET, Answers, Columns
from portage.policy.rules import Rule, answers_of, test_of
from portage.policy.vocabulary import Outcome

if TYPE_CHECKING:
    from portage.policy.determination import Plan
    from portage.policy.edition import Edition

_PANEL: Final = 2  # met, where a panel decides
_OUTCOMES: Final[dict[int, Outcome]] = {
    NOT_MET: "not-eligible", NOT_KNOWN: "more-information", MET: "eligible", _PANEL: "panel",
}  # fmt: skip
_TO_PANEL: Final = bytes(_PANEL if code == MET else code for code in range(256))


class Outcomes(Sequence[Outcome]):
    """The outcome of each of many requests, in their order, kept in a byte each."""

    def __init__(self, codes: bytes) -> None:
        self._codes = codes

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, place: int) -> Outcome: ...
    @overload
    def __getitem__(self, place: slice) -> Outcomes: ...
    def __getitem__(self, place: int | slice) -> Outcome | Outcomes:
        """Return the outcome of one request, or those of some."""
        found = self._codes[place]
        return Outcomes(found) if isinstance(found, bytes) else _OUTCOMES[found]

    def __iter__(self) -> Iterator[Outcome]:
        return map(_OUTCOMES.__getitem__, self._codes)

    @property
    def counts(self) -> dict[Outcome, int]:
        """Return how many requests have each outcome."""
        return {_OUTCOMES[code]: number for code, number in Counter(self._codes).items()}

    def changes(self, other: Outcomes) -> list[int]:
        """Return the places at which two answers to the same requests differ."""
        pairs = zip(self._codes, other._codes, strict=True)
        return [place for place, (one, another) in enumerate(pairs) if one != another]


def outcomes_of(edition: Edition, columns: Columns) -> Outcomes:
    """Return the outcome of each request; the same as determining them one by one."""
    routes, answered, found = columns["route"], dict[Rule, Answers | None](), 0
    for route in routes.values:
        here = routes.answers(route.__eq__)
        plan = edition.plans[route]
        met = _all_met(plan, columns, here, answered)
        codes = met.codes.translate(_TO_PANEL) if plan.outcome == "panel" else met.codes
        found |= here.bits & int.from_bytes(codes, "little")
    return Outcomes(found.to_bytes(len(columns), "little"))


def _all_met(plan: Plan, columns: Columns, here: Answers, answered: dict[Rule, Answers | None]) -> Answers:
    """Return what all rules of a route come to; what stands at the requests of other routes means nothing."""
    found = here
    asked = [(rule, _answered(rule, columns, answered)) for rule in plan.rules]
    for _, answers in asked:
        found = found if answers is None else found & answers
    for rule in (rule for rule, answers in asked if answers is None):
        found &= _one_by_one(rule, columns, found)
    return found


def _answered(rule: Rule, columns: Columns, answered: dict[Rule, Answers | None]) -> Answers | None:
    """Ask a rule about all requests at once; routes that share a rule share its answers."""
    if not isinstance(rule, Hashable):
        return answers_of(rule, columns)
    if rule not in answered:
        answered[rule] = answers_of(rule, columns)
    return answered[rule]


def _one_by_one(rule: Rule, columns: Columns, found: Answers) -> Answers:
    """Ask a rule request by request, of its route alone and only while nothing has decided."""
    test, rows = test_of(rule), columns.rows
    codes = bytearray(len(rows))
    for place, code in enumerate(found.codes):
        if code != NOT_MET:
            codes[place] = CODES[test(rows[place])]
    return Answers.coded(bytes(codes))
