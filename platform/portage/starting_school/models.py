"""The start of school of one child whom school admissions named: a first assessment, and the support it leads to."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from portage.core.db import CaseRecord, CheckConstraint, Editable, Index, Model, TenantOwned, UniqueConstraint, to


class SchoolStart(TenantOwned, Editable, CaseRecord, Model):
    """Which school, when, and what a first assessment found, carried out together with admissions where that helps."""

    __tablename__ = "school_start"
    __table_args__ = (
        UniqueConstraint("tenant_id", "referral_id"),
        Index("ix_school_start_tenant_id_starts_on", "tenant_id", "starts_on"),
        to("referral", "referral_id"),
        to("person", "assessed_by"),
        CheckConstraint("(assessed_on IS NULL) = (found IS NULL)", name="assessment_is_whole"),
    )

    referral_id: Mapped[UUID]
    school_name: Mapped[str]
    school_contact: Mapped[str | None]
    starts_on: Mapped[date | None]
    assessed_on: Mapped[date | None]
    assessed_by: Mapped[UUID | None]
    assessed_with: Mapped[str | None]  # who of admissions took part
    found: Mapped[str | None]


class SchoolSupport(TenantOwned, Editable, CaseRecord, Model):
    """A piece of wider support that the child is linked to at the school: which team gives it, and since when."""

    __tablename__ = "school_support"
    __table_args__ = (
        Index("ix_school_support_tenant_id_school_start_id", "tenant_id", "school_start_id"),
        to("school_start", "school_start_id"),
        to("person", "linked_by"),
    )

    school_start_id: Mapped[UUID]
    team: Mapped[str]
    what: Mapped[str]
    linked_on: Mapped[date]
    linked_by: Mapped[UUID]
    ended_on: Mapped[date | None]
