"""Staff enter a notification that came on paper, by e-mail or by telephone."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.routes import UNAUDITED, Routes, concerning
from portage.notifications.operations.receive import NotTaken, receive_notification
from portage.notifications.schemas.entry import read_entry, sections_of
from portage.notifications.taken import Taken
from portage.notifications.views._taken import taken_today
from portage.policy import NoEditionInForce
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.schemas.ask_journey import sentences_of

routes = Routes("notification_entry", __name__)


@routes.get("/notifications/enter", can=Can.ENTER_REQUEST, audience=Audience.STAFF, audit=UNAUDITED, rate=Rate.PAGE)
def blank() -> ResponseReturnValue:
    """An empty page for a notification."""
    return _page(taken_today(), Form())


@routes.post(
    "/notifications/enter",
    can=Can.ENTER_REQUEST,
    audience=Audience.STAFF,
    audit="notification.entered",
    rate=Rate.WRITE,
)
def enter() -> ResponseReturnValue:
    """Take the notification in under the rules of the day on which it came."""
    taken = taken_today()
    command, form = read_entry(taken, request.form, clock.today())
    if command is None:
        return _page(taken, form), 422
    try:
        notification = receive_notification(command, by=Actor.of(viewer()), at=clock.now())
    except (NoEditionInForce, NotTaken) as none:
        return _page(taken, form.refuse("arrived_on", str(none))), 422
    except FactsRefused as refused:
        form.errors = sentences_of(taken.route, refused.problems)
        return _page(taken, form), 422
    concerning("notification", notification.id, child=notification.child_id)
    flash(f"The notification is taken in. Its reference is {notification.reference}.", "success")
    return redirect(f"/notifications/{notification.id}", 303)


def _page(taken: Taken, form: Form) -> str:
    return render_template("notifications/enter.html", taken=taken, sections=sections_of(taken), form=form)
