"""What one episode's page says of reviews, packs and sharing, in one question."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, Select, Text, Uuid, bindparam, case, cast, func, literal, select, union_all

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.reviews.models import Disclosure, Review, ReviewDue, TransitionPack
from portage.support.models import Episode

Rows = Sequence[Row[*tuple[Any, ...]]]
_EPISODE = bindparam("episode", type_=Uuid())


def story_of(episode_id: UUID) -> Rows:
    """Rows of (what, id, day, state, words, count): the episode itself, the review that comes, reviews, packs, the log.

    Reviews and packs come with the newest first.
    """
    return db.session.execute(_story(), {"episode": episode_id}).all()


@cache
def _story() -> Select[*tuple[Any, ...]]:
    agreed = case(
        (Review.visitor_agreed_on.is_(None), "visitor"), (Review.family_agreed_on.is_(None), "family"), else_="agreed"
    )
    parts = union_all(
        _part("episode", Episode.edition_id, Episode.closed_on, Episode.status, cast(None, Text), literal(1)).where(
            Episode.tenant_id == TENANT, Episode.id == _EPISODE
        ),
        _part("due", ReviewDue.id, ReviewDue.due_on, ReviewDue.kind, ReviewDue.because, literal(1)).where(
            ReviewDue.tenant_id == TENANT, ReviewDue.episode_id == _EPISODE, ReviewDue.due_on.is_not(None)
        ),
        _part("review", Review.id, Review.held_on, Review.kind + literal(":") + agreed, Review.next_focus, literal(1))
        .where(Review.tenant_id == TENANT, Review.episode_id == _EPISODE, Review.disposed_at.is_(None)),
        _part(
            "pack", TransitionPack.id, TransitionPack.put_together_on, TransitionPack.status,
            TransitionPack.recipient_name, literal(1),
        ).where(
            TransitionPack.tenant_id == TENANT, TransitionPack.episode_id == _EPISODE,
            TransitionPack.disposed_at.is_(None),
        ),
        _part("shared", cast(None, Uuid), cast(None, Date), cast(None, Text), cast(None, Text), func.count()).where(
            Disclosure.tenant_id == TENANT, Disclosure.disposed_at.is_(None),
            Disclosure.child_id == select(Episode.child_id).where(Episode.tenant_id == TENANT, Episode.id == _EPISODE)
            .scalar_subquery(),
        ),
    ).subquery()  # fmt: skip
    return select(parts).order_by(parts.c.what, parts.c.day.desc(), parts.c.id.desc())


def _part(what: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    names = ("id", "day", "state", "words", "count")
    return select(
        literal(what).label("what"), *(column.label(name) for column, name in zip(columns, names, strict=True))
    )
