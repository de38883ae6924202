"""A professional adds papers behind the link in their e-mail, until the outcome: of a notification or of a request."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.files import ACCEPT, Kept
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.rates import Ceiling
from portage.core.routes import ANYONE, Routes
from portage.core.tenancy import current_tenant_id
from portage.messages.models import OneTimeLink
from portage.messages.opened import as_family, link_to
from portage.notifications.operations.late_papers import Awaiting, awaiting, bring, brought
from portage.notifications.taken import taken_for
from portage.referrals.models import Referral
from portage.referrals.operations.drafts import MOST_PAPERS
from portage.referrals.operations.judging import edition_of
from portage.referrals.views._papers import FULL, keep_sent, paper_kinds

routes = Routes("late_papers", __name__)
HERE = "/opened/<uuid:link_id>/papers"
ENOUGH = f"We take {MOST_PAPERS} files by this link. Please call or write to the team about more."


@routes.get(HERE, can=ANYONE, audience=Audience.LINK, audit="papers.asked-by-link", rate=Rate.PAGE)
def late(link_id: UUID) -> ResponseReturnValue:
    """Where a paper that came later is added."""
    link, to = _opened(link_id)
    return _page(link, to, Form())


@routes.post(HERE, can=ANYONE, audience=Audience.LINK, audit="papers.added-by-link", rate=Rate.UPLOAD)
def add(link_id: UUID) -> ResponseReturnValue:
    """Keep the papers with what they belong to."""
    link, to = _opened(link_id)
    by = Actor.of(viewer())
    kept, form = _sent(to, by)
    if form.errors:
        return _page(link, to, form), 422
    bring(to, kept, by=by, at=clock.now())
    flash("Thank you. We have the file." if len(kept) == 1 else f"Thank you. We have {len(kept)} files.", "success")
    return redirect(f"/opened/{link_id}/papers", 303)


def _opened(link_id: UUID) -> tuple[OneTimeLink, Awaiting]:
    link = link_to(link_id, "request", "notification")
    to = awaiting(link, lock=request.method == "POST")
    if to is None:
        raise NotHere
    as_family(link, to.about.child_id)
    return link, to


def _sent(to: Awaiting, by: Actor) -> tuple[list[tuple[Kept, str]], Form]:
    """What was sent, within what one link and one council take."""
    number = sum(1 for each in request.files.getlist("papers") if each.filename)
    form = Form({"kind": request.form.get("kind", "")})
    if number + brought(to, by=by) > MOST_PAPERS:
        return [], form.refuse("papers", ENOUGH)
    takes = current_app.extensions["portage.rates"].takes
    if number and not takes(current_tenant_id(), Ceiling.PUBLIC_FILES, number):
        return [], form.refuse("papers", FULL)
    return keep_sent(_kinds(to))


def _kinds(to: Awaiting) -> list[tuple[str, str]]:
    """The kinds of papers, in the words of whoever sends them."""
    if isinstance(to.about, Referral):
        policy, edition = edition_of(to.about.edition_id)
        return paper_kinds(policy.route(edition.terms, to.about.route), to.about.referrer)
    taken = taken_for(to.about)
    return paper_kinds(taken.route, taken.referrer) if taken else []


def _page(link: OneTimeLink, to: Awaiting, form: Form) -> str:
    return render_template(
        "notifications/late_papers.html",
        link=link,
        reference=to.about.reference,
        brought=brought(to, by=Actor.of(viewer())),
        form=form,
        kinds=_kinds(to),
        accept=ACCEPT,
    )
