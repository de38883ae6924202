"""What a finished preview says: counts by outcome, age and area team, which findings turn, and who would change."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.policy import OUTCOMES, Edition, Policy
from portage.policy.careful import NEEDS_A_PERSON
from portage.previews.cases import AGES
from portage.previews.comparing import NOT_OFFERED
from portage.previews.models import Preview, PreviewChange
from portage.previews.sight import Sight
from portage.tenants.models import Area

PAGE = 50
MEETS = frozenset({"eligible", "panel"})
WORDS = {
    **OUTCOMES,
    NEEDS_A_PERSON: "The policy gave no answer",
    NOT_OFFERED: "The draft has no such way to ask",
    "": "Not judged yet",
}
AGE_WORDS = {0: "Under 1", 1: "1 year", 2: "2 years", 3: "3 years", 4: "4 years", 5: "5 years and over"}
MET = {True: "met", False: "not met", None: "not known"}
NO_AREA = "No area team"


class Bar(NamedTuple):
    """One row of a table and its chart: the count now and by the draft; None is hidden."""

    label: str
    now: int | None
    then: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is drawn as a chart as well."""

    key: str
    title: str
    first: str  # what the rows are
    counts: str  # what the two columns count
    rows: list[Bar]

    @property
    def most(self) -> int:
        return max((number for row in self.rows for number in (row.now, row.then) if number), default=1)


class Move(NamedTuple):
    """How many requests go from one outcome to another."""

    was: str
    now: str
    cases: int | None


