"""One request as if it had come on another day, beside what the policy really said."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Day, Form, FormSchema, read
from portage.core.identity import Viewer, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.policy import AREAS, NoEditionInForce
from portage.previews import listing
from portage.previews.what_if import CannotBeAsked, WhatIf, ask
from portage.referrals.models import Referral
from portage.referrals.queries_case import head
from portage.referrals.stage_words import recommendation

routes = Routes("what_if", __name__)
AREA_NAMES = {area.key: area.formal for area in AREAS}
MARKS = {True: ("Met", "met"), False: ("Not met", "not-met"), None: ("Not known yet", "unknown")}


class DaySchema(FormSchema):
    """The day, and by which edition; none chosen is the edition of that day."""

    on = Day("Enter a day.")


@adds_to("referral", order=90)
def leads_here(_: Viewer, referral_id: UUID | None) -> Section:
    """The way from a request to this page."""
    text = "What if this request had come on another day?"
    return Section("What if", (Entry(text, f"/referrals/{referral_id}/what-if", "Nothing is changed by asking."),))


@routes.get(
    "/referrals/<uuid:referral_id>/what-if",
    can=Can.SEE_WORKLIST,
    audience=Audience.STAFF,
    audit="referral.what-if-asked",
    rate=Rate.PAGE,
)
def shown(referral_id: UUID) -> ResponseReturnValue:
    """Ask for a day, and answer for it; nothing is stored."""
    known = head(referral_id, viewer(), clock.now())
    concerning("referral", referral_id, child=known.child.id, way=known.access.how)
    form, answer = Form({"on": clock.today()}), None
    choices = [(str(draft.id), draft.source) for draft in listing.drafts(clock.today())]
    if any(name.startswith("on") for name in request.args):
        edition = request.args.get("by", "")
        asked = request.args.copy()
        asked.poplist("by")
        day, form = read(DaySchema(), asked)
        form.values["by"] = edition if edition in dict(choices) else ""
        answer = _answer(known.referral, day["on"], form) if day else None
    return render_template(
        "previews/what_if.html",
        referral=known.referral,
        child=known.child,
        form=form,
        answer=answer,
        drafts=choices,
        area_names=AREA_NAMES,
        marks=MARKS,
        recommendation=recommendation,
    ), 422 if form.errors else 200


def _answer(referral: Referral, on: date, form: Form) -> WhatIf | None:
    chosen: Any = form.values["by"]
    try:
        return ask(referral, on, UUID(chosen) if chosen else None)
    except (CannotBeAsked, NoEditionInForce) as refused:
        form.refuse("on", str(refused))
        return None
