"""Services that may help a family, and lists of services that wait for a person before anything is taken from them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CheckConstraint, Editable, Index, Model, TenantOwned, UniqueConstraint, one_of, to


class Service(TenantOwned, Editable, Model):
    """A service that may help: what it is for, for which ages, how to reach it, and when that was last checked.

    `feed_key` is the service's own id in the feed that it came from. `last_checked_by` is empty where the list or feed
    that it came from said the day. A withdrawn service stays for the decisions that named it.
    `first_pointer` marks what parents hear of at once, before anything is decided.
    """

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("tenant_id", "feed_key"),
        Index("ix_service_tenant_id_search_name", "tenant_id", "search_name"),
        Index("ix_service_tenant_id_last_checked_on", "tenant_id", "withdrawn_on", "last_checked_on"),
        to("person", "last_checked_by"),
        to("person", "withdrawn_by"),
        CheckConstraint("age_from_months BETWEEN 0 AND 300", name="age_from_sensible"),
        CheckConstraint("age_to_months BETWEEN 0 AND 300", name="age_to_sensible"),
        CheckConstraint("age_from_months <= age_to_months", name="ages_in_order"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_because IS NOT NULL", name="withdrawn_has_a_reason"),
    )

    name: Mapped[str]
    search_name: Mapped[str]
    what_for: Mapped[str]
    age_from_months: Mapped[int | None]
    age_to_months: Mapped[int | None]
    telephone: Mapped[str | None]
    email: Mapped[str | None]
    web_page: Mapped[str | None]
    area: Mapped[str | None]
    feed_key: Mapped[str | None]
    first_pointer: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    last_checked_on: Mapped[date | None]
    last_checked_by: Mapped[UUID | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_because: Mapped[str | None]


class ServiceList(TenantOwned, Editable, Model):
    """A spreadsheet or a feed as it was read: nothing of it is in the directory until a person takes it.

    `rows` are services as plain values and `problems` what could not be used, each with the row. A feed is read page by
    page: `next_page` is the one to read, empty when all are read.
    """

    __tablename__ = "service_list"
    __table_args__ = (
        Index("ix_service_list_tenant_id_asked_at", "tenant_id", "asked_at"),
        to("person", "asked_by"),
        to("person", "taken_by"),
        one_of("kind", "file", "feed"),
        one_of("status", "reading", "ready", "taken", "put-away", "failed"),
    )

    kind: Mapped[str]
    name: Mapped[str]  # of the file, or the feed's address
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default=text("'reading'"), default="reading")
    next_page: Mapped[int | None]
    rows: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    problems: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    left_out: Mapped[int] = mapped_column(server_default=text("0"), default=0)  # not for young children, or closed
    failed_because: Mapped[str | None]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
