"""A private calendar feed: its page for whoever visits, and the file behind its secret address."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotAllowed, NotHere
from portage.core.identity import viewer
from portage.core.routes import ANYONE, Routes, concerning
from portage.visits import feed
from portage.visits.operations.feeds import feed_of, issue_feed, reader_of, revoke_feed, visits_in_feed

routes = Routes("feed", __name__)
_MINE, _VOLUNTEERS = "/visits/calendar", "/my-visits/calendar"


@routes.get("/calendar/<token>.ics", can=ANYONE, audience=Audience.LINK, audit="calendar.read", rate=Rate.PAGE)
def calendar(token: str) -> ResponseReturnValue:
    """The visits of whoever has this address, for a calendar that fetches them by itself."""
    person_id = reader_of(token, on=clock.today())
    if person_id is None:
        raise NotHere
    concerning("person", person_id)
    content = feed.written(visits_in_feed(person_id, clock.today()), name="Visits", at=clock.now())
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@routes.get(_MINE, can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="calendar.seen", rate=Rate.PAGE)
def mine() -> ResponseReturnValue:
    """What the feed is, and whether there is one."""
    return _page(_MINE)


@routes.post(_MINE, can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="calendar.issued", rate=Rate.WRITE)
def issue() -> ResponseReturnValue:
    """A new secret address, shown on this page and never again."""
    return _issued(_MINE)


@routes.post(
    f"{_MINE}/revoke", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="calendar.revoked", rate=Rate.WRITE
)
def revoke() -> ResponseReturnValue:
    """Take the address back."""
    return _revoked(_MINE)


@routes.get(_VOLUNTEERS, can=Can.VISIT_AS_VOLUNTEER, audience=Audience.STAFF, audit="calendar.seen", rate=Rate.PAGE)
def volunteers() -> ResponseReturnValue:
    """The same for a volunteer, as long as they may visit."""
    return _page(_VOLUNTEERS)


@routes.post(_VOLUNTEERS, can=Can.VISIT_AS_VOLUNTEER, audience=Audience.STAFF, audit="calendar.issued", rate=Rate.WRITE)
def issue_to_volunteer() -> ResponseReturnValue:
    """A new secret address for a volunteer."""
    return _issued(_VOLUNTEERS)


@routes.post(
    f"{_VOLUNTEERS}/revoke",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="calendar.revoked",
    rate=Rate.WRITE,
)
def revoke_of_volunteer() -> ResponseReturnValue:
    """Take a volunteer's address back."""
    return _revoked(_VOLUNTEERS)


def _person() -> UUID:
    person_id = viewer().person_id
    if person_id is None:
        raise NotAllowed
    return person_id


def _issued(path: str) -> ResponseReturnValue:
    issued = issue_feed(_person(), at=clock.now())
    concerning("person", _person())
    return _page(path, address=f"{request.host_url}calendar/{issued.token}.ics")


def _revoked(path: str) -> ResponseReturnValue:
    revoke_feed(_person(), at=clock.now())
    concerning("person", _person())
    flash("The address does not answer any more.", "success")
    return redirect(path, 303)


def _page(path: str, address: str | None = None) -> str:
    found = feed_of(_person())
    return render_template(
        "visits/calendar_feed.html",
        path=path,
        back="/my-families" if path == _VOLUNTEERS else "/visits",
        feed=found if found is not None and found.revoked_at is None else None,
        address=address,
    )
