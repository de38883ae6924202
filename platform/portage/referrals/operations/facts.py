"""What staff find out after a request arrived: each fact is kept with its basis, and the request is judged again."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.policy import Route
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals.models import Assessment, DelayRecord, Determination, Referral
from portage.referrals.operations.clocks import start_evidence_clocks
from portage.referrals.operations.judging import edition_of, judge
from portage.referrals.operations.stages import UNDECIDED, move
from portage.referrals.stage_words import STAGE_WORDS, recommendation


class FactsNotNow(PortageError):
    """What a decision rested on stays as it was when somebody decided."""

    code = "facts-not-now"
    message = (
        "This request is decided, and its facts stay as they were that day. "
        "Record that somebody asked for another look, or open the case again, and then write down what is new."
    )


@dataclass(frozen=True, slots=True)
class DelayFound:
    """A delay in one area of development, and on what basis; exactly one of the three forms is given."""

    area: str
    basis: str  # measured, judgement
    assessed_by: str
    percent: Decimal | None = None
    months: Decimal | None = None
    developmental_age_months: Decimal | None = None
    assessed_on: date | None = None
    instrument: str | None = None
    reason: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class FactsFound:
    """Other facts of a request. `changed` holds values by their path, such as `child.lives_in_area`."""

    version: int
    changed: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)  # of the request itself: who agreed, early help


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """The new determination, and what differs from the one before in sentences."""

    determination: Determination
    changes: tuple[str, ...]


def case_for_change(
    referral_id: UUID, *, version: int, yours: list[tuple[str, str]], theirs: list[tuple[str, str]] | None = None
) -> Referral:
    """Read a request and lock it until the commit; raises `ChangedMeanwhile` when the form is older."""
    referral = here(Referral, referral_id, lock=True)
    if referral.version != version:
        raise ChangedMeanwhile(
            theirs=theirs or [("Stage", STAGE_WORDS[referral.stage].name), ("Now", recommendation(referral.outcome))],
            yours=yours,
            back=f"/referrals/{referral_id}",
        )
    return referral


def _undecided(referral: Referral) -> None:
    if referral.stage not in (*UNDECIDED, "panel"):
        raise FactsNotNow


def record_delay(referral_id: UUID, found: DelayFound, *, by: Actor, at: datetime) -> JudgedAgain:
    """Keep a delay with its basis, put it among the facts, and judge again. The last row for an area holds."""
    referral = case_for_change(referral_id, version=found.version, yours=[(found.area, _figure(found))])
    _undecided(referral)
    db.session.add(
        DelayRecord(
            referral_id=referral.id,
            area=found.area,
            basis=found.basis,
            percent=found.percent,
            months=found.months,
            developmental_age_months=found.developmental_age_months,
            assessed_on=found.assessed_on,
            instrument=found.instrument,
            assessed_by=found.assessed_by,
            reason=found.reason,
            recorded_by=by.person_id,
        )
    )
    facts = deepcopy(referral.facts)
    delays = dict(facts.setdefault("child", {}).get("delay") or {})
    delays[found.area] = _as_fact(found)
    facts["child"]["delay"] = delays
    return change_facts(referral, facts, by=by, at=at)


def record_facts(referral_id: UUID, found: FactsFound, *, by: Actor, at: datetime) -> JudgedAgain:
    """Write down facts and what the request says about agreement and early help, and judge again."""
    yours = [(path, str(value)) for path, value in {**found.changed, **found.columns}.items()]
    referral = case_for_change(referral_id, version=found.version, yours=yours)
    _undecided(referral)
    facts = deepcopy(referral.facts)
    for path, value in found.changed.items():
        _put(facts, path, value)
    for name, value in found.columns.items():
        setattr(referral, name, value)
    return change_facts(referral, facts, by=by, at=at)


def change_facts(referral: Referral, facts: dict[str, Any], *, by: Actor, at: datetime) -> JudgedAgain:
    """Give a request new facts: judge them, move the request on if nobody decided yet, and say what changed."""
    before = last_determination(referral.id)
    referral.facts = facts
    flag_modified(referral, "facts")
    judged = judge(referral, by=by, at=at)
    start_evidence_clocks(referral, judged.answer, at.astimezone(LONDON).date())
    move_on(referral, by=by, at=at)
    return JudgedAgain(judged, differences(before.answer if before else None, judged.answer))


def judge_again(referral_id: UUID, *, version: int, by: Actor, at: datetime) -> JudgedAgain:
    """Judge a request anew on the facts that it has, after a policy that gave no answer was mended."""
    referral = case_for_change(referral_id, version=version, yours=[("Judge again", "Yes")])
    _undecided(referral)
    return change_facts(referral, referral.facts, by=by, at=at)


def move_on(referral: Referral, *, by: Actor, at: datetime) -> None:
    """Move an undecided request to where it now belongs; a panel's request stays on the agenda."""
    policy, edition = edition_of(referral.edition_id)
    route = policy.route(edition.terms, referral.route)
    stage = next_stage(referral, route)
    if referral.stage in UNDECIDED and stage != referral.stage:
        move(referral, stage, by=by, at=at)


