"""Children and the people who care for them, and which member of staff may open whose record."""

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

MARKS = ("looked-after", "social-worker", "child-protection")


class Child(TenantOwned, Editable, CaseRecord, Model):
    """A child. `search_name` is lower case without accents or punctuation, for a search by prefix with its index."""

    __tablename__ = "child"
    __table_args__ = (
        Index("ix_child_tenant_id_search_name", "tenant_id", "search_name"),
        Index("ix_child_tenant_id_date_of_birth", "tenant_id", "date_of_birth"),
        to("area", "area_id"),
    )

    given_name: Mapped[str]
    family_name: Mapped[str]
    search_name: Mapped[str]
    date_of_birth: Mapped[date]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    area_id: Mapped[UUID | None]
    setting_name: Mapped[str | None]
    external_reference: Mapped[str | None]
    invented: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class ChildMark(TenantOwned, CaseRecord, Model):
    """A restricted fact: looked after, a social worker, a child protection plan. Only those who need it see it."""

    __tablename__ = "child_mark"
    __table_args__ = (
        Index("ix_child_mark_tenant_id_child_id", "tenant_id", "child_id"),
        to("child", "child_id"),
        to("person", "recorded_by"),
        one_of("kind", *MARKS),
    )

    child_id: Mapped[UUID]
    kind: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    note: Mapped[str | None]
    recorded_by: Mapped[UUID | None]


class Carer(TenantOwned, Editable, CaseRecord, Model):
    """A parent or carer, and how it is safe to reach them; every sender reads this at the moment of sending."""

    __tablename__ = "carer"
    __table_args__ = (Index("ix_carer_tenant_id_child_id", "tenant_id", "child_id"), to("child", "child_id"))

    child_id: Mapped[UUID]
    name: Mapped[str]
    relationship_to_child: Mapped[str]
    parental_responsibility: Mapped[bool | None]
    email: Mapped[str | None]
    telephone: Mapped[str | None]
    address: Mapped[str | None]
    email_is_safe: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    telephone_is_safe: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    post_is_safe: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    contact_note: Mapped[str | None]
    interpreter: Mapped[str | None]
    format_needs: Mapped[str | None]
    main_contact: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class SharingPermission(TenantOwned, CaseRecord, Model):
    """An answer about sharing with one party for one purpose; a later row replaces it, none is changed."""

    __tablename__ = "sharing_permission"
    __table_args__ = (
        Index("ix_sharing_permission_tenant_id_child_id", "tenant_id", "child_id", "party"),
        to("child", "child_id"),
        to("person", "recorded_by"),
        one_of("answer", "yes", "no", "withdrawn"),
    )

    child_id: Mapped[UUID]
    party: Mapped[str]
    purpose: Mapped[str]
    answer: Mapped[str]
    answered_by: Mapped[str]
    answered_on: Mapped[date]
    how: Mapped[str]
    recorded_by: Mapped[UUID | None]


class Caseload(TenantOwned, Model):
    """A child is on somebody's caseload: as allocated visitor or volunteer, as named cover, or to assess."""

    __tablename__ = "caseload"
    __table_args__ = (
        Index("ix_caseload_tenant_id_person_id", "tenant_id", "person_id", "until_on"),
        Index("ix_caseload_tenant_id_child_id", "tenant_id", "child_id"),
        to("child", "child_id"),
        to("person", "person_id"),
        one_of("kind", "allocated", "cover", "assessor"),
    )

    child_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    given_by: Mapped[UUID | None]


class AccessReason(TenantOwned, Model):
    """Why somebody opened a record beyond their own cases; the managers see it."""

    __tablename__ = "access_reason"
    __table_args__ = (
        Index("ix_access_reason_tenant_id_child_id", "tenant_id", "child_id", "person_id"),
        to("child", "child_id"),
        to("person", "person_id"),
        to("person", "seen_by"),
    )

    child_id: Mapped[UUID]
    person_id: Mapped[UUID]
    reason: Mapped[str]
    until: Mapped[datetime]
    seen_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]


class Conflict(TenantOwned, CaseRecord, Model):
    """Somebody said that they are too close to a child or the family to judge; from then on the record is shut to them.

    One that was declared by mistake is lifted by somebody else with a reason; both stay on record.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        Index("ix_conflict_tenant_id_person_id", "tenant_id", "person_id", "child_id"),
        to("child", "child_id"),
        to("person", "person_id"),
        to("person", "lifted_by"),
        to("referral", "referral_id"),
        CheckConstraint("length(btrim(nature)) > 0", name="has_a_nature"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_because IS NULL)",
            name="lifted_whole",
        ),
        CheckConstraint("lifted_by IS NULL OR lifted_by <> person_id", name="lifted_by_another"),
    )

    child_id: Mapped[UUID]
    person_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]  # the request on whose account it was declared
    nature: Mapped[str]
    declared_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_because: Mapped[str | None]


class Contact(TenantOwned, CaseRecord, Model):
    """A conversation with a family or a requester, or an attempt at one: who, when, how, and what it was for."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_tenant_id_child_id", "tenant_id", "child_id", "happened_at"),
        to("child", "child_id"),
        to("person", "made_by"),
        one_of("how", "telephone", "video", "in-person", "family-hub", "email", "post"),
        one_of("purpose", "outcome", "arrange-visit", "information", "advice", "other"),
    )

    child_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    made_by: Mapped[UUID]
    happened_at: Mapped[datetime]
    with_whom: Mapped[str]
    how: Mapped[str]
    purpose: Mapped[str]
    reached: Mapped[bool]
    note: Mapped[str | None]


class TenantCounter(TenantOwned, Model):
    """The next number of something that people read aloud, such as a reference; one row for each council and kind."""

    __tablename__ = "tenant_counter"
    __table_args__ = (UniqueConstraint("tenant_id", "kind"),)

    kind: Mapped[str]
    next_number: Mapped[int]
