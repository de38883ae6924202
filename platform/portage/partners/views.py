"""The partner teams of one child."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import current_tenant_id, scoped
from portage.editions.operations import edition_on
from portage.families.access import require_access
from portage.families.models import Child, SharingPermission
from portage.partners.operations import PURPOSE, LinkRefused, end_link, link_team, links_of
from portage.partners.schemas import EndSchema, LinkSchema

routes = Routes("partners", __name__)
WRITES: dict[str, Any] = {"can": Can.RECORD_PERMISSION, "audience": Audience.STAFF, "rate": Rate.WRITE}
BECAUSE = {
    "done": "Its work with the child ended",
    "permission-withdrawn": "The family took its permission back",
    "mistake": "It was linked by mistake",
}


def teams() -> tuple[str, ...]:
    """The partner teams of the edition in force; a council that names none has no page about them."""
    policy, edition = edition_on(clock.today())
    return policy.service(edition.terms).partners


@adds_to("child", order=80)
def way_to_partners(who: Viewer, child_id: UUID | None) -> Section | None:
    """The way from a child's record to the teams that work with the child."""
    if Can.OPEN_CASE not in who.can or not teams():
        return None
    entry = Entry("See and link the teams that work with this child", f"/children/{child_id}/partners")
    return Section("Partner teams", (entry,))


@routes.get(
    "/children/<uuid:child_id>/partners",
    can=Can.OPEN_CASE,
    audience=Audience.STAFF,
    audit="partners.seen",
    rate=Rate.PAGE,
)
def partners(child_id: UUID) -> ResponseReturnValue:
    """The teams that work with a child, and the form for another."""
    _opened(child_id)
    return _page(child_id, Form())


@routes.post("/children/<uuid:child_id>/partners", audit="partner.linked", **WRITES)
def link(child_id: UUID) -> ResponseReturnValue:
    """Link a team."""
    _opened(child_id)
    command, form = read(LinkSchema(clock.today()), request.form)
    if command is None:
        return _page(child_id, form), 422
    try:
        link_team(child_id, command, teams(), by=Actor.of(viewer()), on=clock.today())
    except LinkRefused as refused:
        return _page(child_id, form.refuse(refused.field, str(refused))), 422
    flash(f"{command.team} is linked.", "success")
    return redirect(f"/children/{child_id}/partners", 303)


@routes.post("/children/<uuid:child_id>/partners/<uuid:partner_link_id>/end", audit="partner.ended", **WRITES)
def end(child_id: UUID, partner_link_id: UUID) -> ResponseReturnValue:
    """End a link."""
    _opened(child_id)
    if partner_link_id not in {each.id for each in links_of(child_id)}:
        raise NotHere
    command, form = read(EndSchema(), request.form)
    if command is None:
        return _page(child_id, form), 422
    because, version = command
    end_link(child_id, partner_link_id, because, version=version, by=Actor.of(viewer()), on=clock.today())
    flash("The link has ended. It stays in the record.", "success")
    return redirect(f"/children/{child_id}/partners", 303)


def _opened(child_id: UUID) -> None:
    if not teams():
        raise NotHere
    access = require_access(child_id, viewer())
    concerning("child", child_id, way=access.how)


def _page(child_id: UUID, form: Form) -> str:
    child = db.session.execute(scoped(Child).where(Child.id == child_id)).scalar_one()
    links = links_of(child_id)
    wanted = select(
        SharingPermission.id, SharingPermission.answered_by, SharingPermission.answered_on, SharingPermission.how
    ).where(
        SharingPermission.tenant_id == current_tenant_id(),
        SharingPermission.child_id == child_id,
        SharingPermission.purpose == PURPOSE,
    )
    return render_template(
        "partners/partners.html",
        child=child,
        links=links,
        answers={row.id: row for row in db.session.execute(wanted)},
        teams=[(team, team) for team in teams()],
        because=BECAUSE,
        form=form,
        may_link=Can.RECORD_PERMISSION in viewer().can,
    )
