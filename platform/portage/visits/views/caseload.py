"""A visitor's children, and for managers everybody's, by visitor."""

from itertools import groupby
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate, Role
from portage.core.forms import Form
from portage.core.identity import viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.tenants.areas import areas
from portage.visits.lists import PAGE, CaseloadWanted, caseload, visitors_with_children

routes = Routes("caseload", __name__)


@routes.get("/caseload", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="caseload.seen", rate=Rate.PAGE)
def children() -> ResponseReturnValue:
    """The children, with last visit, next visit and limit; a manager's choices live in the address."""
    who = viewer()
    manages = Can.ALLOCATE in who.can
    known = areas() if manages else []
    people = visitors_with_children(clock.today()) if manages else []
    wanted, shown = _wanted({str(key) for key, _ in known}, {str(key) for key, _ in people})
    rows, total = caseload(wanted)
    return render_template(
        "visits/caseload.html",
        groups=[(name, list(found)) for (_, name), found in groupby(rows, lambda row: (row.person_id, row.visitor))],
        total=total,
        page=wanted.page,
        pages=max(1, -(-total // PAGE)),
        page_address=_page_address,
        manages=manages,
        visits=Role.HOME_VISITOR in who.roles,
        areas=known,
        people=people,
        form=Form(shown),
        today=wanted.on,
    )


def _wanted(known_areas: set[str], known_people: set[str]) -> tuple[CaseloadWanted, dict[str, str]]:
    who, args, on = viewer(), request.args, clock.today()
    page = page_in(args)
    if Can.ALLOCATE not in who.can:
        return CaseloadWanted(on, who.person_id, page=page), {}
    area = args.get("area", "") or ("own" if who.areas else "all")
    chosen = frozenset({UUID(area)}) if area in known_areas else who.areas if area == "own" else frozenset()
    person = args.get("person", "")
    person_id = UUID(person) if person in known_people else who.person_id if person == "me" else None
    return CaseloadWanted(on, person_id, chosen, page), {"area": area, "person": person}


def _page_address(page: int) -> str:
    args = request.args
    return url_for("caseload.children", area=args.get("area"), person=args.get("person"), page=page)
