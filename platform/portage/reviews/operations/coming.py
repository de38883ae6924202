"""Which reviews come: worked out every day for each open episode, kept as one row, and told to one person once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, Integer, Row, Select, Uuid, bindparam, case, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from portage.core.access import Role
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import TENANT, current_tenant_id
from portage.families.models import Caseload, Child
from portage.messages.operations import alert
from portage.reviews.due import GRACE, NOTICE, Due, Rhythm, Story, VisitSeen, next_review, rhythm_of
from portage.reviews.models import Review, ReviewDue
from portage.support.models import Allocation, Episode, Extension
from portage.support.pattern import support_of
from portage.support.visitors import page_for
from portage.visits.council_calendar import council_calendar
from portage.visits.models import Visit

PAGE = 50
Rows = Sequence[Row[*tuple[Any, ...]]]


def look_at_all(on: date) -> int:
    """Work out every open episode's next review, and ask for those that come near; answers how many were asked for."""
    return _look(on, None)


def look_again(episode_id: UUID, *, on: date) -> int:
    """Work out one episode's next review, after one was written."""
    return _look(on, episode_id)


def _look(on: date, episode_id: UUID | None) -> int:
    terms = [(term.first_day, term.last_day) for term in council_calendar().terms]
    rhythms: dict[object, Rhythm | None] = {}
    known = {row.episode_id: row for row in db.session.execute(_known(episode_id))}
    visits = _visits(episode_id)
    asked = 0
    for row in db.session.execute(_open(episode_id)).all():
        story = Story(row.Episode.first_visit_on, row.until, row.last_review, visits.get(row.Episode.id, ()))
        due = next_review(story, _rhythm(row.Episode, on, rhythms), terms)
        _keep(row.Episode.id, known.get(row.Episode.id), due)
        if due is not None and on >= due.on - NOTICE:
            asked += _ask(row, due)
    return asked


def _rhythm(episode: Episode, on: date, found: dict[object, Rhythm | None]) -> Rhythm | None:
    """The rhythm of an episode's policy, looked up once for each edition; the terms of some come from several."""
    key = (episode.edition_id, str(episode.terms_from))
    if key not in found:
        found[key] = rhythm_of(support_of(episode, on=on))
    return found[key]


def _open(episode_id: UUID | None) -> Select[*tuple[Any, ...]]:
    """Open episodes with the area, the day until which each goes on, and the last review."""
    extended = (
        select(func.max(Extension.until_on))
        .where(Extension.tenant_id == current_tenant_id(), Extension.episode_id == Episode.id)
        .correlate(Episode)
        .scalar_subquery()
    )
    reviewed = (
        select(func.max(Review.held_on))
        .where(Review.tenant_id == current_tenant_id(), Review.episode_id == Episode.id, Review.disposed_at.is_(None))
        .correlate(Episode)
        .scalar_subquery()
    )
    return (
        select(Episode, Child.area_id, func.greatest(extended, Episode.limit_on).label("until"))
        .add_columns(reviewed.label("last_review"))
        .join(Child, (Child.tenant_id == Episode.tenant_id) & (Child.id == Episode.child_id))
        .where(Episode.tenant_id == current_tenant_id(), Episode.status == "open", _only(Episode.id, episode_id))
    )


def _known(episode_id: UUID | None) -> Select[*tuple[Any, ...]]:
    return select(ReviewDue.episode_id, ReviewDue.kind, ReviewDue.due_on, ReviewDue.because).where(
        ReviewDue.tenant_id == current_tenant_id(), _only(ReviewDue.episode_id, episode_id)
    )


def _visits(episode_id: UUID | None) -> Mapping[UUID, list[VisitSeen]]:
    """The visits of open episodes that took place or are planned, by episode."""
    rows = db.session.execute(
        select(
            Visit.episode_id,
            case((Visit.status == "done", Visit.done_on), else_=Visit.planned_on).label("day"),
            Visit.series_id,
            (Visit.status == "done").label("done"),
        )
        .join(Episode, (Episode.tenant_id == Visit.tenant_id) & (Episode.id == Visit.episode_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            Episode.status == "open",
            Visit.status.in_(("done", "planned")),
            _only(Visit.episode_id, episode_id),
        )
    )
    found: dict[UUID, list[VisitSeen]] = {}
    for row in rows:
        found.setdefault(row.episode_id, []).append(VisitSeen(row.day, row.series_id, row.done))
    return found


def _only(column: Any, episode_id: UUID | None) -> Any:
    return column == episode_id if episode_id is not None else true()


def _keep(episode_id: UUID, known: Row[*tuple[Any, ...]] | None, due: Due | None) -> None:
    """Keep what is due; a row that says so already is not touched."""
    values = {
        "kind": due.kind if due else None, "due_on": due.on if due else None, "because": due.because if due else None,
    }  # fmt: skip
    if known is not None and {name: getattr(known, name) for name in values} == values:
        return
    made = insert(ReviewDue).values(tenant_id=current_tenant_id(), id=new_id(), episode_id=episode_id, **values)
    db.session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "episode_id"], set_=values))


