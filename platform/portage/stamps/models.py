"""Settings and the Stamp of Approval: the association awards it, the council keeps who holds it and what comes next."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from portage.core.db import CheckConstraint, Editable, Index, Model, TenantOwned, one_of, to

STANDINGS = ("working-towards", "holds", "ended")


class Stamp(TenantOwned, Editable, Model):
    """Where one setting stands: working towards the award, holding it since a day, or neither any more.

    `next_on` is the next day that somebody has to think of, such as a visit of the association or a renewal. No public
    source says how long an award lasts, so that day is the council's own entry.
    """

    __tablename__ = "stamp"
    __table_args__ = (
        Index("ix_stamp_tenant_id_next_on", "tenant_id", "next_on"),
        to("person", "kept_by"),
        one_of("standing", *STANDINGS),
        CheckConstraint("standing <> 'holds' OR awarded_on IS NOT NULL", name="holder_has_a_day"),
        CheckConstraint("(next_on IS NULL) = (next_what IS NULL)", name="next_has_a_name"),
    )

    setting_name: Mapped[str]
    place: Mapped[str | None]
    web_page: Mapped[str | None]
    contact: Mapped[str | None]
    standing: Mapped[str]
    awarded_on: Mapped[date | None]
    next_on: Mapped[date | None]
    next_what: Mapped[str | None]
    note: Mapped[str | None]
    kept_by: Mapped[UUID | None]
    reminded_for: Mapped[date | None]  # the next day of which somebody was reminded
