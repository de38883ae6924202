"""Reviews (LAN-08), what a child's next setting is told (LAN-10), and the log of everything that was shared."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

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

KINDS = ("block", "interval", "limit", "leaving")
OWN_SPACE = "own-space"
AGREED_HOW = ("in-person", "telephone", "paper", OWN_SPACE)


class Review(TenantOwned, Editable, CaseRecord, Model):
    """A review at the end of a block of visits, at the policy's interval, at the limit, or before leaving.

    `assembled` is what the visits since `begins_on` showed on the day on which the review was written. Once the visitor
    and the family have both agreed, the database keeps its words; what is corrected later stands beside them.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_tenant_id_episode_id", "tenant_id", "episode_id", "held_on"),
        to("episode", "episode_id"),
        to("person", "written_by"),
        to("person", "visitor_agreed_by"),
        one_of("kind", *KINDS),
        one_of("family_agreed_how", *AGREED_HOW),
        one_of("parents_view_how", *AGREED_HOW),
        CheckConstraint("(visitor_agreed_by IS NULL) = (visitor_agreed_on IS NULL)", name="visitor_agreed_whole"),
        CheckConstraint(
            "(family_agreed_by IS NULL) = (family_agreed_on IS NULL) "
            "AND (family_agreed_by IS NULL) = (family_agreed_how IS NULL)",
            name="family_agreed_whole",
        ),
        CheckConstraint(
            "(parents_view IS NULL) = (parents_view_by IS NULL) AND (parents_view IS NULL) = (parents_view_on IS NULL) "
            "AND (parents_view IS NULL) = (parents_view_how IS NULL)",
            name="parents_view_whole",
        ),
    )

    episode_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(server_default=text("'block'"), default="block")
    begins_on: Mapped[date | None]
    held_on: Mapped[date]
    who_was_there: Mapped[str]
    celebrate: Mapped[str]
    next_focus: Mapped[str | None]
    recommendation: Mapped[str | None]
    assembled: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    shared_with: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # before packs were kept
    written_by: Mapped[UUID]
    parents_view: Mapped[str | None]
    parents_view_by: Mapped[str | None]
    parents_view_on: Mapped[date | None]
    parents_view_how: Mapped[str | None]
    visitor_agreed_by: Mapped[UUID | None]
    visitor_agreed_on: Mapped[date | None]
    family_agreed_by: Mapped[str | None]
    family_agreed_on: Mapped[date | None]
    family_agreed_how: Mapped[str | None]

    @property
    def parents_own_words(self) -> bool:
        """Whether a parent wrote what the parents say, as opposed to a visitor who was told."""
        return self.parents_view_how == OWN_SPACE

    @property
    def agreed(self) -> bool:
        """Whether both have agreed to it as it is written."""
        return self.visitor_agreed_on is not None and self.family_agreed_on is not None


class ReviewCorrection(TenantOwned, CaseRecord, Model):
    """What is put right beside a review that was agreed: nothing in the review itself changes."""

    __tablename__ = "review_correction"
    __table_args__ = (
        Index("ix_review_correction_tenant_id_review_id", "tenant_id", "review_id"),
        to("review", "review_id"),
        to("person", "written_by"),
    )

    review_id: Mapped[UUID]
    says: Mapped[str]
    asked_by: Mapped[str]
    written_on: Mapped[date]
    written_by: Mapped[UUID]


class ReviewDue(TenantOwned, Model):
    """The next review of an episode that is open, as the policy and the visits have it; no day where none is due yet.

    It is worked out again every day and holds nothing that is not known elsewhere, so that lists need not work it out.
    """

    __tablename__ = "review_due"
    __table_args__ = (
        UniqueConstraint("tenant_id", "episode_id"),
        Index("ix_review_due_tenant_id_due_on", "tenant_id", "due_on"),
        to("episode", "episode_id"),
        one_of("kind", *KINDS),
    )

    episode_id: Mapped[UUID]
    kind: Mapped[str | None]
    due_on: Mapped[date | None]
    because: Mapped[str | None]