def _ask(row: Row[*tuple[Any, ...]], due: Due) -> int:
    """Ask the visitor once to hold this review; where a volunteer visits, or nobody, the managers."""
    episode = row.Episode
    path = f"/episodes/{episode.id}/reviews/new"
    visitor = db.session.execute(
        select(Allocation.person_id).where(
            Allocation.tenant_id == current_tenant_id(),
            Allocation.episode_id == episode.id,
            Allocation.until_on.is_(None),
        )
    ).scalars().first()  # fmt: skip
    # A volunteer has pages of their own, and none on which a review is written.
    own = f"/episodes/{episode.id}"
    writes = visitor is not None and page_for(visitor, episode_id=episode.id, child_id=episode.child_id) == own
    raised = alert(
        kind="review-due",
        path=path,
        sentence=f"A review with a family is due: {due.because} Please plan it with them.",
        role=None if writes else Role.SERVICE_MANAGER,
        person_id=visitor if writes else None,
        area_id=None if writes else row.area_id,
        child_id=episode.child_id,
        dedupe=f"review-due:{episode.id}:{due.kind}:{row.last_review or 'first'}",
    )
    return int(raised is not None)


@dataclass(frozen=True, slots=True)
class ComingWanted:
    """Whose reviews are asked for: one person's, or those of some areas (none: the whole council)."""

    on: date
    person_id: UUID | None
    areas: frozenset[UUID] = frozenset()
    page: int = 1


def coming(wanted: ComingWanted) -> tuple[Rows, int, int]:
    """Reviews that come near or are overdue, the oldest first; how many there are, and how many are overdue."""
    values = {
        "near": wanted.on + NOTICE,
        "late": wanted.on - GRACE,
        "on": wanted.on,
        "visitor": wanted.person_id,
        "areas": list(wanted.areas),
        "before": PAGE * (wanted.page - 1),
    }
    query = _coming(of_one=wanted.person_id is not None, in_areas=bool(wanted.areas))
    rows = db.session.execute(query, values).all()
    return rows, rows[0].total if rows else 0, rows[0].all_late if rows else 0


@cache
def _coming(*, of_one: bool, in_areas: bool) -> Select[*tuple[Any, ...]]:
    late = ReviewDue.due_on < bindparam("late", type_=Date())
    query = (
        select(
            ReviewDue.episode_id, ReviewDue.kind, ReviewDue.due_on, ReviewDue.because, Child.given_name,
            Child.family_name, late.cast(Boolean).label("late"), func.count().over().label("total"),
            func.sum(case((late, 1), else_=0).cast(Integer)).over().label("all_late"),
        )
        .join(Episode, (Episode.tenant_id == ReviewDue.tenant_id) & (Episode.id == ReviewDue.episode_id))
        .join(Child, (Child.tenant_id == Episode.tenant_id) & (Child.id == Episode.child_id))
        .where(
            ReviewDue.tenant_id == TENANT,
            ReviewDue.due_on <= bindparam("near", type_=Date()),
            Episode.status == "open",
        )
        .order_by(ReviewDue.due_on, ReviewDue.episode_id)
        .limit(PAGE)
        .offset(bindparam("before", type_=Integer()))
    )  # fmt: skip
    if of_one:
        return query.where(_visited())
    if in_areas:
        return query.where(or_(Child.area_id.is_(None), Child.area_id.in_(bindparam("areas", expanding=True))))
    return query


def _visited() -> Any:
    """Whether the child is on this person's caseload that day."""
    on = bindparam("on", type_=Date())
    return (
        select(Caseload.id)
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.child_id == Child.id,
            Caseload.person_id == bindparam("visitor", type_=Uuid()),
            Caseload.kind.in_(("allocated", "cover")),
            Caseload.from_on <= on,
            or_(Caseload.until_on.is_(None), Caseload.until_on >= on),
        )
        .correlate(Child)
        .exists()
    )
