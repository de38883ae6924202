"""What support in a setting has beside visits, plan and reviews: the setting, the observation, help for its staff."""

from datetime import date, time
from uuid import UUID

from sqlalchemy.orm import Mapped

from portage.core.db import (
    CaseRecord,
    CheckConstraint,
    Editable,
    Index,
    Model,
    TenantOwned,
    UniqueConstraint,
    one_of,
    to,
)

HELPS = ("modelling", "training")
ANSWERS = ("accepted", "declined")


class SettingWork(TenantOwned, Editable, CaseRecord, Model):
    """Where one child is supported, the visit in which the child was observed, and the review with the parents.

    The observation is a visit like any other, in the setting; until it is recorded nothing else of the support is.
    """

    __tablename__ = "setting_work"
    __table_args__ = (
        UniqueConstraint("tenant_id", "episode_id"),
        Index("ix_setting_work_tenant_id_review_on", "tenant_id", "review_on"),
        to("episode", "episode_id"),
        to("visit", "observation_id"),
        to("letter", "letter_id"),
        CheckConstraint("(review_on IS NULL) = (review_at IS NULL)", name="review_is_whole"),
    )

    episode_id: Mapped[UUID]
    setting_name: Mapped[str]
    contact: Mapped[str | None]
    observation_id: Mapped[UUID | None]
    review_on: Mapped[date | None]
    review_at: Mapped[time | None]
    review_place: Mapped[str | None]
    parents_invited_on: Mapped[date | None]
    letter_id: Mapped[UUID | None]


class SettingHelp(TenantOwned, Editable, CaseRecord, Model):
    """Modelling or training that was offered to the staff of a setting, what they said, and when it took place."""

    __tablename__ = "setting_help"
    __table_args__ = (
        Index("ix_setting_help_tenant_id_episode_id", "tenant_id", "episode_id"),
        to("episode", "episode_id"),
        to("person", "offered_by"),
        one_of("kind", *HELPS),
        one_of("answer", *ANSWERS),
        CheckConstraint("done_on IS NULL OR answer = 'accepted'", name="done_was_accepted"),
    )

    episode_id: Mapped[UUID]
    kind: Mapped[str]
    what: Mapped[str]
    for_whom: Mapped[str]
    offered_on: Mapped[date]
    offered_by: Mapped[UUID]
    answer: Mapped[str | None]
    done_on: Mapped[date | None]
    how_it_went: Mapped[str | None]
