"""Deciding on a request, asking for another look, and opening an ended case again."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate, Role
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.directory.listing import to_tick
from portage.messages.operations import alert
from portage.referrals import case_words, queries_case
from portage.referrals.operations.decisions import (
    AGREES,
    DECIDABLE,
    DecisionRefused,
    agrees,
    decide,
)
from portage.referrals.operations.second_looks import NothingToLookAt, ask_again, reopen
from portage.referrals.queries_case import Case
from portage.referrals.schemas.decision import AskedAgainSchema, DecisionSchema, ReopenSchema
from portage.referrals.views.case import opened, page_words

routes = Routes("decide", __name__)
CHOICES = [
    ("accepted", "Accept", "The offer is made to the family next."),
    ("declined", "Decline", "The family is told why, and what may help instead."),
    ("signposted", "Signpost to other help", "The family is told where they get help, and why."),
    ("information", "Ask for more information", "The request stays open until it is there."),
]


@routes.get(
    "/referrals/<uuid:referral_id>/decide",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.decision-opened",
    rate=Rate.PAGE,
)
def deciding(referral_id: UUID) -> ResponseReturnValue:
    """What is known, what is recommended and why, and the form for a person's own decision."""
    case = queries_case.case(opened(referral_id))
    if case.route.decided_by == "panel":
        return redirect("/panel", 303)
    if case.referral.stage not in DECIDABLE or case.determination is None:
        return redirect(f"/referrals/{referral_id}", 303)
    return decision_page(case, blank(case), f"/referrals/{referral_id}/decide", f"/referrals/{referral_id}")


@routes.post(
    "/referrals/<uuid:referral_id>/decide",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.decided",
    rate=Rate.WRITE,
)
def save_decision(referral_id: UUID) -> ResponseReturnValue:
    """Record the decision of the person who is signed in."""
    case = queries_case.case(opened(referral_id))
    command, form = read(DecisionSchema(), request.form)
    back = f"/referrals/{referral_id}"
    if command is None:
        return decision_page(case, form, f"{back}/decide", back), 422
    try:
        decided = decide(referral_id, command, by=Actor.of(viewer()), at=clock.now())
    except DecisionRefused as refused:
        return decision_page(case, form.refuse(refused.field, str(refused)), f"{back}/decide", back), 422
    otherwise = "" if decided.agrees else " You decided otherwise than the recommendation, and your reason says why."
    flash(f"Your decision is recorded.{otherwise} Next, tell the family.", "success")
    return redirect(f"{back}#decision", 303)


@routes.post(
    "/referrals/<uuid:referral_id>/second-look",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="second-look.asked",
    rate=Rate.WRITE,
)
def second_look(referral_id: UUID) -> ResponseReturnValue:
    """Record that somebody asked for another look; another person decides this time."""
    case = queries_case.case(opened(referral_id))
    command, form = read(AskedAgainSchema(), request.form)
    if command is not None and command.asked_on > clock.today():
        form.refuse("asked_on", "This day is in the future.")
    if command is None or form.errors:
        return _again_page(case, form), 422
    try:
        look = ask_again(referral_id, command, by=Actor.of(viewer()), at=clock.now())
    except NothingToLookAt as refused:
        return _again_page(case, form.refuse("_form", str(refused))), 422
    alert(
        kind="second-look",
        path=f"/referrals/{referral_id}",
        sentence=f"Another look was asked for at the decision on {case.referral.reference}.",
        role=Role.SERVICE_MANAGER,
        area_id=case.referral.area_id,
        child_id=case.child.id,
        dedupe=f"second-look:{look.id}",
    )
    flash("Another look is asked for. Somebody other than the person who decided looks at it.", "success")
    return redirect(f"/referrals/{referral_id}#decision", 303)


@routes.get(
    "/referrals/<uuid:referral_id>/second-look",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="second-look.opened",
    rate=Rate.PAGE,
)
def asking_again(referral_id: UUID) -> ResponseReturnValue:
    """The form for a request to look again."""
    case = queries_case.case(opened(referral_id))
    return _again_page(case, Form({"version": case.referral.version, "asked_on": clock.today().isoformat()}))


@routes.get(
    "/referrals/<uuid:referral_id>/reopen",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.reopening-opened",
    rate=Rate.PAGE,
)
def reopening(referral_id: UUID) -> ResponseReturnValue:
    """The form for opening an ended case again."""
    case = queries_case.case(opened(referral_id))
    return _reopen_page(case, Form({"version": case.referral.version}))


@routes.post(
    "/referrals/<uuid:referral_id>/reopen",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.reopened",
    rate=Rate.WRITE,
)
def save_reopening(referral_id: UUID) -> ResponseReturnValue:
    """Open the case again."""
    case = queries_case.case(opened(referral_id))
    command, form = read(ReopenSchema(), request.form)
    if command is None:
        return _reopen_page(case, form), 422
    reason, version = command
    try:
        reopen(referral_id, reason, version=version, by=Actor.of(viewer()), at=clock.now())
    except NothingToLookAt as refused:
        return _reopen_page(case, form.refuse("_form", str(refused))), 422
    flash("The case is open again.", "success")
    return redirect(f"/referrals/{referral_id}", 303)


def blank(case: Case) -> Form:
    """The empty form of a decision on what the page shows now."""
    last = case.determination
    return Form({"version": case.referral.version, "determination_id": last.id if last else ""})


def decision_page(case: Case, form: Form, action: str, back: str) -> str:
    """The page on which a person decides; each choice says whether it follows the recommendation."""
    recommended = case.determination.outcome if case.determination else ""
    choices = [(key, text, f"{hint} {_beside(recommended, key)}".strip()) for key, text, hint in CHOICES]
    return render_template(
        "referrals/decide.html", **page_words(case), form=form, choices=choices, action=action, back=back,
        facts=case_words.fact_rows(case), decider=viewer().name, services=service_choices(case),
    )  # fmt: skip


def service_choices(case: Case) -> list[tuple[str, str, str]]:
    """The directory as choices: those for the child's age come first."""
    return [
        (str(each.id), each.name, f"{each.what_for} {each.ages}".strip())
        for each in to_tick(case.child.date_of_birth, clock.today())
    ]


def _beside(recommended: str, outcome: str) -> str:
    if recommended == "panel" or recommended not in AGREES:
        return ""
    if agrees(recommended, outcome):
        return "This follows the recommendation."
    return "With this you decide otherwise than the recommendation."


def _again_page(case: Case, form: Form) -> str:
    return render_template("referrals/decide_again.html", **page_words(case), form=form)


def _reopen_page(case: Case, form: Form) -> str:
    return render_template("referrals/decide_reopen.html", **page_words(case), form=form)
