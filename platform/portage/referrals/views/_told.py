"""On a request's page: how it came, what a person should look at, and what was asked beside facts."""

from datetime import date
from typing import Any
from uuid import UUID

from portage.core.db import db
from portage.core.identity import Viewer
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import current_tenant_id
from portage.policy import Route
from portage.referrals.models import Referral
from portage.referrals.operations.judging import edition_of
from portage.referrals.operations.receive import FLAGS

HOW = {"online": "On the public pages", "paper": "On paper", "email": "By e-mail", "telephone": "By telephone"}
LABELS = {
    "significant_need_reason": "What the judgement is based on",
    "parents_informed_on": "Parents told on",
    "parents_discussed_on": "Parents could talk about it on",
    "parents_views": "What the parents said",
}


@adds_to("referral", order=5)
def how_it_came(_viewer: Viewer, referral_id: UUID | None) -> Section | None:
    """How the request came, and what else it says."""
    if referral_id is None:
        return None
    referral = db.session.get(Referral, (current_tenant_id(), referral_id))  # the page has read it already
    if referral is None:
        return None
    policy, edition = edition_of(referral.edition_id)
    entries = [*_came(referral), *_flags(referral), *_answers(referral, policy.route(edition.terms, referral.route))]
    return Section("How it came, and what else it says", tuple(entries))


def _came(referral: Referral) -> list[Entry]:
    known = f"day known by: {referral.received_known_by}" if referral.received_known_by else ""
    came = [Entry(HOW[referral.received_how], quiet=known)]
    if referral.form_used:
        came.append(Entry(f"It came on another form: {referral.form_used}"))
    if referral.early_help_reference:
        came.append(Entry(f"Early Help reference: {referral.early_help_reference}"))
    if referral.early_help_discussed_on:
        came.append(Entry(f"Talked about with the family on {_words(referral.early_help_discussed_on.isoformat())}"))
    return came


def _flags(referral: Referral) -> list[Entry]:
    return [Entry(FLAGS.get(flag, flag), quiet="Please look at this") for flag in referral.flags]


def _answers(referral: Referral, route: Route) -> list[Entry]:
    labels = {**{ask.key: ask.formal for ask in route.asks}, **LABELS}
    return [Entry(f"{labels.get(key, key)}: {_words(answer)}") for key, answer in referral.answers.items()]


def _words(answer: Any) -> str:
    """An answer as it was kept: dates are written out."""
    try:
        day = date.fromisoformat(str(answer))
    except ValueError:
        return "; ".join(answer) if isinstance(answer, list) else str(answer)
    return f"{day.day} {day:%B %Y}"
