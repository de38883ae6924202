"""The public offer to volunteer: a few questions, no account."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning
from portage.volunteers.operations.offering import offer, offers_taken
from portage.volunteers.schemas import OfferForm

routes = Routes("volunteer_offers", __name__)


@routes.get("/volunteer", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def offering() -> ResponseReturnValue:
    """What volunteers do, and the form."""
    return _page(Form())


@routes.post("/volunteer", can=ANYONE, audience=Audience.PUBLIC, audit="volunteer.offered", rate=Rate.PUBLIC_WRITE)
def save_offer() -> ResponseReturnValue:
    """Keep the offer."""
    command, form = read(OfferForm(), request.form)
    if command is None:
        return _page(form), 422
    volunteer = offer(command, on=clock.today())
    concerning("volunteer", volunteer.id)
    return redirect("/volunteer/thank-you", 303)


@routes.get("/volunteer/thank-you", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def thanked() -> ResponseReturnValue:
    """What happens next."""
    _taken()
    return render_template("volunteers/thanked.html")


def _taken() -> None:
    if not offers_taken(clock.today()):
        raise NotHere


def _page(form: Form) -> str:
    _taken()
    return render_template("volunteers/offer.html", form=form)
