"""How an edition came to hold, or not to: who decided, what it corrects, that it was withdrawn. No rule reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Annotated, Any

from marshmallow import ValidationError

from portage.policy.facts import FactProblem
from portage.policy.said import said
from portage.policy.terms import Day, choice, part, schema_for, text, texts, whole

BODIES = {"committee": "a committee", "officer": "an officer with delegated power"}
LOCAL_OFFER = {"updated": "it is updated", "later": "it is updated later"}


def _day(about: str) -> Day:
    return Day(metadata={"about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """Who decided that an edition shall hold, and where that can be read."""

    body: Annotated[str, choice("Which body decided", BODIES)]
    by: Annotated[str, text("The committee, or the title of the officer")]
    on: Annotated[date, _day("Day of the decision")]
    minute_reference: Annotated[str, text("Reference of the minute or of the decision record")]
    call_in_ends_on: Annotated[date | None, _day("Last day of the call-in; left out = none applies")] = None
    equality_assessment: Annotated[str, text("Reference of the equality impact assessment")]
    source_address: Annotated[str | None, text("Address of the document that families can read")] = None
    local_offer: Annotated[str, choice("Whether the local offer is updated", LOCAL_OFFER)]
    local_offer_on: Annotated[date | None, _day("Day by which the local offer is updated")] = None
    published_on: Annotated[date | None, _day("Day on which it was published")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRecord:
    """Which edition was mistaken, and how."""

    effective_from: Annotated[date, _day("First day of the edition that it corrects")]
    revision: Annotated[int, whole("Which edition of that day; 0 = the first", least=0, most=999)] = 0
    reason: Annotated[str, text("What was wrong")]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRecord:
    """When an edition was withdrawn before its day, and why."""

    on: Annotated[date, _day("Day on which it was withdrawn")]
    reason: Annotated[str, text("Why it was withdrawn")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a file may say of an edition beside its terms."""

    revision: Annotated[int, whole("Which edition of its day; 0 = the first", least=0, most=999)] = 0
    waiting_moves: Annotated[tuple[str, ...], texts("Terms that hold for the children who wait as well")] = ()
    decision: Annotated[DecisionRecord | None, part(DecisionRecord)] = None
    correction: Annotated[CorrectionRecord | None, part(CorrectionRecord)] = None
    withdrawn: Annotated[WithdrawalRecord | None, part(WithdrawalRecord)] = None


@dataclass(frozen=True, slots=True)
class Told:
    """One edition of a file: what is for its policy to read, and the record beside it."""

    for_the_policy: Mapping[str, Any]
    record: Record = field(default_factory=Record)
    problems: tuple[FactProblem, ...] = ()


def as_table(record: Record) -> dict[str, Any]:
    """Return a record as a file holds it: nothing that is not said."""
    return {name: _without_gaps(value) for name, value in asdict(record).items() if value}


def _without_gaps(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if each is not None and each != 0}
    return list(value) if isinstance(value, tuple) else value


RECORD = tuple(Record.__dataclass_fields__)


def taken_apart(given: Mapping[str, Any]) -> Told:
    """Take the record out of an edition as a file holds it, with every field of it that is wrong."""
    schema = schema_for(Record)()
    rest = {name: value for name, value in given.items() if name not in (*RECORD, "plugin")}
    try:
        record: Record = schema.load({name: given[name] for name in RECORD if name in given})
    except ValidationError as error:
        return Told(rest, problems=tuple(FactProblem(*each) for each in said(schema, error.messages)))
    return Told(rest, record, tuple(_misfits(rest, record)))


def _misfits(rest: Mapping[str, Any], record: Record) -> list[FactProblem]:
    found = []
    if rest.get("effective_from") is None:
        held = ("decision", "correction", "withdrawn")
        told = [name for name in held if getattr(record, name) is not None]
        found = [FactProblem(name, "is of a published edition: a draft has none") for name in told]
    if record.revision and record.correction is None:
        found.append(FactProblem("correction", "is missing: a later edition of one day corrects the one before"))
    return found
