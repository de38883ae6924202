"""Drafting an edition: a copy to begin with, then part by part, until it is handed to a second person."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import fields, post_load

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import ChangedMeanwhile
from portage.core.forms import Form, FormSchema, Text, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import sections
from portage.editions import drafting
from portage.editions.drafting import (
    ChangeTerms,
    NewDraft,
    Withdrawal,
    assumptions_of,
    draft_row,
    edition_row,
    state_of,
)
from portage.editions.models import PolicyEdition
from portage.editions.refusals import DraftUnfinished
from portage.editions.timeline import timeline
from portage.policy import policy_named
from portage.settings.drafts import Part, overview, part_of, reference_of, settle_alerts, tell_publishers
from portage.settings.queries import names_of
from portage.settings.terms.differences import differing
from portage.settings.terms.kinds import ASSUMED, Typed
from portage.settings.terms.parsed import Parsed, parse, parse_assumptions, terms_within
from portage.settings.terms.shown import shown
from portage.settings.terms.typed import pressed, rows_of, typed_assumptions, typed_by, typed_of
from portage.settings.words import COLOURS, STATES

routes = Routes("drafts", __name__)


class NewDraftForm(FormSchema):
    """The edition to copy, and what the draft is called."""

    copy_of = fields.UUID(required=True, error_messages={"required": "Choose an edition.", "invalid_uuid": "Choose."})
    source = Text("Say what this draft is called, such as: changes for the autumn.")

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewDraft:
        return NewDraft(data["copy_of"], data["source"])


class NameForm(FormSchema):
    """Another name for a draft."""

    source = Text("Say what this draft is called, such as: changes for the autumn.")


class ReasonForm(FormSchema):
    """Why something is put away, and the version that the person saw."""

    reason = Text("Say why in your own words.", longest=2000)
    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Withdrawal:
        return Withdrawal(data["reason"], data["version"])


@routes.get("/policy/drafts", can=Can.DRAFT_POLICY, audience=Audience.STAFF, audit="policy.seen", rate=Rate.PAGE)
def begin() -> ResponseReturnValue:
    """The form that begins a draft as a copy."""
    return _begin_page(Form({"copy_of": request.args.get("copy_of", "")}))


def _begin_page(form: Form) -> str:
    editions = [
        (str(each.id), each.source, STATES[each.state])
        for each in timeline(clock.today())
        if each.state not in ("withdrawn", "restated")
    ]
    return render_template("settings/draft_begin.html", form=form, editions=editions)


@routes.post("/policy/drafts", can=Can.DRAFT_POLICY, audience=Audience.STAFF, audit="draft.begun", rate=Rate.WRITE)
def save_new() -> ResponseReturnValue:
    """Begin a draft with every term of another edition."""
    command, form = read(NewDraftForm(), request.form)
    if command is None:
        return _begin_page(form), 422
    draft = drafting.start_draft(command, by=Actor.of(viewer()), at=clock.now())
    concerning("policy_edition", draft.id, copied_from=str(command.copy_of))
    flash("The draft is a copy. Nothing that is in force has changed.", "success")
    return redirect(f"/policy/drafts/{draft.id}", 303)


@routes.get(
    "/policy/drafts/<uuid:draft_id>", can=Can.SEE_POLICY, audience=Audience.STAFF, audit="draft.seen", rate=Rate.PAGE
)
def show(draft_id: UUID) -> ResponseReturnValue:
    """One draft: its parts, what changed, what does not fit yet, and what can be done with it."""
    if edition_row(draft_id).status != "draft":
        return redirect(f"/policy?edition={draft_id}", 303)  # an older link, such as that of an alert
    return _page(draft_row(draft_id), Form())


def _page(draft: PolicyEdition, form: Form) -> str:
    concerning("policy_edition", draft.id)
    authors = drafting.authors_of(draft)
    state = "ready" if draft.submitted_at else "being-written" if authors else "waiting-for-a-date"
    return render_template(
        "settings/draft.html",
        draft=draft,
        form=form,
        seen=overview(draft),
        reference=reference_of(draft),
        authors=list(names_of(set(authors)).values()),
        mine=viewer().person_id in authors,
        state=(STATES[state], COLOURS[state]),
        sections=sections("draft", viewer(), draft.id),
    )


@routes.post(
    "/policy/drafts/<uuid:draft_id>/name",
    can=Can.DRAFT_POLICY,
    audience=Audience.STAFF,
    audit="draft.renamed",
    rate=Rate.WRITE,
)
def rename(draft_id: UUID) -> ResponseReturnValue:
    """Call a draft by another name."""
    command, form = read(NameForm(), request.form)
    if command is None:
        return _page(draft_row(draft_id), form), 422
    drafting.rename_draft(draft_id, command["source"], by=Actor.of(viewer()), at=clock.now())
    concerning("policy_edition", draft_id)
    return redirect(f"/policy/drafts/{draft_id}", 303)


@routes.get(
    "/policy/drafts/<uuid:draft_id>/terms/<int:number>",
    can=Can.DRAFT_POLICY,
    audience=Audience.STAFF,
    audit="draft.seen",
    rate=Rate.PAGE,
)
def part(draft_id: UUID, number: int) -> ResponseReturnValue:
    """One part of a draft as a form."""
    draft = draft_row(draft_id)
    chosen = part_of(draft, number)
    known = draft.terms.get(chosen.key)
    typed = typed_of(chosen.field, known, chosen.key) | typed_assumptions(assumptions_of(draft, chosen.key))
    return _part_page(draft, chosen, typed, parse(chosen.field, typed, chosen.key, known), state_of(draft, chosen.key))


def _part_page(draft: PolicyEdition, chosen: Part, typed: Typed, found: Parsed, begun_as: str) -> str:
    concerning("policy_edition", draft.id, part=chosen.key)
    known = draft.terms.get(chosen.key)
    drawn = chosen.key == "routes" and bool(policy_named(draft.plugin).route_shapes)
    return render_template(
        "settings/draft_part.html",
        draft=draft,
        part=chosen,
        node=shown(chosen.field, typed, chosen.key, found.errors, known=known, fixed=drawn),
        form=Form(errors=found.errors),
        typed=typed,
        assumed=rows_of(typed, ASSUMED),
        assumable=terms_within(parse(chosen.field, typed, chosen.key, known), chosen.key),
        begun_as=begun_as,
    )


@routes.post(
    "/policy/drafts/<uuid:draft_id>/terms/<int:number>",
    can=Can.DRAFT_POLICY,
    audience=Audience.STAFF,
    audit="draft.changed",
    rate=Rate.WRITE,
)
def save_part(draft_id: UUID, number: int) -> ResponseReturnValue:
    """Save one part; or add, remove or move an entry of a table, which saves nothing yet."""
    draft = draft_row(draft_id)
    chosen = part_of(draft, number)
    typed, begun_as = typed_by(request.form), request.form.get("begun_as", "")
    if button := request.form.get("do"):
        return _part_page(draft, chosen, pressed(typed, button), Parsed(), begun_as), 422
    known = draft.terms.get(chosen.key)
    found = parse(chosen.field, typed, chosen.key, known)
    assumptions = parse_assumptions(found, typed, chosen.key)
    if found.errors:
        return _part_page(draft, chosen, typed, found, begun_as), 422
    command = ChangeTerms(chosen.key, found.value, assumptions, begun_as)
    try:
        drafting.change_terms(draft_id, command, by=Actor.of(viewer()), at=clock.now())
    except ChangedMeanwhile:
        raise ChangedMeanwhile(
            theirs=differing(known, found.value),
            yours=differing(found.value, known),
            back=f"/policy/drafts/{draft_id}/terms/{number}",
        ) from None
    concerning("policy_edition", draft_id, part=chosen.key)
    settle_alerts(draft)
    flash(f"{chosen.title}: saved in the draft.", "success")
    return redirect(f"/policy/drafts/{draft_id}", 303)


@routes.post(
    "/policy/drafts/<uuid:draft_id>/ready",
    can=Can.DRAFT_POLICY,
    audience=Audience.STAFF,
    audit="draft.handed-over",
    rate=Rate.WRITE,
)
def hand_over(draft_id: UUID) -> ResponseReturnValue:
    """Say that a draft is ready: those who may publish it are told."""
    now = clock.now()
    try:
        draft = drafting.hand_over(draft_id, by=Actor.of(viewer()), at=now)
    except DraftUnfinished as refused:
        return _page(draft_row(draft_id), Form().refuse("_form", str(refused))), 422
    tell_publishers(draft, at=now)
    concerning("policy_edition", draft_id)
    flash("The draft is ready for a second person. Those who may publish it get an e-mail.", "success")
    return redirect(f"/policy/drafts/{draft_id}", 303)


@routes.post(
    "/policy/drafts/<uuid:draft_id>/give-up",
    can=Can.DRAFT_POLICY,
    audience=Audience.STAFF,
    audit="draft.given-up",
    rate=Rate.WRITE,
)
def give_up(draft_id: UUID) -> ResponseReturnValue:
    """Put a draft away with a reason; it stays in the history."""
    command, form = read(ReasonForm(), request.form)
    if command is None:
        return _page(draft_row(draft_id), form), 422
    draft = drafting.give_up(draft_id, command, by=Actor.of(viewer()), at=clock.now())
    settle_alerts(draft)
    concerning("policy_edition", draft_id)
    flash("The draft is put away. It stays in the history.", "success")
    return redirect("/policy", 303)
