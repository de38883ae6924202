"""The instrument that a council profiles with, and what was marked for one child (WNC-06, LDS-09)."""

from datetime import date, datetime
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

STAGES = ("beginning", "can-do")
EVIDENCE = ("visit", "parents", "setting")


class ProfileInstrument(TenantOwned, Editable, Model):
    """One version of a council's list of areas and steps. Once taken it is never changed: a new one follows it.

    `example` names the version of the platform's own list where this is a copy of it; each copy exists once.
    """

    __tablename__ = "profile_instrument"
    __table_args__ = (
        UniqueConstraint("tenant_id", "example"),
        to("person", "read_by"),
        to("person", "taken_by"),
        one_of("status", "waiting", "in-use", "put-away"),
        CheckConstraint("status <> 'in-use' OR in_use_from IS NOT NULL", name="used_since_a_day"),
    )

    name: Mapped[str]
    source: Mapped[str]
    example: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"), default="waiting")
    read_by: Mapped[UUID | None]
    in_use_from: Mapped[date | None]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]


class ProfileArea(TenantOwned, Model):
    """One area of development of an instrument."""

    __tablename__ = "profile_area"
    __table_args__ = (
        UniqueConstraint("tenant_id", "instrument_id", "position"),
        to("profile_instrument", "instrument_id"),
    )

    instrument_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]


class ProfileItem(TenantOwned, Model):
    """One observable step of an area, and between which ages in months children often take it, where that is known."""

    __tablename__ = "profile_item"
    __table_args__ = (
        UniqueConstraint("tenant_id", "area_id", "position"),
        to("profile_area", "area_id"),
        CheckConstraint("to_months IS NULL OR from_months IS NULL OR from_months <= to_months", name="ages_in_order"),
    )

    area_id: Mapped[UUID]
    position: Mapped[int]
    wording: Mapped[str]
    from_months: Mapped[int | None]
    to_months: Mapped[int | None]


class ChildProfile(TenantOwned, Editable, CaseRecord, Model):
    """One child's profile by one version of the instrument."""

    __tablename__ = "child_profile"
    __table_args__ = (
        UniqueConstraint("tenant_id", "child_id", "instrument_id"),
        to("child", "child_id"),
        to("profile_instrument", "instrument_id"),
        to("person", "begun_by"),
    )

    child_id: Mapped[UUID]
    instrument_id: Mapped[UUID]
    begun_on: Mapped[date]
    begun_by: Mapped[UUID]


class ProfileMark(TenantOwned, CaseRecord, Model):
    """What the child could do on a day, and how that is known. Nothing says that a child cannot do something.

    A mark is never rewritten: a correction closes it with who and when, and what is right stands in a mark of its own.
    """

    __tablename__ = "profile_mark"
    __table_args__ = (
        Index(
            "uq_profile_mark_tenant_id_profile_id_item_id_stage",
            "tenant_id",
            "profile_id",
            "item_id",
            "stage",
            unique=True,
            postgresql_where=text("corrected_at IS NULL"),
        ),
        to("child_profile", "profile_id"),
        to("profile_item", "item_id"),
        to("person", "marked_by"),
        to("person", "corrected_by"),
        one_of("stage", *STAGES),
        one_of("evidence", *EVIDENCE),
        CheckConstraint("(corrected_at IS NULL) = (corrected_by IS NULL)", name="correction_is_whole"),
    )

    profile_id: Mapped[UUID]
    item_id: Mapped[UUID]
    stage: Mapped[str]
    seen_on: Mapped[date]
    evidence: Mapped[str]
    note: Mapped[str | None]
    marked_by: Mapped[UUID]
    corrected_at: Mapped[datetime | None]
    corrected_by: Mapped[UUID | None]
    corrected_because: Mapped[str | None]
