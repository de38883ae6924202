"""The panel as a list with recorded decisions."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.editions.operations import edition_on
from portage.panels import access, operations, queries
from portage.panels.operations import MeetingNotNow
from portage.panels.schemas import PlanSchema
from portage.policy.careful import NEEDS_A_PERSON
from portage.policy.dates import in_words
from portage.referrals import case_words, queries_case
from portage.referrals.operations.decisions import DecisionRefused
from portage.referrals.queries_case import Case
from portage.referrals.schemas.assessment import VersionSchema
from portage.referrals.schemas.decision import DecisionSchema
from portage.referrals.stage_words import DECISIONS, STAGE_WORDS
from portage.referrals.views.case import opened
from portage.referrals.views.decide import blank, decision_page

routes = Routes("panels", __name__)
__all__ = ["access", "routes"]  # importing `access` opens the door of the agenda


@routes.get("/panel", can=Can.SIT_ON_PANEL, audience=Audience.STAFF, audit="panel.seen", rate=Rate.PAGE)
def panel() -> ResponseReturnValue:
    """The agenda of the next meeting, and the meetings before and after it."""
    return _page(Form({"first_on": clock.today().isoformat(), "count": str(operations.AHEAD)}))


@routes.post("/panel/meetings", can=Can.CHAIR_PANEL, audience=Audience.STAFF, audit="panel.planned", rate=Rate.WRITE)
def plan() -> ResponseReturnValue:
    """Plan meetings by the policy's cadence."""
    every = _cadence()
    command, form = read(PlanSchema(), request.form)
    if command is not None and command.first_on < clock.today():
        form.refuse("first_on", "This day is in the past.")
    if command is None or every is None or form.errors:
        return _page(form), 422
    added = operations.plan_meetings(command, every)
    flash("The meetings are planned." if added else "There are meetings on these days already.", "success")
    return redirect("/panel", 303)


@routes.get(
    "/panel/<uuid:meeting_id>",
    can=Can.SIT_ON_PANEL,
    audience=Audience.STAFF,
    audit="panel.minutes-seen",
    rate=Rate.PAGE,
)
def minutes(meeting_id: UUID) -> ResponseReturnValue:
    """What one meeting decided, and what it left; of older meetings the names only to whoever may open the record."""
    meeting = operations.meeting_here(meeting_id)
    page = page_in(request.args)
    items, total = queries.minutes(meeting_id, viewer(), clock.now(), page)
    named = {row.id for row in items if access.may_name(row, viewer())}
    return render_template(
        "panels/minutes.html",
        meeting=meeting,
        items=items,
        named=named,
        page=page,
        pages=_pages(total),
        page_address=lambda number: f"/panel/{meeting_id}?page={number}",
        may_close=Can.CHAIR_PANEL in viewer().can,
        **_words(),
    )


@routes.get(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.item-opened",
    rate=Rate.PAGE,
)
def item(meeting_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """One request on the agenda: what is known, what is missing, and the form for the panel's decision."""
    case = _item(meeting_id, referral_id)
    if case.referral.stage != "panel":
        return redirect(f"/referrals/{referral_id}#decision", 303)
    return decision_page(case, blank(case), f"/panel/{meeting_id}/{referral_id}", "/panel")


@routes.post(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.decided",
    rate=Rate.WRITE,
)
def save_item(meeting_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Record what the panel decided, in the chair's own words."""
    case = _item(meeting_id, referral_id)
    here = f"/panel/{meeting_id}/{referral_id}"
    command, form = read(DecisionSchema(), request.form)
    if command is None:
        return decision_page(case, form, here, "/panel"), 422
    try:
        operations.decide_item(
            meeting_id, referral_id, command, by=Actor.of(viewer()), at=clock.now(), on=clock.today()
        )
    except DecisionRefused as refused:
        return decision_page(case, form.refuse(refused.field, str(refused)), here, "/panel"), 422
    except MeetingNotNow as refused:
        return decision_page(case, form.refuse("_form", str(refused)), here, "/panel"), 422
    flash(f"The panel’s decision on {case.referral.reference} is recorded.", "success")
    return redirect("/panel", 303)


@routes.post(
    "/panel/<uuid:meeting_id>/close",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.closed",
    rate=Rate.WRITE,
)
def close(meeting_id: UUID) -> ResponseReturnValue:
    """Close a meeting; what it left is on the next agenda."""
    version, _ = read(VersionSchema(), request.form)
    operations.close_meeting(
        meeting_id,
        version=version or 0,
        every=_cadence() or timedelta(days=7),
        by=Actor.of(viewer()),
        at=clock.now(),
        on=clock.today(),
    )
    flash("The meeting is closed. What it left is on the next agenda.", "success")
    return redirect(f"/panel/{meeting_id}", 303)


@adds_to("today", order=20)
def next_panel(who: Viewer, _subject: UUID | None) -> Section | None:
    """The next meeting, for whoever sits on the panel."""
    if Can.SIT_ON_PANEL not in who.can:
        return None
    today = clock.today()
    current = operations.current_meeting(operations.planned_meetings(), today)
    if current is None:
        return None
    waiting = operations.waiting_now()
    number = f"{waiting} to look at" if waiting else "Nothing to look at yet"
    if current.held_on < today:
        number = f"Not closed yet. {number}"
    return Section("Panel", (Entry(f"Meeting on {in_words(current.held_on)}", "/panel", number),))


def _page(form: Form) -> str:
    every = _cadence()
    planned = operations.planned_meetings() if every else []
    current = operations.current_meeting(planned, clock.today())
    page, earlier = page_in(request.args), _earlier()
    items, on_list = queries.agenda(current.id, page) if current else ([], 0)
    held, meetings = queries.held(earlier) if every else ([], 0)
    return render_template(
        "panels/panel.html",
        every=every.days if every else None,
        current=current,
        later=[meeting for meeting in planned if current and meeting.held_on > current.held_on],
        unclosed=[meeting for meeting in planned if current and meeting.held_on < current.held_on],
        held=held,
        items=items,
        on_list=on_list,
        page=page,
        pages=_pages(on_list),
        page_address=lambda number: f"/panel?page={number}",
        earlier=earlier,
        earlier_pages=_pages(meetings),
        earlier_address=lambda number: f"/panel?earlier={number}#held",
        form=form,
        may_chair=Can.CHAIR_PANEL in viewer().can,
        **_words(),
    )


def _earlier() -> int:
    return page_in(MultiDict({"page": request.args.get("earlier", "")}))


def _pages(total: int) -> int:
    return max(1, -(-total // queries.PAGE))


def _words() -> dict[str, object]:
    policy, edition = edition_on(clock.today())
    return {
        "today": clock.today(),
        "decisions": DECISIONS,
        "stages": STAGE_WORDS,
        "needs_a_person": NEEDS_A_PERSON,
        "missing_words": partial(case_words.missing, policy=policy),
        "route_names": {route.key: route.name for route in policy.routes(edition.terms)},
    }


def _cadence() -> timedelta | None:
    return operations.cadence(*edition_on(clock.today()))


def _item(meeting_id: UUID, referral_id: UUID) -> Case:
    """A request on the agenda of this meeting; raises `NotHere`."""
    current = operations.current_meeting(operations.planned_meetings(), clock.today())
    if not queries.on_agenda(meeting_id, referral_id, current=current is not None and current.id == meeting_id):
        raise NotHere
    return queries_case.case(opened(referral_id))
