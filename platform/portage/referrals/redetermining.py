"""Judging every open case again before a release, beside the answer that was kept for it. Writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.editions.operations import edition_by_id
from portage.policy import FactErrors
from portage.policy.careful import NEEDS_A_PERSON, judge_with_care
from portage.referrals.models import Determination, Referral
from portage.referrals.stage_words import OPEN_STAGES, recommendation

OTHER_WORDS = "is put in other words"
_AT_A_TIME = 500
_MET = {True: "met", False: "not met", None: "not known"}
_FIELDS = {
    "missing": "what is missing",
    "offers": "what may be offered",
    "support": "the pattern of support",
    "ages_out_on": "the day of ageing out",
    "edition": "the edition's own words",
    "tenant": "the council's name",
}


@dataclass(frozen=True, slots=True)
class Differing:
    """One case, by its reference, and in sentences what would be answered otherwise; no name and no fact."""

    reference: str
    says: tuple[str, ...]


@dataclass(slots=True)
class Redetermined:
    """What came of one council's open cases."""

    same: int = 0
    differ: list[Differing] = field(default_factory=list)
    failed: list[Differing] = field(default_factory=list)  # the rules installed now give no answer

    @property
    def judged(self) -> int:
        """How many cases were asked about."""
        return self.same + len(self.differ) + len(self.failed)


def redetermine() -> Redetermined:
    """Judge the open cases of the council in scope again, each by its own edition; the transaction cannot write."""
    db.session.execute(text("set transaction read only"))
    found = Redetermined()
    for case in _open_cases():
        says, answered = _beside(case)
        if not answered:
            found.failed.append(Differing(case.reference, says))
        elif says:
            found.differ.append(Differing(case.reference, says))
        else:
            found.same += 1
    db.session.rollback()
    return found


def _open_cases() -> Iterator[Row[Any]]:
    """The last answer that was kept for each open case, by reference."""
    tenant_id = current_tenant_id()
    last = (
        select(
            Referral.reference,
            Determination.facts,
            Determination.answer,
            Determination.outcome,
            Determination.edition_id,
        )
        .join(
            Determination,
            and_(Determination.tenant_id == Referral.tenant_id, Determination.referral_id == Referral.id),
        )
        .where(Referral.tenant_id == tenant_id, Determination.tenant_id == tenant_id, Referral.stage.in_(OPEN_STAGES))
        .ext(distinct_on(Referral.reference))
        .order_by(Referral.reference, Determination.made_at.desc(), Determination.id.desc())
    )
    yield from db.session.execute(last.execution_options(yield_per=_AT_A_TIME))


def _beside(case: Row[Any]) -> tuple[tuple[str, ...], bool]:
    """What would be said otherwise, and whether there is an answer at all."""
    try:
        judged = judge_with_care(*edition_by_id(case.edition_id), case.facts)
    except FactErrors as wrong:
        return tuple(f"{path} is read in another way now" for path, _ in wrong.problems), False
    if judged.failed is not None:
        return (str(judged.failed),), False
    return tuple(differences(case.answer, judged.answer)), True


def differences(before: Any, after: Any) -> Iterator[str]:
    """Yield a sentence for each thing that two answers to one request say otherwise; none names a fact."""
    if before["outcome"] != after["outcome"]:
        yield f"{recommendation(before['outcome'])} -> {recommendation(after['outcome'])}"
    if before["outcome"] == NEEDS_A_PERSON:
        return  # nothing else was answered then
    was = {finding["rule"]: finding for finding in before["findings"]}
    now = {finding["rule"]: finding for finding in after["findings"]}
    for rule in [*now, *(rule for rule in was if rule not in now)]:
        if rule not in was or rule not in now:
            yield f"{rule} is {'new' if rule in now else 'gone'}"
        elif was[rule]["met"] is not now[rule]["met"]:
            yield f"{rule} was {_MET[was[rule]['met']]}, would be {_MET[now[rule]['met']]}"
        elif was[rule]["because"] != now[rule]["because"]:
            yield f"{rule} {OTHER_WORDS}"
    yield from (f"{words} differs" for name, words in _FIELDS.items() if before.get(name) != after.get(name))