def next_stage(referral: Referral, route: Route) -> str:
    """Where an undecided request belongs: information, assessment, panel, or a person who decides."""
    if route.decided_by == "panel":
        return "panel"
    if route.assessment_first and referral.outcome != "not-eligible" and not assessment_recorded(referral.id):
        if referral.outcome == "eligible" or assessment_of(referral.id, "booked") is not None:
            return "assessment"
        return "to-decide" if referral.outcome == NEEDS_A_PERSON else "information"
    return "information" if referral.outcome == "more-information" else "to-decide"


def assessment_of(referral_id: UUID, status: str) -> Assessment | None:
    """The latest assessment of a request with that status."""
    wanted = scoped(Assessment).where(Assessment.referral_id == referral_id, Assessment.status == status)
    return db.session.execute(wanted.order_by(Assessment.created_at.desc()).limit(1)).scalar_one_or_none()


def assessment_recorded(referral_id: UUID) -> bool:
    """Whether an assessment of this request has been recorded."""
    return assessment_of(referral_id, "recorded") is not None


def last_determination(referral_id: UUID) -> Determination | None:
    """What the policy said last."""
    wanted = (
        select(Determination)
        .where(Determination.tenant_id == current_tenant_id(), Determination.referral_id == referral_id)
        .order_by(Determination.made_at.desc(), Determination.id.desc())
        .limit(1)
    )
    return db.session.execute(wanted).scalar_one_or_none()


def differences(before: dict[str, Any] | None, after: dict[str, Any]) -> tuple[str, ...]:
    """What a new determination says that the one before did not, in sentences."""
    if before is None:
        return ()
    was = {finding["rule"]: finding["met"] for finding in before["findings"]}
    words = {True: "met", False: "not met", None: "not known"}
    said = [
        f"{finding['rule']} is now {words[finding['met']]}. It was {words[was.get(finding['rule'])]}."
        for finding in after["findings"]
        if finding["met"] is not was.get(finding["rule"])
    ]
    return tuple(said)


def _as_fact(found: DelayFound) -> dict[str, Any]:
    if found.percent is not None:
        return {"percent": _number(found.percent)}
    if found.months is not None:
        return {"months": _number(found.months)}
    if found.developmental_age_months is None or found.assessed_on is None:
        raise ValueError("a delay is given as a percentage, in months, or as an age on a day")
    return {
        "developmental_age_months": _number(found.developmental_age_months),
        "assessed_on": found.assessed_on.isoformat(),
    }


def _number(value: Decimal) -> int | float:
    """A number as JSON holds it: whole where it is whole, else the shortest text that reads back the same."""
    return int(value) if value == value.to_integral_value() else float(value)


def _figure(found: DelayFound) -> str:
    figures = {
        "percent": found.percent,
        "months of delay": found.months,
        "months of developmental age": found.developmental_age_months,
    }
    return "; ".join(f"{value} {unit}" for unit, value in figures.items() if value is not None)


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parts, last = path.split(".")
    at = facts
    for part in parts:
        at = at.setdefault(part, {})
    at[last] = value
