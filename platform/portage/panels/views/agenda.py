"""The agenda of the next meeting, the meetings around it, and planning them."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.families.conflicts import conflicts_about
from portage.panels import operations, queries
from portage.panels.models import PanelMeeting
from portage.panels.queries import Asking
from portage.panels.rules import PanelRules, panel_rules
from portage.panels.schemas import PlanSchema
from portage.panels.views._shown import pages, rules_here, shared_words, sights
from portage.policy.dates import in_words

routes = Routes("panels", __name__)


@routes.get("/panel", can=Can.SIT_ON_PANEL, audience=Audience.STAFF, audit="panel.seen", rate=Rate.PAGE)
def panel() -> ResponseReturnValue:
    """The agenda of the next meeting, and the meetings before and after it."""
    return _page(rules_here(), Form({"first_on": clock.today().isoformat(), "count": str(operations.AHEAD)}))


@routes.post("/panel/meetings", can=Can.CHAIR_PANEL, audience=Audience.STAFF, audit="panel.planned", rate=Rate.WRITE)
def plan() -> ResponseReturnValue:
    """Plan meetings by the policy's cadence."""
    rules = rules_here()
    command, form = read(PlanSchema(), request.form)
    if command is not None and command.first_on < clock.today():
        form.refuse("first_on", "This day is in the past.")
    if command is None or form.errors:
        return _page(rules, form), 422
    added = operations.plan_meetings(command, rules.every)
    flash("The meetings are planned." if added else "There are meetings on these days already.", "success")
    return redirect("/panel", 303)


@adds_to("today", order=20)
def next_panel(who: Viewer, _subject: UUID | None) -> Section | None:
    """The next meeting, for whoever sits on the panel."""
    today = clock.today()
    if Can.SIT_ON_PANEL not in who.can or panel_rules(today) is None:
        return None
    current = operations.current_meeting(operations.planned_meetings(), today)
    if current is None:
        return None
    waiting = operations.waiting_now()
    number = f"{waiting} to look at" if waiting else "Nothing to look at yet"
    if current.held_on < today:
        number = f"Not closed yet. {number}"
    return Section("Panel", (Entry(f"Meeting on {in_words(current.held_on)}", "/panel", number),))


def _page(rules: PanelRules, form: Form) -> str:
    planned = operations.planned_meetings()
    current = operations.current_meeting(planned, clock.today())
    page, earlier = page_in(request.args), _earlier()
    held, meetings = queries.held(earlier)
    return render_template(
        "panels/panel.html",
        rules=rules,
        current=current,
        later=[meeting for meeting in planned if current and meeting.held_on > current.held_on],
        unclosed=[meeting for meeting in planned if current and meeting.held_on < current.held_on],
        cancelled=_cancelled(planned, current),
        held=held,
        page=page,
        page_address=lambda number: f"/panel?page={number}",
        earlier=earlier,
        earlier_pages=pages(meetings, queries.HELD),
        earlier_address=lambda number: f"/panel?earlier={number}#held",
        form=form,
        **_agenda(rules, current, page),
        **shared_words(),
    )


def _agenda(rules: PanelRules, current: PanelMeeting | None, page: int) -> dict[str, object]:
    """What is on the agenda, what came after the papers' day, and who declared a conflict."""
    if current is None:
        return {"items": [], "on_list": 0, "pages": 1, "late": [], "actions": [], "sights": {}, "conflicts": {}}
    ask, who = Asking(current, rules, viewer()), viewer()
    items, on_list = queries.agenda(ask, page)
    late, actions = queries.late(ask), queries.actions(ask)
    conflicts: dict[UUID, list[str]] = {}
    if Can.CHAIR_PANEL in who.can:
        for found in conflicts_about([row.child_id for row in items]):
            conflicts.setdefault(found.child_id, []).append(found.name)
    return {
        "items": items,
        "on_list": on_list,
        "pages": pages(on_list),
        "papers_by": rules.papers_by(current.held_on) if rules.papers_days_before else None,
        "late": late,
        "actions": actions,
        "sights": sights([*items, *late, *actions], who),
        "conflicts": conflicts,
    }


def _cancelled(planned: list[PanelMeeting], current: PanelMeeting | None) -> list[tuple[str, str | None, str]]:
    """Days near the agenda on which the panel does not meet: the day, why, and when it meets instead."""
    around = clock.today() - 2 * (panel := rules_here()).every, (current.held_on if current else clock.today())
    until = max(around[1], clock.today()) + operations.AHEAD * panel.every
    found = []
    for held_on, because in queries.cancelled_between(around[0], until):
        following = next((each.held_on for each in planned if each.held_on > held_on), None)
        found.append((in_words(held_on), because, in_words(following) if following else ""))
    return found


def _earlier() -> int:
    return page_in(MultiDict({"page": request.args.get("earlier", "")}))
