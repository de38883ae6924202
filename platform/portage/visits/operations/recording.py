"""Recording a visit: what happened, or why it did not; a record can be corrected, and the limit follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import delete, func, select

from portage.core import clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages.operations import alert
from portage.plans.operations.agreeing import targets_of
from portage.plans.operations.seen import SeenOnVisit, forget_seen, keep_seen
from portage.policy import SupportPattern
from portage.policy.arrangements import MissedVisitTerms
from portage.support.changes import go_on
from portage.support.models import Episode
from portage.support.operations import count_from, episode_here
from portage.support.pattern import support_of
from portage.visits.lists import visits_of
from portage.visits.misses import missed, rule_of, sentence
from portage.visits.models import TargetTried, Visit
from portage.visits.operations.another_day import answered
from portage.visits.operations.limits import keep_to_limit
from portage.visits.operations.planning import visit_here
from portage.visits.refusals import NotInThePolicy, NotThatDay
from portage.visits.words import STATUS_WORDS


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a visit. `targets` says how each target that was tried went.

    `seen` holds the family's words on activities of their week; one that it does not name stays as it was recorded.
    """

    status: str
    version: int
    done_on: date | None = None
    mode: str | None = None
    elements: tuple[str, ...] = ()
    who_was_there: str | None = None
    time_in: time | None = None
    time_out: time | None = None
    how_it_went: str | None = None
    parents_words: str | None = None
    next_activity: str | None = None
    reason: str | None = None
    cancelled_by: str | None = None
    targets: Mapping[UUID, str] = field(default_factory=dict)
    seen: Mapping[UUID, str | None] = field(default_factory=dict)


def record_visit(
    visit_id: UUID, command: Record, *, by: Actor, at: datetime, written_at: datetime | None = None
) -> Visit:
    """Record a visit, or correct its record; raises `ChangedMeanwhile` when somebody else did so first.

    `written_at` is when the record was written, where it arrived later than that. The first home visit that was done
    counts the months of the support (`count_from`), whatever the order of records.
    """
    visit = visit_here(visit_id)
    episode = episode_here(visit.episode_id)
    if by.person_id is None:
        raise NotAllowed
    _unless_changed(visit, command)
    today = at.astimezone(clock.LONDON).date()
    support = support_of(episode, on=today)
    _fits(visit, episode, support.pattern, command, today)
    done = command.status == "done"
    if done:
        go_on(episode.id, visit.id)
    visit.status = command.status
    visit.done_on = command.done_on if done else None
    visit.mode = command.mode or visit.mode
    visit.elements = list(command.elements) if done else []
    _what_was_done(visit, command if done else Record(command.status, command.version))
    visit.reason = None if done else command.reason
    visit.cancelled_by = command.cancelled_by if command.status == "cancelled" else None
    visit.beyond_limit = False  # a person says what became of it
    visit.recorded_by, visit.recorded_at = by.person_id, at
    if visit.arrived_at:  # who writes the record is out again
        visit.left_at = visit.left_at or max(visit.arrived_at, written_at or at)
    answered(visit)
    db.session.flush()
    _keep_targets(visit, command.targets if done else {})
    _keep_seen(visit, command, by.person_id, at)
    count_from(episode.id, _first_home_visit(episode.id))
    keep_to_limit(episode.id, today)
    prompt_after_misses(visit, rule_of(support))
    return visit


def _what_was_done(visit: Visit, command: Record) -> None:
    visit.who_was_there = command.who_was_there
    visit.time_in, visit.time_out = command.time_in, command.time_out
    visit.how_it_went = command.how_it_went
    visit.parents_words = command.parents_words
    visit.next_activity = command.next_activity


def _fits(visit: Visit, episode: Episode, pattern: SupportPattern, command: Record, today: date) -> None:
    if command.mode is not None and command.mode not in (*pattern.modes, visit.mode):
        raise NotInThePolicy
    if not set(command.elements) <= {element.key for element in pattern.elements} | set(visit.elements):
        raise NotInThePolicy
    if command.status != "done":
        return
    if command.done_on is None or command.done_on > today:
        raise NotThatDay("A visit that was done was today or before.")
    if command.done_on < episode.opened_on:
        raise NotThatDay("The visit was on or after the day on which the support was opened.")


def _unless_changed(visit: Visit, command: Record) -> None:
    if visit.version == command.version:
        return
    raise ChangedMeanwhile(
        theirs=in_words(visit),
        yours=in_words(command),
        back=f"/visits/{visit.id}/record",
    )


def in_words(record: Visit | Record) -> list[tuple[str, str]]:
    """A record of a visit in words, line by line, for a page that shows two of them."""
    times = [f"{at:%H:%M}" if at else "not said" for at in (record.time_in, record.time_out)]
    return [
        ("What happened", STATUS_WORDS[record.status]),
        ("Who was there", record.who_was_there or ""),
        ("Time in and out", " to ".join(times) if record.time_in or record.time_out else ""),
        ("How it went", record.how_it_went or ""),
        ("The parents’ words", record.parents_words or ""),
        ("Next activity", record.next_activity or ""),
        ("Reason", record.reason or ""),
    ]


def _keep_targets(visit: Visit, tried: Mapping[UUID, str]) -> None:
    """Replace what this visit says of targets; a target of another child is no target here."""
    db.session.execute(
        delete(TargetTried).where(TargetTried.tenant_id == current_tenant_id(), TargetTried.visit_id == visit.id)
    )
    if not tried.keys() <= targets_of(visit.episode_id):
        raise NotInThePolicy
    db.session.add_all(TargetTried(visit_id=visit.id, target_id=key, result=result) for key, result in tried.items())
    db.session.flush()


def _keep_seen(visit: Visit, command: Record, person_id: UUID, at: datetime) -> None:
    """The family's observations go to the play plan, with the day of the visit on which they told them."""
    if visit.done_on is None:
        forget_seen(visit.id)
        return
    try:
        keep_seen(SeenOnVisit(visit.id, visit.episode_id, visit.done_on, person_id, at), command.seen)
    except NotHere:
        raise NotInThePolicy from None


def _first_home_visit(episode_id: UUID) -> date | None:
    return db.session.execute(
        select(func.min(Visit.done_on)).where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == episode_id,
            Visit.status == "done",
            Visit.mode == "home",
        )
    ).scalar_one()


def prompt_after_misses(visit: Visit, rule: MissedVisitTerms) -> None:
    """As many as the policy speaks of: a manager is asked to look. Nothing follows by itself."""
    if visit.status == "done" or missed(visits_of(visit.episode_id, limit=None), rule) < rule.threshold:
        return
    area_id = db.session.execute(
        select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == visit.child_id)
    ).scalar_one()
    alert(
        kind="missed-visits",
        path=f"/episodes/{visit.episode_id}",
        sentence=sentence(rule),
        role=Role.SERVICE_MANAGER,
        area_id=area_id,
        child_id=visit.child_id,
        dedupe=f"missed-visits:{visit.id}",
    )


def tried_in(visit_id: UUID) -> dict[UUID, str]:
    """How each target went in a visit, by the target's id."""
    rows = db.session.scalars(scoped(TargetTried).where(TargetTried.visit_id == visit_id))
    return {row.target_id: row.result for row in rows}
