"""The panel as its chair uses it through the pages: meetings, items, decisions, and editions with other rules."""

from copy import deepcopy
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import psycopg
from werkzeug.test import TestResponse

from portage.core import clock, files
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.editions.folders import TenantPolicy, read_tenant_policy
from portage.editions.operations import forget_compiled, load_editions
from portage.referrals.models import Referral
from portage.referrals.operations.evidence import add_evidence
from support.cases import Family
from support.forms import Values, form_to, send
from support.people import Hired
from support.policies import TENANTS
from support.requests import OWN_WORDS

SLUG = "west-northants"
INSTEAD = "The family hub on Mill Street."
RATIONALE = "The family asked for a group nearby."


def plan(chair: Hired, days: int = 0, count: str = "4") -> TestResponse:
    """Plan meetings from so many days from today on."""
    first = clock.today() + timedelta(days=days)
    typed = {
        "first_on-day": str(first.day), "first_on-month": str(first.month), "first_on-year": str(first.year),
        "count": count,
    }  # fmt: skip
    return send(chair.client, form_to(chair.client.get("/panel"), "/panel/meetings"), typed)


def meeting_on(db_admin: psycopg.Connection, day: date | None = None) -> UUID:
    """The id of the meeting of a day, today unless said."""
    held_on = day or clock.today()
    (found,) = db_admin.execute("select id from panel_meeting where held_on = %s", (held_on,)).fetchone() or ()
    return UUID(str(found))


def item_at(meeting_id: UUID, family: Family) -> str:
    """The address of an item."""
    return f"/panel/{meeting_id}/{family.referral_id}"


def decided(chair: Hired, address: str, **typed: str) -> TestResponse:
    """Open an item and record what the panel decides; a practitioner to be named later, unless said."""
    page = chair.client.get(address)
    assert page.status_code == 200, page.text
    return send(chair.client, form_to(page, address), {"outcome": "accepted", "reason": OWN_WORDS, **typed})


def deed(person: Hired, page: str, action: str, typed: Values | None = None) -> TestResponse:
    """Send one form of a page."""
    return send(person.client, form_to(person.client.get(page), action), typed or {})


def declared(person: Hired, address: str, **typed: str) -> TestResponse:
    """Declare a conflict of interest on an item."""
    return deed(person, address, f"{address}/conflict", {"nature": "My neighbour's child", **typed})


def closed(chair: Hired, meeting_id: UUID) -> TestResponse:
    """Close a meeting from the agenda's page."""
    return deed(chair, "/panel", f"/panel/{meeting_id}/close")


def paper_of(family: Family, name: str = "asq.pdf") -> UUID:
    """Add a paper to a request; the council is in scope, the caller commits."""
    referral = db.session.scalars(scoped(Referral).where(Referral.id == family.referral_id)).one()
    return add_evidence(referral, files.keep(BytesIO(b"%PDF-1.4\n%%EOF\n"), name), "asq", by=SYSTEM).id


def panel_rules_from(day: date, **terms: Any) -> None:
    """Bring in an edition with other terms of the panel from a day on; the council is in scope, the caller commits."""
    known = read_tenant_policy(SLUG, TENANTS)
    given = deepcopy(dict(known.published[-1].given))
    given["terms"]["panel"] = {**given["terms"]["panel"], **terms}
    edition = known.policy.edition(SLUG, {**given, "effective_from": day})
    load_editions(TenantPolicy(SLUG, known.policy, (edition,)))
    forget_compiled()
