"""Every answer that was kept, beside the answer of the same edition on another policy. Writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.policy import Edition, FactErrors, Policy
from portage.policy.careful import NEEDS_A_PERSON, judge_with_care
from portage.referrals.models import Determination, Referral
from portage.referrals.redetermining import OTHER_WORDS, Differing, differences
from portage.referrals.stage_words import OPEN_STAGES

_AT_A_TIME = 500
Pair = tuple[Policy[Any], Edition]


@dataclass(frozen=True, slots=True)
class Placed:
    """An edition as it is kept, None where its policy is away, and as it would be kept instead."""

    now: Pair | None
    instead: Pair


@dataclass(slots=True)
class Witnessed:
    """What came of the kept answers of a council when they were asked for again."""

    answers: int = 0  # that were kept, of open and closed cases
    open_cases: int = 0  # that these answers are about
    other_words: int = 0  # say the same, one finding or more in other words
    earlier_rules: int = 0  # differ, and the policy that is left differs from them in the same way today
    unanswered: int = 0  # were never given: a person had to look
    differ: list[Differing] = field(default_factory=list)


def witness(editions: Mapping[UUID, Placed]) -> Witnessed:
    """Ask for every kept answer of these editions again, by what is to take their place; ids are those of rows."""
    found, still_open = Witnessed(), set()
    for kept in _kept(list(editions)):
        found.answers += 1
        if kept.stage in OPEN_STAGES:
            still_open.add(kept.reference)
        if kept.outcome == NEEDS_A_PERSON:
            found.unanswered += 1
        else:
            _compare(kept, editions[kept.edition_id], found)
    found.open_cases = len(still_open)
    return found


def _kept(editions: list[UUID]) -> Iterator[Row[Any]]:
    tenant_id = current_tenant_id()
    same_case = and_(Determination.tenant_id == Referral.tenant_id, Determination.referral_id == Referral.id)
    columns = Determination.edition_id, Determination.facts, Determination.answer, Determination.outcome
    wanted = (
        select(Referral.reference, Referral.stage, *columns)
        .join(Determination, same_case)
        .where(Referral.tenant_id == tenant_id, Determination.tenant_id == tenant_id)
        .where(Determination.edition_id.in_(editions))
        .order_by(Referral.reference, Determination.made_at, Determination.id)
    )
    yield from db.session.execute(wanted.execution_options(yield_per=_AT_A_TIME))


def _compare(kept: Row[Any], placed: Placed, found: Witnessed) -> None:
    answer, says = _answer(placed.instead, kept.facts)
    if answer is not None:
        said = list(differences(kept.answer, answer))
        says = tuple(each for each in said if not each.endswith(OTHER_WORDS))
        if not says:
            found.other_words += bool(said)
            return
        if placed.now and _only_words(_answer(placed.now, kept.facts)[0], answer):
            found.earlier_rules += 1
            return
    found.differ.append(Differing(kept.reference, says))


def _answer(pair: Pair, facts: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
    """The answer, or why there is none."""
    try:
        judged = judge_with_care(*pair, facts)
    except FactErrors as wrong:
        return None, tuple(f"{path} is not read, or in another way" for path, _ in wrong.problems)
    return (None, (str(judged.failed),)) if judged.failed else (judged.answer, ())


def _only_words(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    return before is not None and all(each.endswith(OTHER_WORDS) for each in differences(before, after))
