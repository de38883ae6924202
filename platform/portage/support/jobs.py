"""What support does by the calendar: it reminds of limits. It never ends anything."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from portage.core import clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.jobs import daily, every
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages.operations import alert
from portage.support import link_page
from portage.support.models import Allocation, Episode, Extension
from portage.support.operations import remind_of_contacts
from portage.support.operations.checks import tell_of_checks
from portage.support.visitors import page_for

__all__ = ["check_the_checks", "link_page", "remind_limits", "remind_of_limits", "remind_who_waits"]

AHEAD = timedelta(weeks=8)  # how long before a limit people are reminded for the first time


@daily("06:30")
def remind_of_limits() -> None:
    """Remind the visitors and managers of this council of the limits that come near or were reached."""
    remind_limits(clock.today())


@daily("07:05")
def remind_who_waits() -> None:
    """Alert the managers of families that wait and with whom nobody got in touch in the policy's time."""
    remind_of_contacts(clock.today())


@every(minutes=30)
def check_the_checks() -> None:
    """Tell the managers while people visit whose HR check is not marked."""
    tell_of_checks(clock.today())


def remind_limits(on: date) -> int:
    """Remind once eight weeks before an episode's limit and once when it is reached; answers how many were reminded.

    An extension moves the day, and with it both reminders. Nothing is closed.
    """
    reminded = 0
    for episode, until in _near(on):
        stage = _due(episode, until, on)
        if stage is None:
            continue
        _remind(episode, until, stage)
        episode.reminded_on = on
        reminded += 1
    db.session.flush()
    return reminded


def _near(on: date) -> list[tuple[Episode, date]]:
    """Open episodes that go on until a day less than eight weeks away, or past it."""
    extended = (
        select(func.max(Extension.until_on))
        .where(Extension.tenant_id == Episode.tenant_id, Extension.episode_id == Episode.id)
        .correlate(Episode)
        .scalar_subquery()
    )
    until = func.greatest(extended, Episode.limit_on)
    rows = db.session.execute(
        scoped(Episode).add_columns(until.label("until")).where(Episode.status == "open", until <= on + AHEAD)
    )
    return [(row.Episode, row.until) for row in rows]


def _due(episode: Episode, until: date, on: date) -> str | None:
    """Which reminder is due: `reached`, `near`, or None when it was given already."""
    last = episode.reminded_on
    if until <= on:
        return "reached" if last is None or last < until else None
    return "near" if last is None or last < until - AHEAD else None


def _remind(episode: Episode, until: date, stage: str) -> None:
    day = f"{until.day} {until:%B %Y}"
    sentence = (
        f"A child's support reached its limit on {day}. A manager closes or extends it with a reason."
        if stage == "reached"
        else f"A child's support reaches its limit on {day}. Please plan a review with the family."
    )
    area_id = db.session.execute(
        select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == episode.child_id)
    ).scalar_one()
    for role, person_id in [(Role.SERVICE_MANAGER, None), *((None, person) for person in _visitors(episode.id))]:
        alert(
            kind=f"limit-{stage}",
            path=f"/episodes/{episode.id}" if person_id is None else _page(person_id, episode),
            sentence=sentence,
            role=role,
            person_id=person_id,
            area_id=area_id if role else None,
            child_id=episode.child_id,
            dedupe=f"limit-{stage}:{episode.id}:{until.isoformat()}:{person_id or role}",
        )


def _page(person_id: UUID, episode: Episode) -> str:
    return page_for(person_id, episode_id=episode.id, child_id=episode.child_id)


def _visitors(episode_id: UUID) -> list[UUID]:
    return list(
        db.session.scalars(
            select(Allocation.person_id).where(
                Allocation.tenant_id == current_tenant_id(),
                Allocation.episode_id == episode_id,
                Allocation.until_on.is_(None),
            )
        )
    )
