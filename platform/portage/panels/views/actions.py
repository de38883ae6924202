"""The chair's action between meetings, and the item by which the next meeting ratifies it or does not."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.families.access import ConflictDeclared
from portage.families.conflicts import has_conflict
from portage.panels import operations
from portage.panels.members import PRACTITIONERS, people_with
from portage.panels.models import PanelItem
from portage.panels.queries import Asking
from portage.panels.refusals import ItemRefused, MeetingNotNow, NoQuorum
from portage.panels.schemas import ActionSchema, RatifySchema
from portage.panels.views._shown import asking, rules_here, shared_words
from portage.panels.words import CHOICES
from portage.referrals import case_words, queries_case
from portage.referrals.operations.decisions import DECIDABLE, DecisionRefused
from portage.referrals.queries_case import Case
from portage.referrals.views.case import opened, page_words
from portage.referrals.views.decide import service_choices

routes = Routes("panel_actions", __name__)


@routes.get(
    "/panel/action/<uuid:referral_id>",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.action-opened",
    rate=Rate.PAGE,
)
def action(referral_id: UUID) -> ResponseReturnValue:
    """The form by which the chair decides before the next meeting."""
    case = _case(referral_id)
    if case.referral.stage not in DECIDABLE:
        return redirect(f"/referrals/{referral_id}", 303)
    last = case.determination
    return _page(case, Form({"version": case.referral.version, "determination_id": last.id if last else ""}))


@routes.post(
    "/panel/action/<uuid:referral_id>",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.action-taken",
    rate=Rate.WRITE,
)
def take(referral_id: UUID) -> ResponseReturnValue:
    """Record the chair's action; the next meeting looks at it as an item of its own."""
    case = _case(referral_id)
    command, form = read(ActionSchema(), request.form)
    if command is None:
        return _page(case, form), 422
    panel, because = command
    try:
        operations.take_action(referral_id, panel, because, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    except (DecisionRefused, ItemRefused) as refused:
        return _page(case, form.refuse(refused.field, str(refused))), 422
    except MeetingNotNow as refused:
        return _page(case, form.refuse("_form", str(refused))), 422
    flash("Your action is recorded. The next meeting ratifies it or does not.", "success")
    return redirect(f"/referrals/{referral_id}#decision", 303)


@routes.get(
    "/panel/<uuid:meeting_id>/actions/<uuid:item_id>",
    can=Can.SIT_ON_PANEL,
    audience=Audience.STAFF,
    audit="panel.action-seen",
    rate=Rate.PAGE,
)
def seen(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """What the chair decided between meetings, and for the chair the form by which the meeting ratifies it."""
    ask, case, item = _action(meeting_id, item_id)
    return _ratify_page(ask, case, item, Form({"seen": item.version}))


@routes.post(
    "/panel/<uuid:meeting_id>/actions/<uuid:item_id>",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.action-ratified",
    rate=Rate.WRITE,
)
def ratify(meeting_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Record whether the meeting ratifies the chair's action."""
    ask, case, item = _action(meeting_id, item_id)
    command, form = read(RatifySchema(), request.form)
    if command is None:
        return _ratify_page(ask, case, item, form), 422
    by, at, on = Actor.of(viewer()), clock.now(), clock.today()
    try:
        operations.ratify(meeting_id, item_id, command, ask.rules, by=by, at=at, on=on)
    except (MeetingNotNow, NoQuorum) as refused:
        return _ratify_page(ask, case, item, form.refuse("_form", str(refused))), 422
    flash("It is recorded what the panel says to the chair’s action.", "success")
    return redirect("/panel", 303)


def _case(referral_id: UUID) -> Case:
    """A request that a panel decides, opened by a chair without a conflict; raises `NotHere`."""
    rules_here()
    head = opened(referral_id)
    _not_conflicted(head.child.id)
    case = queries_case.case(head)
    if case.route.decided_by != "panel":
        raise NotHere
    return case


def _action(meeting_id: UUID, item_id: UUID) -> tuple[Asking, Case, PanelItem]:
    ask = asking(meeting_id)
    item = operations.action_here(meeting_id, item_id)
    head = opened(item.referral_id)
    _not_conflicted(head.child.id)
    return ask, queries_case.case(head), item


def _not_conflicted(child_id: UUID) -> None:
    if has_conflict(child_id, viewer().person_id):
        raise ConflictDeclared


def _page(case: Case, form: Form) -> str:
    following = operations.next_meeting(clock.today())
    return render_template(
        "panels/action.html",
        **{**page_words(case), **shared_words()},
        form=form,
        choices=[choice for choice in CHOICES if choice[0] != "deferred"],
        facts=case_words.fact_rows(case),
        services=service_choices(case),
        practitioners=[(str(each.id), each.name) for each in people_with(PRACTITIONERS)],
        following=following,
        decider=viewer().name,
    )


def _ratify_page(ask: Asking, case: Case, item: PanelItem, form: Form) -> str:
    decision = next((each for each in case.lists["decisions"] if each.id == item.decision_id), None)
    return render_template(
        "panels/ratify.html",
        **{**page_words(case), **shared_words()},
        meeting=ask.meeting,
        item=item,
        decision=decision,
        form=form,
        begun=ask.meeting.held_on <= clock.today(),
    )
