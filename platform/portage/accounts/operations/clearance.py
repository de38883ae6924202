"""Whether a volunteer may visit on a day: the one place that decides it, asked at every click.

It is worked out from the checks and the policy of that day. No job has to run for a check to lapse, and nothing that
lapsed opens again by itself: recording a renewal is one act, letting the volunteer visit again is another.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, select

from portage.accounts.models import LEVELS, VolunteerCheck, VolunteerClearance
from portage.core.db import db
from portage.core.errors import NotAllowed, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import TENANT, scoped
from portage.editions.operations import edition_on
from portage.policy import NoEditionInForce
from portage.policy.arrangements import CheckTerms, VisitorTerms
from portage.policy.dates import add_months, in_words

# Where the policy has volunteers and names no check: an assumption of the platform, shown as one.
ASSUMED_CHECKS: Mapping[str, CheckTerms] = {"dbs": CheckTerms(name="DBS check", lasts_months=36, dbs=True)}
LEVEL_WORDS = {
    "basic": "Basic",
    "standard": "Standard",
    "enhanced": "Enhanced",
    "enhanced-barred": "Enhanced, with the children’s barred list",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the policy of a day asks of volunteers; `assumed` where it names no check and the platform's is taken."""

    checks: Mapping[str, CheckTerms]
    terms: VisitorTerms | None
    assumed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a volunteer may visit on a day. `until` is the last such day, `problems` why it is not this one."""

    may_visit: bool
    until: date | None
    problems: tuple[str, ...]
    status: str = "none"  # none, open, suspended, ended: what a person decided last


@dataclass(frozen=True, slots=True)
class NewCheck:
    """A check that somebody saw, by the policy's key; an Update Service look names the certificate it was made for."""

    kind: str
    how: str
    issued_on: date
    checked_on: date
    cleared: bool
    level: str | None = None
    certificate_number: str | None = None


class NotCleared(PortageError):
    """Somebody may not visit yet; `missing` says what is not there."""

    code = "not-cleared"
    message = "Something is missing before this volunteer may visit."

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__()
        self.missing = tuple(missing)


def rules_on(on: date) -> Rules | None:
    """What the policy in force that day asks of volunteers; None where it has none, or none is in force."""
    try:
        policy, edition = edition_on(on)
    except NoEditionInForce:
        return None
    if not policy.support_pattern(edition.terms).volunteers:
        return None
    terms = policy.arrangements(edition.terms).visitors
    named = terms.volunteer_checks if terms else {}
    return Rules(named or ASSUMED_CHECKS, terms, assumed=not named)


def standing(person_id: UUID, *, on: date) -> Standing:
    """Whether one person may visit as a volunteer that day."""
    return standings([person_id], on=on)[person_id]


def standings(person_ids: Collection[UUID], *, on: date) -> dict[UUID, Standing]:
    """The same for several people, in one query; everybody asked for has an answer."""
    rules, rows = rules_on(on), _rows(person_ids)
    return {key: _judge(rows.get(key, []), rules, on) for key in person_ids}


def _judge(rows: Sequence[Row[*tuple[Any, ...]]], rules: Rules | None, on: date) -> Standing:
    if not rows:
        return Standing(False, None, ("Nobody has let this volunteer visit yet.",))
    held: VolunteerClearance = rows[0].VolunteerClearance
    if rules is None:
        return Standing(False, None, ("The policy in force does not provide for volunteers.",), held.status)
    checks = [row.VolunteerCheck for row in rows if row.VolunteerCheck is not None]
    problems = [*_decided(held, on), *check_problems(checks, rules, held.level, on)]
    if problems:
        return Standing(False, None, tuple(problems), held.status)
    days = [day for day in (held.until_on, last_day(checks, rules, on)) if day is not None]
    return Standing(True, min(days, default=None), (), held.status)


def _decided(held: VolunteerClearance, on: date) -> Iterable[str]:
    if held.status == "suspended":
        yield "Visiting is suspended until a person looks at it."
    elif held.status == "ended":
        yield "This volunteer has left."
    if on < held.since:
        yield f"Visiting begins on {in_words(held.since)}."
    if held.until_on is not None and on > held.until_on:
        yield f"A check was to be renewed by {in_words(held.until_on)}, and nobody has let this volunteer visit since."


def check_problems(checks: Iterable[VolunteerCheck], rules: Rules, level: str | None, on: date) -> list[str]:
    """What is wrong with the checks on a day, a sentence for each that the policy asks for and that is not in order."""
    known = list(checks)
    found = ((terms, _latest(known, key, on)) for key, terms in rules.checks.items())
    return [problem for terms, check in found if (problem := _problem(terms, check, level, on))]


def _problem(terms: CheckTerms, check: VolunteerCheck | None, level: str | None, on: date) -> str | None:
    if check is None:
        return f"{terms.name}: nobody has recorded it."
    if not check.cleared:
        return f"{terms.name}: not cleared."
    if terms.dbs and (check.level is None or (level and LEVELS.index(check.level) < LEVELS.index(level))):
        return f"{terms.name}: it is of a lower level than the one that HR decided."
    day = _last_day(terms, check)
    return f"{terms.name}: it was to be renewed by {in_words(day)}." if day is not None and on > day else None


def last_day(checks: Iterable[VolunteerCheck], rules: Rules, on: date) -> date | None:
    """The last day on which every check is in date, by what is recorded until a day; None where none is renewed."""
    known = list(checks)
    pairs = ((terms, _latest(known, key, on)) for key, terms in rules.checks.items())
    days = [day for terms, check in pairs if check and (day := _last_day(terms, check)) is not None]
    return min(days, default=None)


