"""Recording what was found: a delay with its basis, and the other facts; each change is judged again at once."""

from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.policy import EVIDENCE
from portage.policy.dates import completed_months
from portage.referrals import case_words, queries_case
from portage.referrals.operations.facts import DelayFound, JudgedAgain, record_delay, record_facts
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.own_facts import field_name, own_facts
from portage.referrals.queries_case import Case
from portage.referrals.schemas.facts import JUDGED_AREAS, DelaySchema, FactsSchema
from portage.referrals.stage_words import recommendation
from portage.referrals.views.case import opened, page_words

routes = Routes("facts", __name__)


@routes.get(
    "/referrals/<uuid:referral_id>/delay",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="referral.delay-opened",
    rate=Rate.PAGE,
)
def delay(referral_id: UUID) -> ResponseReturnValue:
    """The form for one area's delay."""
    case = _case(referral_id)
    values = {"version": case.referral.version, "area": request.args.get("area", ""), "form": "percent"}
    return _delay_page(case, Form(values))


@routes.post(
    "/referrals/<uuid:referral_id>/delay",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="referral.delay-recorded",
    rate=Rate.WRITE,
)
def save_delay(referral_id: UUID) -> ResponseReturnValue:
    """Keep a delay with its basis and judge again."""
    case = _case(referral_id)
    found, form = read(DelaySchema(), request.form)
    if found is not None:
        _check_days(case, found, form)
    if found is None or form.errors:
        return _delay_page(case, form), 422
    try:
        again = record_delay(referral_id, found, by=Actor.of(viewer()), at=clock.now())
    except FactsRefused as refused:
        return _delay_page(case, form.refuse("amount", _plain(refused))), 422
    return _done(referral_id, again, "The delay is recorded.")


@routes.get(
    "/referrals/<uuid:referral_id>/facts",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="referral.facts-opened",
    rate=Rate.PAGE,
)
def facts(referral_id: UUID) -> ResponseReturnValue:
    """The form for the other facts."""
    case = _case(referral_id)
    return _facts_page(case, Form(case_words.values_for_form(case.referral, own_facts(case))))


@routes.post(
    "/referrals/<uuid:referral_id>/facts",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="referral.facts-recorded",
    rate=Rate.WRITE,
)
def save_facts(referral_id: UUID) -> ResponseReturnValue:
    """Write the facts down and judge again."""
    case = _case(referral_id)
    found, form = read(FactsSchema.asking(case_words.questions(case), own_facts(case)), request.form)
    for name in ("agreed_on", "early_help_discussed_on"):
        if found is not None and (day := found.columns.get(name)) and day > clock.today():
            form.refuse(name, "This day is in the future.")
    if found is None or form.errors:
        return _facts_page(case, form), 422
    try:
        again = record_facts(referral_id, found, by=Actor.of(viewer()), at=clock.now())
    except FactsRefused as refused:
        return _facts_page(case, form.refuse("_form", _plain(refused))), 422
    return _done(referral_id, again, "The facts are recorded.")


def _case(referral_id: UUID) -> Case:
    return queries_case.case(opened(referral_id))


def _delay_page(case: Case, form: Form) -> str:
    areas = [(key, name) for key, name in case_words.AREA_NAMES.items()]
    judged = ", ".join(name.lower() for key, name in areas if key in JUDGED_AREAS)
    return render_template("referrals/delay.html", **page_words(case), form=form, areas=areas, judged=judged)


def _facts_page(case: Case, form: Form) -> str:
    kinds = [(kind.key, kind.formal) for kind in EVIDENCE]
    own = [(field_name(fact), fact) for fact in own_facts(case)]
    return render_template(
        "referrals/facts.html", **page_words(case), form=form, shown=case_words.questions(case), kinds=kinds, own=own
    )


def _check_days(case: Case, found: DelayFound, form: Form) -> None:
    """Refuse days that cannot be, and work out the percentage where the policy cannot read an age found later."""
    assessed_on = found.assessed_on
    if assessed_on is None:
        return
    if assessed_on > clock.today():
        form.refuse("assessed_on", "This day is in the future.")
    elif assessed_on < case.child.date_of_birth:
        form.refuse("assessed_on", "This day is before the child was born.")
    elif found.developmental_age_months is not None and assessed_on > case.referral.received_on:
        age = completed_months(case.child.date_of_birth, assessed_on)
        sentence = "The rules read an age that was found on or before the day of the request."
        if age:
            share = max(Decimal(0), age - found.developmental_age_months) * 100 / age
            sentence += (
                f" Found later, give the delay in percent: at {age} months that is "
                f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%."
            )
        form.refuse("form", sentence)


def _done(referral_id: UUID, again: JudgedAgain, what: str) -> ResponseReturnValue:
    """Back to the request, saying what the change changed."""
    said = " ".join(again.changes) or "The findings are as before."
    flash(f"{what} {said} {recommendation(again.determination.outcome)}.", "success")
    return redirect(f"/referrals/{referral_id}#findings", 303)


def _plain(refused: FactsRefused) -> str:
    return "; ".join(
        f"{path.replace('child.', '').replace('_', ' ')} {sentence}" for path, sentence in refused.problems
    )