class TurnedRule(NamedTuple):
    """How often a finding turns."""

    rule: str
    title: str
    was: str
    now: str
    cases: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A preview as one viewer sees it."""

    total: int | None
    changed: int | None
    newly_met: int | None
    no_longer_met: int | None
    other_reason: int | None
    earlier: int | None
    tables: list[Table]
    moves: list[Move]
    turned: list[TurnedRule]


def result_of(preview: Preview, policy: Policy[Any], edition: Edition, sight: Sight) -> Result:
    """Add up the counts that the viewer sees."""
    cells = [(cell[0] or "", *cell[1:]) for cell in preview.cells if sight.holds(cell[2])]
    moves = [move for move in preview.moves if sight.holds(move[3])]
    moved = [move for move in moves if move[0] != move[1]]
    pairs: Counter[tuple[str, str]] = Counter()
    for was, now, *_, number in moved:
        pairs[was, now] += number

    def count(wanted: Callable[[Any], bool]) -> int | None:
        return sight.number(sum(move[-1] for move in moves if wanted(move)))

    listed = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    return Result(
        total=sight.number(sum(cell[-1] for cell in cells)),
        changed=count(lambda move: move[0] != move[1]),
        newly_met=count(lambda move: move[0] not in MEETS and move[1] in MEETS),
        no_longer_met=count(lambda move: move[0] in MEETS and move[1] not in MEETS),
        other_reason=count(lambda move: move[0] == move[1] and not move[4]),
        earlier=count(lambda move: move[4]),
        tables=[*_tables(cells, moved, sight)],
        moves=[
            Move(*pair, number)
            for pair, number in zip(listed, sight.numbers([pairs[pair] for pair in listed]), strict=True)
        ],
        turned=_turned(preview, policy, edition, sight),
    )


def _tables(cells: list[Any], moved: list[Any], sight: Sight) -> Iterable[Table]:
    now: Counter[str] = Counter()
    change: Counter[str] = Counter()
    for cell in cells:
        now[cell[0]] += cell[-1]
    for was, to, *_, number in moved:
        change[was] -= number
        change[to] += number
    outcomes = [key for key in WORDS if now[key] or change[key]]
    yield _table(
        "outcome", "By outcome", "Outcome", "Requests", [(WORDS[key], key) for key in outcomes], now, change, sight
    )
    ages = [(AGE_WORDS[age], age) for age in AGES]
    yield _of_those_who_meet("age", "By age when the request arrived", "Age", 1, ages, cells, moved, sight)
    names = {str(area_id): name for area_id, name in area_names().items()}
    teams: list[tuple[str, Any]] = [
        *((name, area_id) for area_id, name in names.items() if sight.holds(area_id)), (NO_AREA, None),
    ]  # fmt: skip
    if names:
        yield _of_those_who_meet("area", "By area team", "Area team", 2, teams, cells, moved, sight)


def _of_those_who_meet(
    key: str, title: str, first: str, place: int, rows: list[tuple[str, Any]], cells: list[Any], moved: list[Any],
    sight: Sight,
) -> Table:  # fmt: skip
    """Count the requests that meet the conditions; `place` is where a cell says which row it belongs to."""
    now: Counter[Any] = Counter()
    change: Counter[Any] = Counter()
    for cell in cells:
        now[cell[place]] += cell[-1] if cell[0] in MEETS else 0
    for move in moved:
        change[move[place + 1]] += move[-1] * ((move[1] in MEETS) - (move[0] in MEETS))
    shown = [row for row in rows if now[row[1]] or change[row[1]] or row[1] is not None]
    return _table(key, title, first, "Requests that meet the conditions", shown, now, change, sight)


def _table(
    key: str, title: str, first: str, counts: str, rows: list[tuple[str, Any]], now: Counter[Any], change: Counter[Any],
    sight: Sight,
) -> Table:  # fmt: skip
    before = sight.numbers([now[row] for _, row in rows])
    after = sight.numbers([now[row] + change[row] for _, row in rows])
    bars = [Bar(label, *pair) for (label, _), pair in zip(rows, zip(before, after, strict=True), strict=True)]
    return Table(key, title, first, counts, bars)


def _turned(preview: Preview, policy: Policy[Any], edition: Edition, sight: Sight) -> list[TurnedRule]:
    counts: Counter[tuple[str, Any, Any]] = Counter()
    for rule, was, now, area_id, number in preview.turned:
        if sight.holds(area_id):
            counts[rule, was, now] += number
    keys = sorted(counts, key=lambda key: (key[0], -counts[key]))
    shown = sight.numbers([counts[key] for key in keys])
    return [
        TurnedRule(rule, title_of(policy, edition, rule), MET[was], MET[now], number)
        for (rule, was, now), number in zip(keys, shown, strict=True)
    ]


def title_of(policy: Policy[Any], edition: Edition, rule: str) -> str:
    """The title of a finding, or its number where the draft no longer names it."""
    try:
        return policy.rule_title(edition.terms, rule)
    except KeyError:
        return rule


def area_names() -> dict[UUID, str]:
    """The area teams of the council by their ids, in the order of their names."""
    rows = db.session.execute(
        select(Area.id, Area.name).where(Area.tenant_id == current_tenant_id()).order_by(Area.name)
    )
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class Listed:
    """Which of the requests that change a list shows."""

    was: str = ""
    now: str = ""
    earlier: bool = False
    page: int = 1


_SHOWN = (
    PreviewChange.referral_id, PreviewChange.reference, PreviewChange.area_id, PreviewChange.stage,
    PreviewChange.received_on, PreviewChange.age, PreviewChange.was, PreviewChange.now, PreviewChange.turned,
    PreviewChange.aged_out_on, PreviewChange.ages_out_on,
)  # fmt: skip


def changes(preview_id: UUID, sight: Sight, wanted: Listed) -> list[Any]:
    """One page of the requests that change, in the order in which they arrived."""
    found = _of(preview_id, sight, wanted, select(*_SHOWN)).order_by(PreviewChange.referral_id)
    return list(db.session.execute(found.limit(PAGE).offset((wanted.page - 1) * PAGE)))


def all_changes(preview_id: UUID, sight: Sight) -> list[Any]:
    """Every request that changes, for a download."""
    found = _of(preview_id, sight, Listed(), select(*_SHOWN)).order_by(PreviewChange.referral_id)
    return list(db.session.execute(found))


def how_many(preview_id: UUID, sight: Sight, wanted: Listed, *, since: date | None = None) -> int:
    """How many requests a list has on all its pages; `since` counts those alone that arrived on or after a day."""
    found = _of(preview_id, sight, wanted, select(func.count(PreviewChange.id)))
    if since is not None:
        found = found.where(PreviewChange.received_on >= since)
    counted: int = db.session.execute(found).scalar_one()
    return counted


def _of(preview_id: UUID, sight: Sight, wanted: Listed, chosen: Select[Any]) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        PreviewChange.tenant_id == current_tenant_id(), PreviewChange.preview_id == preview_id,
    ]  # fmt: skip
    if sight.areas:
        conditions.append(or_(PreviewChange.area_id.is_(None), PreviewChange.area_id.in_(sight.areas)))
    if wanted.was:
        conditions.append(PreviewChange.was == wanted.was)
    if wanted.now:
        conditions.append(PreviewChange.now == wanted.now)
    if wanted.earlier:
        conditions.append(PreviewChange.ages_out_on.is_not(None))
    return chosen.where(*conditions)
