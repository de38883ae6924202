"""Which partner teams work with a child, and by which permission a team outside the council learns of that."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from portage.core.db import CaseRecord, CheckConstraint, Editable, Index, Model, TenantOwned, one_of, to

ENDS = ("done", "permission-withdrawn", "mistake")


class PartnerLink(TenantOwned, Editable, CaseRecord, Model):
    """A partner team that works with a child: one inside the council, or one outside with the family's permission.

    `team` is the name as the edition gave it on that day. A link ends and is never taken away.
    """

    __tablename__ = "partner_link"
    __table_args__ = (
        Index("ix_partner_link_tenant_id_child_id", "tenant_id", "child_id"),
        to("child", "child_id"),
        to("sharing_permission", "permission_id"),
        to("person", "linked_by"),
        to("person", "ended_by"),
        one_of("ended_because", *ENDS),
        CheckConstraint("NOT outside OR permission_id IS NOT NULL", name="outside_has_permission"),
        CheckConstraint("(ended_on IS NULL) = (ended_because IS NULL)", name="end_has_a_reason"),
    )

    child_id: Mapped[UUID]
    team: Mapped[str]
    outside: Mapped[bool]
    what_for: Mapped[str]
    contact_name: Mapped[str | None]
    contact_details: Mapped[str | None]
    permission_id: Mapped[UUID | None]
    linked_on: Mapped[date]
    linked_by: Mapped[UUID]
    ended_on: Mapped[date | None]
    ended_because: Mapped[str | None]
    ended_by: Mapped[UUID | None]
