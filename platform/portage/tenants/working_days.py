"""Days on which a council does not work: England's bank holidays, and the council's own closures."""

from datetime import date

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.tenants.bank_holidays import bank_holidays
from portage.tenants.models import Tenant


def closures() -> frozenset[date]:
    """The days on which the council in scope is closed beside the bank holidays, from its profile."""
    profile = db.session.execute(select(Tenant.profile).where(Tenant.id == current_tenant_id())).scalar_one()
    told = (profile.get("calendar") or {}).get("closures", ())
    return frozenset(each if isinstance(each, date) else date.fromisoformat(each) for each in told)


def why_closed(day: date, closed: frozenset[date]) -> str | None:
    """Why nobody works on a day, such as `Christmas Day`; None for a day on which the council is open."""
    if name := bank_holidays(day.year).get(day):
        return name
    return "the council is closed" if day in closed else None
