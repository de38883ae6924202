"""The worklist: what is new, what waits for what, and the clocks."""

from datetime import date
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import AREA_ROLES, Audience, Can, Rate, Role
from portage.core.forms import Form
from portage.core.identity import Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals import queries_worklist
from portage.referrals.queries_worklist import PAGE, SORTS, Wanted
from portage.referrals.stage_words import OPEN_STAGES, STAGE_WORDS, recommendation
from portage.referrals.timing import in_words
from portage.tenants.areas import areas

routes = Routes("worklist", __name__)
SEARCH_LEAST = 2  # letters, before somebody may search beyond their own cases


@routes.get("/worklist", can=Can.SEE_WORKLIST, audience=Audience.STAFF, audit="worklist.seen", rate=Rate.PAGE)
def worklist() -> ResponseReturnValue:
    """One page of requests; every choice lives in the address."""
    who, on = viewer(), clock.today()
    teams = areas()
    wanted = _wanted(who, on, {str(area_id) for area_id, _ in teams})
    counts = queries_worklist.counts(wanted)
    total = counts.total(wanted)
    found = queries_worklist.rows(wanted) if total else []
    return render_template(
        "referrals/worklist.html",
        rows=found,
        wanted=wanted,
        form=Form({**request.args.to_dict(), "stage": wanted.stage, "sort": wanted.sort, "area": _area_shown(who)}),
        counts=counts,
        total=total,
        pages=max(1, -(-total // PAGE)),
        areas=teams,
        area_names=[name for area_id, name in teams if area_id in wanted.areas],
        narrowed=any(request.args.get(name) for name in ("stage", "route", "area", "sort", "overdue", "unjudged")),
        stages=STAGE_WORDS,
        stage_choices=[(key, words.name) for key, words in STAGE_WORDS.items()],
        page_address=lambda page: _address(page=page),
        open_stages=OPEN_STAGES,
        recommendation=recommendation,
        in_words=in_words,
        needs_a_person=NEEDS_A_PERSON,
        today=on,
        own=_own_words(who, wanted),
        address=_address,
    )


def _wanted(who: Viewer, on: date, known_areas: set[str]) -> Wanted:
    """Read the address; what it does not say, or says wrongly, is the usual."""
    args = request.args
    q = " ".join("".join(letter for letter in args.get("q", "") if letter.isprintable() or letter.isspace()).split())[
        :80
    ]
    stage = args.get("stage", "")
    sort = args.get("sort", "")
    narrow = not who.roles & AREA_ROLES and len(q) < SEARCH_LEAST
    visits = Role.HOME_VISITOR in who.roles
    return Wanted(
        on=on,
        q=q,
        stage=stage if stage in STAGE_WORDS or stage == "all" else "all" if q and not stage else "open",
        route=args.get("route", "") if args.get("route", "").isprintable() else "",
        areas=_chosen_areas(who, known_areas),
        overdue=args.get("overdue") == "yes" and args.get("unjudged") != "yes",
        unjudged=args.get("unjudged") == "yes",
        sort=sort if sort in SORTS else "due",
        page=page_in(args),
        caseload_of=who.person_id if narrow and visits else None,
        panel_only=narrow and not visits,
        shut_to=who.person_id,
    )


def _area_shown(who: Viewer) -> str:
    return request.args.get("area", "") or ("own" if who.areas else "all")


def _chosen_areas(who: Viewer, known: set[str]) -> frozenset[UUID]:
    """One's own area teams unless another choice was made; a name is searched in the whole council when asked for."""
    chosen = _area_shown(who)
    if chosen in known:
        return frozenset({UUID(chosen)})
    return who.areas if chosen == "own" and who.roles & AREA_ROLES else frozenset()


def _own_words(who: Viewer, wanted: Wanted) -> str:
    if wanted.caseload_of:
        return "These are requests for children on your caseload. Search for a name to find others."
    if wanted.panel_only:
        return "These are requests that the panel looks at. Search for a name to find others."
    return ""


def _address(**changed: object) -> str:
    """The address of this list with some choices changed; a new choice starts at the first page."""
    kept = {key: value for key, value in request.args.items() if value and key != "page"}
    merged = {**kept, **{key: str(value) for key, value in changed.items()}}
    return url_for("worklist.worklist", **{key: value for key, value in merged.items() if value})  # type: ignore[arg-type]  # texts only
