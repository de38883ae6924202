"""A council's own words, as its pages show them."""

from dataclasses import dataclass

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.tenants.models import Area, ContentPage


@dataclass(frozen=True, slots=True)
class Words:
    """A page of words: its title, and its text in Markdown."""

    title: str
    body: str


def words(key: str) -> Words | None:
    """The council's own page of that name, such as `privacy`, or None where it has written none."""
    found = db.session.execute(
        select(ContentPage.title, ContentPage.body).where(
            ContentPage.tenant_id == current_tenant_id(), ContentPage.key == key
        )
    ).one_or_none()
    return Words(found.title, found.body) if found else None


@dataclass(frozen=True, slots=True)
class Team:
    """An area team as families meet it: its name and how to reach it."""

    name: str
    telephone: str | None
    email: str | None


def area_teams() -> list[Team]:
    """The council's area teams that can be reached by themselves, by name."""
    found = db.session.execute(
        select(Area.name, Area.telephone, Area.email).where(Area.tenant_id == current_tenant_id()).order_by(Area.name)
    )
    return [Team(row.name, row.telephone, row.email) for row in found if row.telephone or row.email]
