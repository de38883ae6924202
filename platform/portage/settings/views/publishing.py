"""Publishing by a second person, withdrawing before the day, and the letters that a choice makes necessary."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere, PortageError
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.editions import publishing
from portage.editions.drafting import authors_of, draft_row, edition_row
from portage.editions.models import PolicyEdition
from portage.editions.operations import draft_problems
from portage.editions.publishing import mark_of
from portage.editions.refusals import (
    BeforeTheDecision,
    CannotCorrect,
    DayPassed,
    DayTaken,
    ListChanged,
    OwnDraft,
)
from portage.editions.timeline import timeline
from portage.families.access import require_access
from portage.messages import pdf
from portage.settings.drafts import settle_alerts
from portage.settings.moving_letters import letter_about
from portage.settings.publication import BODIES, LOCAL_OFFER, PublishForm, corrected_typed, day_typed
from portage.settings.touched import movable_terms, reached_by
from portage.settings.views.drafts import ReasonForm

routes = Routes("publishing", __name__)
_AT_FIELD: dict[type[PortageError], str] = {
    DayPassed: "effective_from",
    DayTaken: "effective_from",
    BeforeTheDecision: "effective_from",
    CannotCorrect: "effective_from",
    ListChanged: "seen",
}


@routes.get(
    "/policy/drafts/<uuid:draft_id>/publish",
    can=Can.PUBLISH_POLICY,
    audience=Audience.STAFF,
    audit="draft.seen",
    rate=Rate.PAGE,
)
def asking(draft_id: UUID) -> ResponseReturnValue:
    """Everything that publishing asks, with the cases that each choice touches."""
    draft = draft_row(draft_id)
    return _page(draft, Form({"source": draft.source, "kind": "ordinary"}))


def _page(draft: PolicyEdition, form: Form) -> str:
    concerning("policy_edition", draft.id)
    fits = not draft_problems(draft)
    day, corrects = day_typed(form.values), corrected_typed(form.values)
    reached = reached_by(day) if day and corrects else None
    form.values.setdefault("version", draft.version)  # after a refusal it stays that of the draft which was read
    return render_template(
        "settings/publish.html",
        draft=draft,
        form=form,
        bodies=list(BODIES.items()),
        local_offer=list(LOCAL_OFFER.items()),
        editions=[(str(each.id), each.source) for each in timeline(clock.today()) if each.published],
        movable=movable_terms(draft.id) if fits else [],
        reached=reached,
        mark=mark_of(row.id for row in reached) if reached else "",
        fits=fits,
        mine=viewer().person_id in authors_of(draft),
        ready=draft.submitted_at is not None or not draft.authors,
    )


@routes.post(
    "/policy/drafts/<uuid:draft_id>/publish",
    can=Can.PUBLISH_POLICY,
    audience=Audience.STAFF,
    audit="edition.published",
    rate=Rate.WRITE,
)
def publish(draft_id: UUID) -> ResponseReturnValue:
    """Publish a draft that somebody else wrote. Nothing is sent to any family, and no case changes by it."""
    draft = draft_row(draft_id)
    if viewer().person_id in authors_of(draft):
        raise OwnDraft
    command, form = read(PublishForm(), request.form)
    if command is None:
        return _page(draft, form), 422
    allowed = {term.path for term in movable_terms(draft_id)} if not draft_problems(draft) else set()
    if not set(command.waiting_moves) <= allowed:
        return _page(draft, form.refuse("waiting_moves", "Choose from the terms that are listed.")), 422
    if command.correction is not None:
        reached = reached_by(command.effective_from)
        command = replace(command, touched_now=tuple(row.id for row in reached))
    try:
        published = publishing.publish(draft_id, command, by=Actor.of(viewer()), at=clock.now())
    except tuple(_AT_FIELD) as refused:
        return _page(draft, form.refuse(_AT_FIELD[type(refused)], str(refused))), 422
    settle_alerts(published)
    concerning(
        "policy_edition",
        draft_id,
        effective_from=command.effective_from.isoformat(),
        moves=list(command.waiting_moves),
        corrects=published.corrects,
        touched=len(published.touched),
    )
    flash("The edition is published. It stays as it is from now on.", "success")
    return redirect(f"/policy?edition={draft_id}", 303)


@routes.get(
    "/policy/editions/<uuid:edition_id>/withdraw",
    can=Can.PUBLISH_POLICY,
    audience=Audience.STAFF,
    audit="policy.seen",
    rate=Rate.PAGE,
)
def withdrawing(edition_id: UUID) -> ResponseReturnValue:
    """Why an edition whose day has not come is withdrawn."""
    return _withdraw_page(edition_row(edition_id), Form())


def _withdraw_page(edition: PolicyEdition, form: Form) -> str:
    concerning("policy_edition", edition.id)
    coming = edition.effective_from is not None and edition.effective_from > clock.today()
    may = edition.status == "published" and coming
    return render_template("settings/edition_withdraw.html", edition=edition, form=form, may=may)


@routes.post(
    "/policy/editions/<uuid:edition_id>/withdraw",
    can=Can.PUBLISH_POLICY,
    audience=Audience.STAFF,
    audit="edition.withdrawn",
    rate=Rate.WRITE,
)
def withdraw(edition_id: UUID) -> ResponseReturnValue:
    """Withdraw an edition before its day, with a reason; it stays in the history."""
    command, form = read(ReasonForm(), request.form)
    if command is None:
        return _withdraw_page(edition_row(edition_id), form), 422
    publishing.withdraw(edition_id, command, by=Actor.of(viewer()), at=clock.now())
    concerning("policy_edition", edition_id)
    flash("The edition is withdrawn. It stays in the history with your reason.", "success")
    return redirect("/policy", 303)


@routes.get(
    "/policy/editions/<uuid:edition_id>/letters/<uuid:entry_id>",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="letter.drafted",
    rate=Rate.PAGE,
)
def letter(edition_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """A draft letter to one family whom a choice touches; nothing is sent and nothing is kept."""
    return render_template("settings/moving_letter.html", **_letter(edition_id, entry_id), pdf=pdf.available())


@routes.get(
    "/policy/editions/<uuid:edition_id>/letters/<uuid:entry_id>/pdf",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="letter.drafted",
    rate=Rate.PAGE,
)
def letter_as_pdf(edition_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """The same letter as a PDF, where this installation can make one."""
    drafted = _letter(edition_id, entry_id)
    if not pdf.available():
        raise NotHere
    response = Response(
        pdf.made_of(render_template("messages/letter_paper.html", letter=drafted["letter"])), mimetype="application/pdf"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="draft-letter.pdf"'
    return response


def _letter(edition_id: UUID, entry_id: UUID) -> dict[str, Any]:
    edition = edition_row(edition_id)
    if draft_problems(edition):
        raise NotHere
    chosen = tuple(edition.waiting_moves) if edition.status != "draft" else tuple(request.args.getlist("move"))
    drafted = letter_about(edition, entry_id, chosen)
    require_access(drafted.child_id, viewer())
    concerning("child", drafted.child_id, edition=edition_id)
    return {
        "letter": SimpleNamespace(content=drafted.content, dated_on=clock.today()),
        "edition": edition,
        "entry_id": entry_id,
        "chosen": chosen,
    }
