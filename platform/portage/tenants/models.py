"""Councils: who they are, by which hosts they are reached, and their area teams and pages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core import clock
from portage.core.db import Model, TenantOwned, UniqueConstraint
from portage.core.ids import new_id


class Tenant(Model):
    """A council. `profile` is its published manifest: words, colours, contacts, term dates; nothing of a family."""

    __tablename__ = "tenant"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    plugin: Mapped[str]
    profile: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


class TenantHost(Model):
    """A host name that belongs to one council."""

    __tablename__ = "tenant_host"

    host: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), index=True)


class Area(TenantOwned, Model):
    """An area team of a council, picked by the districts of a postcode."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    key: Mapped[str]
    name: Mapped[str]
    telephone: Mapped[str | None]
    email: Mapped[str | None]
    postcode_districts: Mapped[list[str]]
    assumption: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class ContentPage(TenantOwned, Model):
    """A page of a council's own words, such as its privacy notice, in Markdown."""

    __tablename__ = "content_page"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    key: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
