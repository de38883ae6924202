"""Invented families for the demonstration: the same in every run, brought in by the operations that real ones use."""

from collections.abc import Callable

from sqlalchemy import func, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id, tenant_scope
from portage.demo.seed.caseloads import invent_caseloads
from portage.demo.seed.families import invent_families
from portage.demo.seed.leaving import invent_leaving
from portage.demo.seed.looking_out import invent_lookouts
from portage.demo.seed.notified import invent_notifications
from portage.demo.seed.panel import invent_panel
from portage.demo.seed.phoning import invent_phones
from portage.demo.seed.programmes import invent_programmes
from portage.demo.seed.staff import hire_personas
from portage.demo.seed.volunteering import invent_supervision, invent_volunteers
from portage.demo.seed.waiting_before import invent_waiting_before
from portage.families.models import Child
from portage.tenants.models import Tenant


def plant(say: Callable[[str], None], only: str | None = None, *, families: int) -> None:
    """Invent so many families for every council (or one) that has staff and no family yet; safe to run twice."""
    councils = db.session.scalars(select(Tenant).order_by(Tenant.slug)).all()
    for council in (council for council in councils if only in (None, council.slug)):
        slug, name = council.slug, council.name
        with tenant_scope(council.id, "system:demo"):
            known = db.session.scalar(
                select(func.count()).select_from(Child).where(Child.tenant_id == current_tenant_id())
            )
            if not known:
                staff = hire_personas(slug)
                db.session.commit()
                if staff.by_place:
                    invent_volunteers(staff)
                    asked = invent_families(slug, staff, families)
                    waited = invent_waiting_before(slug, staff)
                    invent_supervision(staff)
                    notified = invent_notifications(slug)
                    invent_programmes(staff)
                    invent_panel(staff)
                    invent_leaving(staff)
                    invent_phones(staff)
                    invent_caseloads(staff)
                    invent_lookouts(staff)
                    more = f" Of {notified} children a health body notified the council." if notified else ""
                    say(f"{name}: {asked} invented families, and {waited} who waited before recorded policy.{more}")
