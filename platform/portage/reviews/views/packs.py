"""The pages of a transition pack: put it together, show it to the family, keep the answers, issue what they agreed."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.messages import pdf
from portage.reviews.models import TransitionPack
from portage.reviews.operations.pack_parts import parts_for
from portage.reviews.operations.packs import (
    STATUS_WORDS,
    NotPermitted,
    PackRefused,
    answer_pack,
    issue,
    pack_here,
    pack_parts,
    put_aside,
    put_together,
    sharing_on_leaving,
    show_to_family,
)
from portage.reviews.operations.writing import HOW_WORDS
from portage.reviews.own_space import invite, paper_of
from portage.reviews.schemas import PART, IssueForm, PackForm, VersionForm, answers_form
from portage.reviews.views.reviews import pdf_answer
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.refusals import WrongDates
from portage.support.visitors import names_of

routes = Routes("packs", __name__)
WRITES: dict[str, Any] = {"can": Can.WRITE_REVIEW, "audience": Audience.STAFF, "rate": Rate.WRITE}


@routes.get(
    "/episodes/<uuid:episode_id>/packs/new",
    can=Can.WRITE_REVIEW,
    audience=Audience.STAFF,
    audit="pack.begun",
    rate=Rate.PAGE,
)
def new(episode_id: UUID) -> ResponseReturnValue:
    """Whom a pack is for, and which parts of what is on record it holds."""
    return _form_page(opened(episode_id), Form())


@routes.post("/episodes/<uuid:episode_id>/packs/new", audit="pack.put-together", **WRITES)
def save_pack(episode_id: UUID) -> ResponseReturnValue:
    """Put the pack together."""
    episode = opened(episode_id)
    command, form = read(PackForm(), request.form)
    if command is None:
        return _form_page(episode, form), 422
    try:
        pack = put_together(episode.id, command, by=Actor.of(viewer()), on=clock.today())
    except NotPermitted as refusal:
        return _form_page(episode, form.refuse("question", str(refusal))), 422
    except PackRefused as refusal:
        return _form_page(episode, form.refuse(refusal.field, str(refusal))), 422
    flash("The pack is put together. Nobody has seen it yet: the family looks at it first.", "success")
    return redirect(f"/packs/{pack.id}", 303)


@routes.get("/packs/<uuid:pack_id>", can=Can.OPEN_CASE, audience=Audience.STAFF, audit="pack.seen", rate=Rate.PAGE)
def show(pack_id: UUID) -> ResponseReturnValue:
    """A pack: its parts, what the family said to each, and what comes next."""
    pack, _ = _pack(pack_id)
    answered = {f"{PART}{part.id}": part.answer for part in pack_parts(pack.id) if part.answer}
    return _page(pack, Form({"answered_on": clock.today(), **answered}))


@routes.post("/packs/<uuid:pack_id>/to-family", audit="pack.shown", **WRITES)
def to_family(pack_id: UUID) -> ResponseReturnValue:
    """Show the pack to the family in their own space."""
    pack, episode = _pack(pack_id)
    show_to_family(pack.id)
    names = invite(episode, at=clock.now())
    flash(
        f"A link is on its way to {' and '.join(names)}."
        if names
        else "No parent has a mailbox that is safe, so no link went out. Print the copy for the family instead.",
        "success" if names else "notice",
    )
    return redirect(f"/packs/{pack_id}", 303)


@routes.post("/packs/<uuid:pack_id>/answers", audit="pack.answered", **WRITES)
def save_answers(pack_id: UUID) -> ResponseReturnValue:
    """Write down what the family said to each part, on paper or in person."""
    pack, _ = _pack(pack_id)
    command, form = read(answers_form({part.id: part.title for part in pack_parts(pack.id)}), request.form)
    if command is None:
        return _page(pack, form), 422
    try:
        answer_pack(pack.id, command, back=f"/packs/{pack.id}", on=clock.today())
    except WrongDates as refusal:
        return _page(pack, form.refuse("answered_on", str(refusal))), 422
    except PackRefused as refusal:
        return _page(pack, form.refuse(refusal.field, str(refusal))), 422
    flash("The family's answers are kept.", "success")
    return redirect(f"/packs/{pack_id}", 303)


@routes.post("/packs/<uuid:pack_id>/issue", audit="pack.issued", **WRITES)
def save_issue(pack_id: UUID) -> ResponseReturnValue:
    """Give out what the family agreed to."""
    pack, _ = _pack(pack_id)
    command, form = read(IssueForm(), request.form)
    if command is None:
        return _page(pack, form), 422
    try:
        issue(pack.id, command, by=Actor.of(viewer()), at=clock.now())
    except NotPermitted as refusal:
        return _page(pack, form.refuse("_form", str(refusal))), 422
    except PackRefused as refusal:
        return _page(pack, form.refuse(refusal.field, str(refusal))), 422
    flash("The pack is issued, and the log says what was shared, with whom and why.", "success")
    return redirect(f"/packs/{pack_id}", 303)


@routes.post("/packs/<uuid:pack_id>/put-aside", audit="pack.put-aside", **WRITES)
def save_put_aside(pack_id: UUID) -> ResponseReturnValue:
    """Put a pack aside that is not wanted any more."""
    pack, _ = _pack(pack_id)
    command, form = read(VersionForm(), request.form)
    if command is None:
        return _page(pack, form), 422
    try:
        put_aside(pack.id, command)
    except PackRefused as refusal:
        return _page(pack, form.refuse("_form", str(refusal))), 422
    flash("The pack is put aside. Nothing of it was shared.", "success")
    return redirect(f"/packs/{pack_id}", 303)


@routes.get(
    "/packs/<uuid:pack_id>/pdf", can=Can.OPEN_CASE, audience=Audience.STAFF, audit="pack.printed", rate=Rate.PAGE
)
def as_pdf(pack_id: UUID) -> ResponseReturnValue:
    """The paper of a pack: what was agreed, once it is issued; before that the copy for the family, with boxes."""
    pack, _ = _pack(pack_id)
    if not pdf.available():
        raise NotHere
    name = f"{'pack' if pack.status == 'issued' else 'for-the-family'}-{pack.put_together_on.isoformat()}.pdf"
    return pdf_answer(render_template("reviews/pack_paper.html", **paper_of(pack)), name)


def _pack(pack_id: UUID) -> tuple[TransitionPack, Episode]:
    pack = pack_here(pack_id)
    return pack, opened(pack.episode_id)


def _form_page(episode: Episode, form: Form) -> str:
    sharing = sharing_on_leaving(episode, on=clock.today())
    if not sharing:
        raise NotHere  # this council's policy asks families about no such sharing
    return render_template(
        "reviews/pack_form.html",
        episode=episode,
        child=child_here(episode.child_id),
        sharing=sharing,
        parts=parts_for(episode, on=clock.today()),
        form=form,
    )


def _page(pack: TransitionPack, form: Form) -> str:
    people = {pack.put_together_by, *({pack.issued_by} if pack.issued_by else ())}
    return render_template(
        "reviews/pack.html",
        pack=pack,
        child=child_here(pack.child_id),
        parts=pack_parts(pack.id),
        statuses=STATUS_WORDS,
        how_words=HOW_WORDS,
        agreed_how=[(key, words) for key, words in HOW_WORDS.items() if key != "own-space"],
        names=names_of(people),
        pdf=pdf.available(),
        form=form,
    )
