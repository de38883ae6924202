"""The closures and school terms of the council in scope, from its profile."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.tenants.models import Tenant
from portage.visits.series import Calendar, Term


def council_calendar() -> Calendar:
    """The calendar that visits of this council are planned by."""
    profile = db.session.execute(select(Tenant.profile).where(Tenant.id == current_tenant_id())).scalar_one()
    return calendar_of(profile.get("calendar") or {})


def calendar_of(terms: Mapping[str, Any]) -> Calendar:
    """Read `closures` and the tables `term` as a council's manifest holds them."""
    return Calendar(
        closures=frozenset(_day(each) for each in terms.get("closures", ())),
        terms=tuple(
            sorted(
                (Term(each["name"], _day(each["first_day"]), _day(each["last_day"])) for each in terms.get("term", ())),
                key=lambda term: term.first_day,
            )
        ),
    )


def _day(written: str | date) -> date:
    return written if isinstance(written, date) else date.fromisoformat(written)
