"""The family no longer wants this: closing a request because they say so."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.families.access import require_access
from portage.referrals.models import Referral
from portage.referrals.stage_words import STAGE_WORDS
from portage.support.lists import child_here
from portage.support.operations import TOLD_HOW, WITHDRAWABLE, referral_here, withdraw
from portage.support.refusals import WrongDates
from portage.support.schemas import WithdrawForm

routes = Routes("withdrawal", __name__)
HOW = [(key, words.capitalize()) for key, words in TOLD_HOW.items()]


@routes.get(
    "/referrals/<uuid:referral_id>/withdraw",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.withdrawing-opened",
    rate=Rate.PAGE,
)
def withdrawing(referral_id: UUID) -> ResponseReturnValue:
    """The form: who told, how, when, and what they said."""
    referral = _referral(referral_id)
    if referral.stage not in WITHDRAWABLE:
        return redirect(f"/referrals/{referral_id}", 303)
    return _page(referral, Form({"version": referral.version, "told_on": clock.today().isoformat()}))


@routes.post(
    "/referrals/<uuid:referral_id>/withdraw",
    can=Can.DECIDE,
    audience=Audience.STAFF,
    audit="referral.withdrawn",
    rate=Rate.WRITE,
)
def save_withdrawal(referral_id: UUID) -> ResponseReturnValue:
    """Close the request."""
    referral = _referral(referral_id)
    command, form = read(WithdrawForm(), request.form)
    if command is None:
        return _page(referral, form), 422
    try:
        withdraw(referral_id, command, by=Actor.of(viewer()), at=clock.now())
    except WrongDates as refusal:
        return _page(referral, form.refuse("told_on", str(refusal))), 422
    flash("The request is closed, as the family wishes. It can be opened again from this page.", "success")
    return redirect(f"/referrals/{referral_id}", 303)


def _referral(referral_id: UUID) -> Referral:
    referral = referral_here(referral_id)
    access = require_access(referral.child_id, viewer())
    concerning("referral", referral_id, child=referral.child_id, way=access.how)
    return referral


def _page(referral: Referral, form: Form) -> str:
    return render_template(
        "support/withdraw.html",
        referral=referral,
        child=child_here(referral.child_id),
        stage=STAGE_WORDS[referral.stage],
        how=HOW,
        form=form,
    )