def _last_day(terms: CheckTerms, check: VolunteerCheck) -> date | None:
    if terms.lasts_months is None:
        return None
    return add_months(check.counts_from, terms.lasts_months) - timedelta(days=1)


def renew_by(terms: CheckTerms, check: VolunteerCheck) -> date | None:
    """The last day on which a check is in date; None for one that is never renewed."""
    return _last_day(terms, check)


def _latest(checks: Iterable[VolunteerCheck], kind: str, on: date) -> VolunteerCheck | None:
    mine = [check for check in checks if check.kind == kind and check.checked_on <= on]
    return max(mine, key=lambda check: (check.checked_on, check.created_at, check.id), default=None)


def latest_checks(person_id: UUID, on: date) -> dict[str, VolunteerCheck]:
    """The check that counts of each kind, by the policy's key."""
    known = checks_of(person_id)
    kinds = dict.fromkeys(check.kind for check in known)
    return {kind: check for kind in kinds if (check := _latest(known, kind, on)) is not None}


def checks_of(person_id: UUID) -> list[VolunteerCheck]:
    """Every check that was recorded of a person, the newest first."""
    wanted = scoped(VolunteerCheck).where(VolunteerCheck.person_id == person_id)
    return list(db.session.scalars(wanted.order_by(VolunteerCheck.checked_on.desc(), VolunteerCheck.id.desc())))


def clearance_of(person_id: UUID, *, lock: bool = False) -> VolunteerClearance | None:
    """What people decided last about a volunteer's visiting; locked, nobody else decides until the end."""
    wanted = scoped(VolunteerClearance).where(VolunteerClearance.person_id == person_id)
    wanted = wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted
    return db.session.scalars(wanted).one_or_none()


def record_check(person_id: UUID, command: NewCheck, *, by: Actor, on: date) -> VolunteerCheck:
    """Write down that a check was seen.

    A renewal in time carries the clearance on; one after it lapsed does not open it. A check that is not cleared, or
    an Update Service look that shows a change, shuts it until a person looks.
    """
    if by.person_id is None:
        raise NotAllowed
    held, before = clearance_of(person_id, lock=True), standing(person_id, on=on)
    certificate = command.how == "certificate"
    check = VolunteerCheck(
        person_id=person_id,
        kind=command.kind,
        how=command.how,
        level=command.level,
        certificate_number=command.certificate_number,
        issued_on=command.issued_on,
        checked_on=command.checked_on,
        counts_from=command.issued_on if certificate else command.checked_on,
        seen_by=by.person_id,
        cleared=command.cleared,
    )
    db.session.add(check)
    db.session.flush()
    if held is not None and held.status == "open":
        _follow(held, check, before, by=by, on=on)
    return check


def _follow(held: VolunteerClearance, check: VolunteerCheck, before: Standing, *, by: Actor, on: date) -> None:
    """What a new check does to a clearance that was open."""
    rules = rules_on(on)
    if not check.cleared:
        _shut(held, "suspended", "A check is not cleared, or shows a change.", by=by, on=on)
    elif not before.may_visit or rules is None:
        _shut(held, "suspended", "A check was renewed after it had lapsed.", by=by, on=on)
    else:
        held.until_on = last_day(checks_of(held.person_id), rules, on)
        db.session.flush()


@dataclass(frozen=True, slots=True)
class Opening:
    """Who supervises a volunteer from now on, and the DBS level that HR decided for the role."""

    supervisor_id: UUID
    level: str


def open_clearance(person_id: UUID, command: Opening, *, by: Actor, on: date) -> VolunteerClearance:
    """Let a volunteer visit, for the first time or again; raises `NotCleared` with every check that is missing."""
    rules = rules_on(on)
    if rules is None:
        raise NotCleared(["The policy in force does not provide for volunteers."])
    held, checks = clearance_of(person_id, lock=True), checks_of(person_id)
    if problems := check_problems(checks, rules, command.level, on):
        raise NotCleared(problems)
    if held is None:
        held = VolunteerClearance(person_id=person_id, since=on)
        db.session.add(held)
    elif held.status != "open":
        held.since = on
    held.supervisor_id, held.level = command.supervisor_id, command.level
    held.until_on = last_day(checks, rules, on)
    held.status, held.reason, held.changed_by = "open", None, by.person_id
    db.session.flush()
    return held


def shut_clearance(person_id: UUID, status: str, reason: str, *, by: Actor, on: date) -> VolunteerClearance | None:
    """Suspend or end a volunteer's visiting (`suspended`, `ended`) with a reason; None where it never began."""
    held = clearance_of(person_id, lock=True)
    if held is not None and held.status != status:
        _shut(held, status, reason, by=by, on=on)
    return held


def _shut(held: VolunteerClearance, status: str, reason: str, *, by: Actor, on: date) -> None:
    held.status, held.reason, held.since, held.changed_by = status, reason, on, by.person_id
    db.session.flush()


def _rows(person_ids: Collection[UUID]) -> dict[UUID, list[Row[*tuple[Any, ...]]]]:
    found: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for row in db.session.execute(_cleared(), {"people": list(person_ids)}) if person_ids else ():
        found.setdefault(row.VolunteerClearance.person_id, []).append(row)
    return found


@cache
def _cleared() -> Select[*tuple[Any, ...]]:
    """Built once in a process: it is asked at every click of a volunteer."""
    theirs = and_(
        VolunteerCheck.tenant_id == VolunteerClearance.tenant_id,
        VolunteerCheck.person_id == VolunteerClearance.person_id,
    )
    return (
        select(VolunteerClearance, VolunteerCheck)
        .outerjoin(VolunteerCheck, theirs)
        .where(
            VolunteerClearance.tenant_id == TENANT,
            VolunteerClearance.person_id.in_(bindparam("people", expanding=True)),
        )
    )
