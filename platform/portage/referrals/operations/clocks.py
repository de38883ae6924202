"""Clocks of the council's policy on a request: when each is due, and when it stopped."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, update

from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.policy import Clock
from portage.policy.arrangements import EVIDENCE_TIME, INTRODUCTION
from portage.policy.careful import NEEDS_A_PERSON
from portage.policy.shapes import CountsFrom
from portage.referrals.models import Deadline, Referral
from portage.referrals.operations.judging import edition_of
from portage.tenants.working_days import closures, why_closed

REQUESTER = ".requester"  # ends the key of a date by which the person who asked is contacted
# A clock that counts from one of these waits for a decision, or for something before it.
BEFORE_A_DECISION: tuple[CountsFrom, ...] = ("received", "evidence", "assessment")


def start_clocks(referral: Referral, counts_from: CountsFrom, on: date, *, but: Collection[str] = ()) -> list[Deadline]:
    """Start every clock of this route that counts from such an event; one that runs already keeps its day.

    `but` names clocks that do not start, because nothing is waited for.
    """
    policy, edition = edition_of(referral.edition_id)
    running = {
        deadline.key
        for deadline in db.session.query(Deadline).filter(
            Deadline.tenant_id == current_tenant_id(), Deadline.referral_id == referral.id
        )
    }
    counting = [
        clock
        for clock in policy.clocks(edition, referral.route)
        if clock.counts_from == counts_from and clock.key not in but
    ]
    closed = _closed(counting)
    started = [
        Deadline(
            referral_id=referral.id, key=key, name=name, rule=clock.rule, started_on=on, due_on=due(clock, on, closed)
        )
        for clock in counting
        for key, name in of_each(clock, referral)
        if key not in running
    ]
    db.session.add_all(started)
    db.session.flush()
    return started


def of_each(clock: Clock, referral: Referral) -> tuple[tuple[str, str], ...]:
    """The key and name of each date that a clock sets on a request.

    A clock of telling that counts from the panel is one date for the family and one for the person who asked, when
    that is somebody else (WNC-05): each stops when that one was reached.
    """
    if clock.counts_from != "panel" or clock.key == INTRODUCTION or referral.referrer == "parent":
        return ((clock.key, clock.name),)
    asked = f"{clock.name}: {referral.referrer_name}, who asked"
    return (clock.key, f"{clock.name}: the family"), (clock.key + REQUESTER, asked)


def start_evidence_clocks(referral: Referral, answer: Mapping[str, Any], on: date) -> None:
    """Once no paper and no signature is wanted any more, start what counts from then, and stop the time for papers."""
    if evidence_is_there(answer):
        start_clocks(referral, "evidence", on)
        stop_clock(referral, EVIDENCE_TIME, on)


def evidence_is_there(answer: Mapping[str, Any]) -> bool:
    """Say whether an answer of the policy wants no paper and no signature any more."""
    wanted = [path for path in answer["missing"] if path == "evidence" or path.startswith("agreement.signed")]
    return not wanted and answer["outcome"] not in ("not-eligible", NEEDS_A_PERSON)


def stop_clock(referral: Referral, key: str, on: date) -> None:
    """What the clock waited for happened on that day; a clock that does not run is no matter."""
    db.session.execute(
        update(Deadline)
        .where(
            Deadline.tenant_id == current_tenant_id(),
            Deadline.referral_id == referral.id,
            Deadline.key == key,
            Deadline.stopped_on.is_(None),
        )
        .values(stopped_on=on)
    )


def stop_every_clock(referral: Referral, on: date) -> None:
    """Nothing is waited for any more: every clock of the request stops that day, or on its own first day if later."""
    db.session.execute(
        update(Deadline)
        .where(
            Deadline.tenant_id == current_tenant_id(),
            Deadline.referral_id == referral.id,
            Deadline.stopped_on.is_(None),
        )
        .values(stopped_on=func.greatest(Deadline.started_on, on))
        .execution_options(synchronize_session=False)
    )


def run_again(
    referral: Referral, counts_from: Collection[CountsFrom], on: date, *, but: Collection[str] = ()
) -> list[Deadline]:
    """Start stopped clocks anew that count from such events, as if the event were on that day; answers which.

    `but` names clocks that stay as they are, because what they waited for has happened.
    """
    policy, edition = edition_of(referral.edition_id)
    clocks = {
        key: clock
        for clock in policy.clocks(edition, referral.route)
        if clock.counts_from in counts_from and clock.key not in but
        for key, _ in of_each(clock, referral)
    }
    closed = _closed(clocks.values())
    stopped = db.session.scalars(
        scoped(Deadline)
        .where(Deadline.referral_id == referral.id, Deadline.key.in_(clocks), Deadline.stopped_on.is_not(None))
        .order_by(Deadline.due_on, Deadline.key)
    ).all()
    for deadline in stopped:
        deadline.started_on, deadline.due_on = on, due(clocks[deadline.key], on, closed)
        deadline.stopped_on = deadline.reminded_on = None
    db.session.flush()
    return list(stopped)


def due(clock: Clock, started_on: date, closed: frozenset[date] = frozenset()) -> date:
    """The last day in time: calendar days, or working days.

    Working days skip weekends, England's bank holidays and the days on which the council itself is `closed`.
    """
    if clock.unit == "calendar":
        return started_on + timedelta(days=clock.days)
    day, left = started_on, clock.days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and why_closed(day, closed) is None:
            left -= 1
    return day


def _closed(clocks: Iterable[Clock]) -> frozenset[date]:
    """The council's own closures, asked only where a clock counts working days."""
    return closures() if any(clock.unit == "working" for clock in clocks) else frozenset()
