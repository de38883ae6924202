"""The notifications of a council, and how many of each kind there were."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import AREA_ROLES, Audience, Can, Rate
from portage.core.forms import Form
from portage.core.identity import Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.notifications import queries
from portage.notifications.models import KINDS, STATES
from portage.notifications.queries import PAGE, Wanted
from portage.notifications.views import _sections
from portage.notifications.views._taken import taken_today
from portage.notifications.words import KIND_NAMES, STATE_NAMES, WARNINGS
from portage.tenants.areas import areas

routes = Routes("notification_lists", __name__)
__all__ = ["_sections", "routes"]  # what notifications add to other pages comes with these routes
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
STEPS = {
    "informed": "Parents were told",
    "discussed": "Parents were offered a discussion",
    "named": "A voluntary organisation was named",
}
FIRST_YEAR = 2014  # in which the Act was passed


@routes.get(
    "/notifications", can=Can.ENTER_REQUEST, audience=Audience.STAFF, audit="notifications.seen", rate=Rate.PAGE
)
def listed() -> ResponseReturnValue:
    """One page of notifications; every choice lives in the address."""
    taken = taken_today()
    teams = areas()
    wanted = _wanted(viewer(), {str(area_id) for area_id, _ in teams})
    rows, total = queries.rows(wanted)
    return render_template(
        "notifications/list.html",
        taken=taken,
        rows=rows,
        total=total,
        wanted=wanted,
        form=Form({**request.args.to_dict(), "area": _area_shown(viewer())}),
        pages=max(1, -(-total // PAGE)),
        page_address=lambda page: _address(page=page),
        areas=teams,
        kinds=KIND_NAMES,
        states=STATE_NAMES,
        warnings=WARNINGS,
        today=clock.today(),
    )


@routes.get(
    "/notifications/figures",
    can=Can.ENTER_REQUEST,
    audience=Audience.STAFF,
    audit="notifications.counted",
    rate=Rate.PAGE,
)
def figures() -> ResponseReturnValue:
    """How many arrived in a year, each kind by itself."""
    taken_today()
    this_year = clock.today().year
    typed = request.args.get("year", "")
    asked = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else this_year
    year = min(max(asked, FIRST_YEAR), this_year)
    return render_template(
        "notifications/figures.html",
        figures=queries.figures(year),
        year=year,
        years=range(max(FIRST_YEAR, year - 1), min(this_year, year + 1) + 1),
        kinds=KIND_NAMES,
        states=STATE_NAMES,
        steps=STEPS,
        months=MONTHS,
    )


def _wanted(who: Viewer, known_areas: set[str]) -> Wanted:
    """Read the address; what it does not say, or says wrongly, is the usual."""
    args = request.args
    q = " ".join("".join(sign for sign in args.get("q", "") if sign.isprintable()).split())[:80]
    kind, state = args.get("kind", ""), args.get("state", "")
    return Wanted(
        q=q,
        kind=kind if kind in KINDS else "",
        state=state if state in STATES else "",
        to_do=args.get("to_do") == "yes",
        areas=_chosen_areas(who, known_areas),
        page=page_in(args),
    )


def _area_shown(who: Viewer) -> str:
    return request.args.get("area", "") or ("own" if who.areas else "all")


def _chosen_areas(who: Viewer, known: set[str]) -> frozenset[UUID]:
    chosen = _area_shown(who)
    if chosen in known:
        return frozenset({UUID(chosen)})
    return who.areas if chosen == "own" and who.roles & AREA_ROLES else frozenset()


def _address(**changed: object) -> str:
    """The address of this list with some choices changed."""
    kept = {key: value for key, value in request.args.items() if value and key != "page"}
    merged = {**kept, **{key: str(value) for key, value in changed.items()}}
    return url_for("notification_lists.listed", **{key: value for key, value in merged.items() if value})  # type: ignore[arg-type]  # texts only
