"""What a family does in their own space: say what they think of a review, and answer what may be shared."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.routes import ANYONE, Routes
from portage.messages import pdf
from portage.messages.models import OneTimeLink
from portage.messages.opened import as_family, opened_here
from portage.reviews.models import TransitionPack
from portage.reviews.operations.packs import Answers, PackRefused, answer_pack, pack_parts
from portage.reviews.operations.writing import AlreadyAgreed, answer_as_family
from portage.reviews.own_space import FAMILY, carer_of, pack_of_link, paper_of, review_in_space, space_of
from portage.reviews.schemas import FamilysViewForm, answers_form
from portage.reviews.views.reviews import pdf_answer, review_pdf
from portage.support.operations import episode_here

routes = Routes("own_space", __name__)
REVIEW = "/opened/<uuid:link_id>/reviews/<uuid:review_id>"
PACK = "/opened/<uuid:link_id>/packs/<uuid:pack_id>"


@routes.post(REVIEW, can=ANYONE, audience=Audience.LINK, audit="review.answered", rate=Rate.PUBLIC_WRITE)
def answer_review(link_id: UUID, review_id: UUID) -> ResponseReturnValue:
    """Keep what a parent thinks of a review, and whether they agree."""
    link = _family(link_id)
    review = review_in_space(link, review_id)
    if review is None:
        raise NotHere
    as_family(link, episode_here(review.episode_id).child_id)
    command, form = read(FamilysViewForm(), request.form)
    if command is None:
        return _space(link, form, review.id), 422
    back = f"/opened/{link.id}"
    try:
        answer_as_family(review.id, command, name=carer_of(link), on=clock.today(), back=back)
    except AlreadyAgreed as refusal:
        return _space(link, form.refuse("_form", str(refusal)), review.id), 422
    flash("Thank you. Your visitor reads what you wrote.", "success")
    return redirect(back, 303)


@routes.post(PACK, can=ANYONE, audience=Audience.LINK, audit="pack.answered", rate=Rate.PUBLIC_WRITE)
def save_answers(link_id: UUID, pack_id: UUID) -> ResponseReturnValue:
    """Keep what a parent says to each part of a pack."""
    link = _family(link_id)
    pack = _pack(link, pack_id)
    command, form = read(answers_form({part.id: part.title for part in pack_parts(pack.id)}, own=True), request.form)
    if command is None:
        return _space(link, form, pack.id), 422
    parts, version = command
    said = Answers(parts, carer_of(link), clock.today(), "own-space", version)
    try:
        answer_pack(pack.id, said, back=f"/opened/{link.id}", on=clock.today())
    except PackRefused as refusal:
        return _space(link, form.refuse("_form", str(refusal)), pack.id), 422
    flash("Thank you. Only the parts to which you said yes are shared.", "success")
    return redirect(f"/opened/{link.id}", 303)


@routes.get(f"{REVIEW}/pdf", can=ANYONE, audience=Audience.LINK, audit="review.printed", rate=Rate.PAGE)
def review_as_pdf(link_id: UUID, review_id: UUID) -> ResponseReturnValue:
    """A review as an accessible PDF, for the family."""
    link = _family(link_id)
    review = review_in_space(link, review_id)
    if review is None:
        raise NotHere
    episode = episode_here(review.episode_id)
    as_family(link, episode.child_id)
    return review_pdf(review, episode)


@routes.get(f"{PACK}/pdf", can=ANYONE, audience=Audience.LINK, audit="pack.printed", rate=Rate.PAGE)
def pack_as_pdf(link_id: UUID, pack_id: UUID) -> ResponseReturnValue:
    """A pack as a PDF: for its family, and once it is issued for whom it was issued."""
    link = opened_here(link_id)
    if link is None or not pdf.available():
        raise NotHere
    pack = _pack(link, pack_id)
    return pdf_answer(render_template("reviews/pack_paper.html", **paper_of(pack)), "about-a-child.pdf")


def _family(link_id: UUID) -> OneTimeLink:
    """A family's link that this browser has opened; anything else is not there."""
    link = opened_here(link_id)
    if link is None or link.purpose != FAMILY:
        raise NotHere
    return link


def _pack(link: OneTimeLink, pack_id: UUID) -> TransitionPack:
    """The pack behind the link; the trail names its child."""
    pack = pack_of_link(link, pack_id)
    if pack is None:
        raise NotHere
    as_family(link, pack.child_id)
    return pack


def _space(link: OneTimeLink, form: Form, about: UUID) -> str:
    shown = space_of(link, clock.now(), form, about=about)
    if shown is None:
        raise NotHere
    return render_template(shown.template, **shown.context)
