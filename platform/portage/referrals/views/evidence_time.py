"""Giving a family more time for papers that are still wanted."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.referrals import queries_case
from portage.referrals.operations.evidence_time import NoMoreTime, evidence_time, give_more_time
from portage.referrals.queries_case import Head
from portage.referrals.schemas.evidence_time import MoreTimeSchema
from portage.referrals.views.case import opened, page_words

routes = Routes("evidence_time", __name__)


@routes.get(
    "/referrals/<uuid:referral_id>/more-time",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.more-time-opened",
    rate=Rate.PAGE,
)
def asking(referral_id: UUID) -> ResponseReturnValue:
    """The form: until when, and why."""
    known = opened(referral_id)
    if evidence_time(referral_id) is None:
        return redirect(f"/referrals/{referral_id}", 303)
    return _page(known, Form({"version": known.referral.version}))


@routes.post(
    "/referrals/<uuid:referral_id>/more-time",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.more-time-given",
    rate=Rate.WRITE,
)
def save(referral_id: UUID) -> ResponseReturnValue:
    """Let papers follow until a later day."""
    known = opened(referral_id)
    more, form = read(MoreTimeSchema(), request.form)
    if more is None:
        return _page(known, form), 422
    try:
        give_more_time(referral_id, more, by=Actor.of(viewer()), at=clock.now())
    except NoMoreTime as refusal:
        return _page(known, form.refuse("until", str(refusal))), 422
    flash("The family has more time for the papers. The reason stands in the history.", "success")
    return redirect(f"/referrals/{referral_id}", 303)


def _page(known: Head, form: Form) -> str:
    case = queries_case.case(known)
    return render_template(
        "referrals/more_time.html", **page_words(case), form=form, running=evidence_time(known.referral.id)
    )