class TransitionPack(TenantOwned, Editable, CaseRecord, Model):
    """What one nursery, school or professional is to be told when a child leaves.

    The family sees it first and answers part by part; only parts with a yes are issued, and only while the permission
    for this party holds.
    """

    __tablename__ = "transition_pack"
    __table_args__ = (
        Index("ix_transition_pack_tenant_id_episode_id", "tenant_id", "episode_id"),
        to("episode", "episode_id"),
        to("child", "child_id"),
        to("person", "put_together_by"),
        to("person", "address_checked_by"),
        to("person", "issued_by"),
        one_of("status", "draft", "shown", "answered", "issued", "put-aside"),
        one_of("answered_how", *AGREED_HOW),
        one_of("issued_how", "link", "printed"),
        CheckConstraint(
            "(answered_by IS NULL) = (answered_on IS NULL) AND (answered_by IS NULL) = (answered_how IS NULL)",
            name="answered_whole",
        ),
        CheckConstraint(
            "(address_checked_by IS NULL) = (address_checked_how IS NULL) "
            "AND (address_checked_by IS NULL OR recipient_email IS NOT NULL)",
            name="address_checked_whole",
        ),
        CheckConstraint(
            "status <> 'issued' OR (issued_on IS NOT NULL AND answered_on IS NOT NULL)", name="asked_first"
        ),
        CheckConstraint("issued_how <> 'link' OR address_checked_by IS NOT NULL", name="link_to_checked_address"),
    )

    episode_id: Mapped[UUID]
    child_id: Mapped[UUID]
    party: Mapped[str]  # as the policy's question names it
    purpose: Mapped[str]
    recipient_name: Mapped[str]
    recipient_email: Mapped[str | None]
    address_checked_how: Mapped[str | None]
    address_checked_by: Mapped[UUID | None]
    put_together_on: Mapped[date]
    put_together_by: Mapped[UUID]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"), default="draft")
    answered_by: Mapped[str | None]
    answered_on: Mapped[date | None]
    answered_how: Mapped[str | None]
    issued_on: Mapped[date | None]
    issued_by: Mapped[UUID | None]
    issued_how: Mapped[str | None]


class PackPart(TenantOwned, Editable, CaseRecord, Model):
    """One part of a pack as it read when it was put together, and what the family answered to it."""

    __tablename__ = "pack_part"
    __table_args__ = (
        Index("ix_pack_part_tenant_id_pack_id", "tenant_id", "pack_id", "position"),
        to("transition_pack", "pack_id"),
        one_of("answer", "yes", "no"),
    )

    pack_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    lines: Mapped[list[str]]
    answer: Mapped[str | None]


class Disclosure(TenantOwned, Editable, CaseRecord, Model):
    """What was shared about a child: with whom, when, by whom and why. The family reads it, unless somebody hid it.

    An entry is hidden by a named person with a reason, because telling would add risk; it is never removed.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        Index("ix_disclosure_tenant_id_child_id", "tenant_id", "child_id", "shared_on"),
        to("child", "child_id"),
        to("episode", "episode_id"),
        to("transition_pack", "pack_id"),
        to("person", "shared_by"),
        to("person", "hidden_by"),
        one_of("kind", "pack", "onward", "other"),
        one_of("basis", "agreed", "without-asking"),
        CheckConstraint("basis <> 'agreed' OR agreed_by IS NOT NULL", name="agreed_by_somebody"),
        CheckConstraint("basis <> 'without-asking' OR because IS NOT NULL", name="without_asking_has_a_reason"),
        CheckConstraint(
            "(hidden_at IS NULL) = (hidden_by IS NULL) AND (hidden_at IS NULL) = (hidden_because IS NULL)",
            name="hidden_whole",
        ),
    )

    child_id: Mapped[UUID]
    episode_id: Mapped[UUID | None]
    pack_id: Mapped[UUID | None]
    kind: Mapped[str]
    with_whom: Mapped[str]
    what: Mapped[str]
    why: Mapped[str]
    how: Mapped[str]
    shared_on: Mapped[date]
    shared_by: Mapped[UUID]
    basis: Mapped[str]
    agreed_by: Mapped[str | None]
    because: Mapped[str | None]
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[UUID | None]
    hidden_because: Mapped[str | None]
