"""The draft of a review, put together from what is on record since the last one; success comes first (LAN-08)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.plans.models import Goal, PlayPlan, Target
from portage.policy.dates import in_words
from portage.reviews.models import Review
from portage.support.models import Episode
from portage.support.progress import Progress, progress_of
from portage.visits.models import TargetTried, Visit
from portage.visits.words import MODE_WORDS

HOW = ("achieved", "with-help", "not-yet")
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class TargetSeen:
    """A small target that was worked on: what the child does, the goal it serves, how it goes, and since when."""

    does_what: str
    goal: str
    how: str  # one of HOW
    on: date


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known since the last review; `visits` and `parts` are counts by the name that the policy gives."""

    since: date
    until: date
    visits: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    targets: tuple[TargetSeen, ...] = ()
    noted: tuple[str, ...] = ()  # how the latest visits went, the newest first
    progress: tuple[Progress, ...] = ()

    def of(self, how: str) -> list[TargetSeen]:
        """The targets that go like this."""
        return [target for target in self.targets if target.how == how]

    @property
    def celebrate(self) -> str:
        """A first wording of what there is to celebrate, for the visitor to make their own."""
        met = [f"{_capital(each.does_what)} ({in_words(each.on)})." for each in self.of("achieved")]
        helped = [f"With help: {each.does_what}." for each in self.of("with-help")]
        return "\n".join([*met, *helped][:MOST_LINES])

    @property
    def next_focus(self) -> str:
        """A first wording of the next focus: what is on its way, then what was not reached yet."""
        coming = [*self.of("with-help"), *self.of("not-yet")]
        return "\n".join(f"{_capital(each.does_what)}." for each in coming[:MOST_LINES])

    def as_json(self) -> dict[str, Any]:
        """As pages show it and as it is kept with the review, days in words, so that it reads the same years later."""
        return {
            "since": in_words(self.since),
            "until": in_words(self.until),
            "visits": [[name, count] for name, count in self.visits.items()],
            "parts": [[name, count] for name, count in self.parts.items()],
            "targets": [{**asdict(each), "on": in_words(each.on)} for each in self.targets],
            "noted": list(self.noted),
            "progress": [{"key": each.key, "title": each.title, "lines": list(each.lines)} for each in self.progress],
        }


def draft_of(episode: Episode, *, on: date, names: dict[str, str]) -> Draft:
    """Put together what is on record since the last review; `names` are the policy's parts of a visit by key."""
    since = _since(episode)
    visits = _done(episode.id, since, on)
    return Draft(
        since=since,
        until=on,
        visits=dict(Counter(MODE_WORDS[visit.mode] for visit in visits).most_common()),
        parts=_parts(visits, names),
        targets=tuple(_targets(episode.id, since, on)),
        noted=tuple(f"{in_words(visit.done_on)}: {visit.how_it_went}" for visit in visits if visit.how_it_went)[:6],
        progress=tuple(progress_of(episode.id, episode.child_id, since=since, until=on)),
    )


def _since(episode: Episode) -> date:
    last = db.session.execute(
        select(func.max(Review.held_on)).where(
            Review.tenant_id == current_tenant_id(), Review.episode_id == episode.id, Review.disposed_at.is_(None)
        )
    ).scalar_one()
    return last + timedelta(days=1) if last else episode.opened_on


def _done(episode_id: UUID, since: date, until: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """The visits that took place, the newest first."""
    return db.session.execute(
        select(Visit.id, Visit.mode, Visit.elements, Visit.done_on, Visit.how_it_went)
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == episode_id,
            Visit.status == "done",
            Visit.done_on.between(since, until),
        )
        .order_by(Visit.done_on.desc(), Visit.id.desc())
    ).all()


def _parts(visits: Sequence[Row[*tuple[Any, ...]]], names: dict[str, str]) -> dict[str, int]:
    """How often each part of a visit took place; one that the policy no longer names is left out."""
    count = Counter(key for visit in visits for key in visit.elements)
    return {name: count[key] for key, name in names.items() if count[key]}


def _targets(episode_id: UUID, since: date, until: date) -> list[TargetSeen]:
    """Every target that was tried or whose fate was decided in these days, as it stood at their end."""
    rows = db.session.execute(
        select(
            Target.id, Target.does_what, Target.status, Target.status_on, Goal.wording, TargetTried.result,
            Visit.done_on,
        )
        .join(Goal, (Goal.tenant_id == Target.tenant_id) & (Goal.id == Target.goal_id))
        .join(PlayPlan, (PlayPlan.tenant_id == Goal.tenant_id) & (PlayPlan.id == Goal.plan_id))
        .outerjoin(
            TargetTried, (TargetTried.tenant_id == Target.tenant_id) & (TargetTried.target_id == Target.id)
        )
        .outerjoin(
            Visit,
            (Visit.tenant_id == TargetTried.tenant_id)
            & (Visit.id == TargetTried.visit_id)
            & Visit.done_on.between(since, until),
        )
        .where(
            Target.tenant_id == current_tenant_id(), Goal.tenant_id == current_tenant_id(),
            PlayPlan.tenant_id == current_tenant_id(), PlayPlan.episode_id == episode_id,
            PlayPlan.disposed_at.is_(None),
        )
        .order_by(Goal.position, Target.position, Target.id, Visit.done_on)
    )  # fmt: skip
    latest: dict[UUID, TargetSeen] = {}
    for row in rows:
        seen = _seen(row, since, until)
        if seen is not None:
            latest[row.id] = seen
    return sorted(latest.values(), key=lambda each: (HOW.index(each.how), each.on))


def _seen(row: Row[*tuple[Any, ...]], since: date, until: date) -> TargetSeen | None:
    if row.status == "achieved" and row.status_on is not None and row.status_on <= until:
        return TargetSeen(row.does_what, row.wording, "achieved", row.status_on) if row.status_on >= since else None
    if row.done_on is None or row.result is None:
        return None
    return TargetSeen(row.does_what, row.wording, row.result, row.done_on)


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
