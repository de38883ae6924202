"""Staff enter what came on paper, by e-mail or by telephone, and the papers that came with it or later."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.files import ACCEPT, attachment
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.routes import UNAUDITED, Routes, concerning
from portage.editions.operations import edition_on
from portage.families.access import require_access
from portage.policy import REFERRERS, NoEditionInForce
from portage.referrals.models import Referral
from portage.referrals.operations.evidence import add_late_evidence, evidence_of, paper, referral_with
from portage.referrals.operations.judging import FactsRefused, edition_of
from portage.referrals.operations.receive import receive
from portage.referrals.schemas.ask_journey import sentences_of
from portage.referrals.schemas.entry import Entry, entry_for, read_entry
from portage.referrals.views import _told
from portage.referrals.views._papers import keep_sent, paper_kinds
from portage.referrals.views._routes import asked_route, asking_routes, notified_today, routes_today

routes = Routes("entry", __name__)
__all__ = ["_told", "routes"]  # the section on a request's page comes with these routes


@routes.get("/enter", can=Can.ENTER_REQUEST, audience=Audience.STAFF, audit=UNAUDITED, rate=Rate.PAGE)
def choose() -> ResponseReturnValue:
    """By which way the request came, and who asked."""
    return render_template(
        "referrals/entry/choose.html", ways=asking_routes(), names=REFERRERS, notified=notified_today()
    )


@routes.get(
    "/enter/<route_key>/<referrer>", can=Can.ENTER_REQUEST, audience=Audience.STAFF, audit=UNAUDITED, rate=Rate.PAGE
)
def blank(route_key: str, referrer: str) -> ResponseReturnValue:
    """An empty page for such a request."""
    return _page(_entry(route_key, referrer), Form({"form_used": "this-form"}))


@routes.post(
    "/enter/<route_key>/<referrer>",
    can=Can.ENTER_REQUEST,
    audience=Audience.STAFF,
    audit="referral.entered",
    rate=Rate.WRITE,
)
def enter(route_key: str, referrer: str) -> ResponseReturnValue:
    """Take the request in under the rules of the day on which it came."""
    entry = _entry(route_key, referrer)
    command, form = read_entry(entry, request.form, clock.today())
    if command is None:
        return _page(entry, form), 422
    try:
        edition_on(command.received_on)
        referral = receive(command, by=Actor.of(viewer()), at=clock.now())
    except NoEditionInForce as none:
        return _page(entry, form.refuse("received_on", str(none))), 422
    except FactsRefused as refused:
        form.errors = sentences_of(entry.route, refused.problems)
        return _page(entry, form), 422
    concerning("referral", referral.id)
    flash(
        f"The request is taken in. Its reference is {referral.reference}. Now attach the form that it came on.",
        "success",
    )
    return redirect(url_for("entry.papers", referral_id=referral.id), 303)


@routes.get(
    "/referrals/<uuid:referral_id>/papers",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="evidence.listed",
    rate=Rate.PAGE,
)
def papers(referral_id: UUID) -> ResponseReturnValue:
    """The papers of a request, and where more are added."""
    return _papers(referral_id, Form())


@routes.post(
    "/referrals/<uuid:referral_id>/papers",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="evidence.added",
    rate=Rate.UPLOAD,
)
def add_papers(referral_id: UUID) -> ResponseReturnValue:
    """Add papers that came with the request or later; new evidence is judged at once."""
    referral = referral_with(referral_id)
    require_access(referral.child_id, viewer())
    concerning("referral", referral_id)
    kept, form = keep_sent(_kinds(referral))
    if form.errors:
        return _papers(referral_id, form), 422
    add_late_evidence(referral, kept, by=Actor.of(viewer()), at=clock.now())
    flash("The file is added." if len(kept) == 1 else f"{len(kept)} files are added.", "success")
    return redirect(url_for("entry.papers", referral_id=referral_id), 303)


@routes.get(
    "/referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>",
    can=Can.SEE_WORKLIST,
    audience=Audience.STAFF,
    audit="evidence.opened",
    rate=Rate.PAGE,
)
def evidence(referral_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """One paper, as a file to save: a browser never shows it as a page of ours."""
    found, child_id = paper(referral_id, evidence_id)
    require_access(child_id, viewer())
    concerning("referral", referral_id, evidence=evidence_id)
    return attachment(found.object_key, name=found.file_name, media_type=found.media_type)


def _entry(route_key: str, referrer: str) -> Entry:
    route = asked_route(route_key).route
    if referrer not in route.referrers:
        raise NotHere
    return entry_for(route, referrer, tuple(other for other in routes_today() if other.key != route_key))


def _page(entry: Entry, form: Form) -> str:
    return render_template("referrals/entry/enter.html", entry=entry, form=form, who=REFERRERS[entry.referrer])


def _papers(referral_id: UUID, form: Form) -> str:
    referral = referral_with(referral_id)
    require_access(referral.child_id, viewer())
    concerning("referral", referral_id)
    kinds = _kinds(referral)
    return render_template(
        "referrals/entry/papers.html",
        referral=referral,
        papers=evidence_of(referral_id),
        kinds=kinds,
        named=dict(kinds),
        form=form,
        accept=ACCEPT,
    )


def _kinds(referral: Referral) -> list[tuple[str, str]]:
    """The kinds of papers by the request's own edition: a later one may not have its route any more."""
    policy, edition = edition_of(referral.edition_id)
    return paper_kinds(policy.route(edition.terms, referral.route), entering=True)
