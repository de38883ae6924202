"""Bringing services in, from a spreadsheet or an Open Referral UK feed: read, shown, and only then taken."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.files import shown_name
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.core.spreadsheet import LARGEST, NotASpreadsheet
from portage.directory import ages, feed, sheet
from portage.directory.jobs import reach
from portage.directory.operations import lists
from portage.directory.schemas import FeedSchema, SeenSchema, TakeSchema

routes = Routes("service_lists", __name__)
SEES: dict[str, Any] = {
    "can": Can.KEEP_DIRECTORY, "audience": Audience.STAFF, "audit": "service-lists.seen", "rate": Rate.PAGE,
}  # fmt: skip
WRITES: dict[str, Any] = {"can": Can.KEEP_DIRECTORY, "audience": Audience.STAFF}
STATUS = {
    "reading": ("Being read", "blue"), "ready": ("Waits for you", "yellow"), "taken": ("Taken", "green"),
    "put-away": ("Put away", "grey"), "failed": ("Could not be read whole", "red"),
}  # fmt: skip
CHANGES = {
    "new": "New", "changed": "Changed", "back": "Was withdrawn", "gone": "No longer in the feed", "same": "The same",
}  # fmt: skip
PARTICULARS = {
    "name": "name", "what_for": "what it is for", "age_from_months": "from age", "age_to_months": "to age",
    "telephone": "telephone", "email": "e-mail", "web_page": "web page", "area": "area",
    "last_checked_on": "day of the last check",
}  # fmt: skip


@routes.get("/services/lists", **SEES)
def bring_in() -> ResponseReturnValue:
    """The two ways to bring services in, and the latest lists."""
    return _page(Form())


def _page(form: Form) -> str:
    return render_template("directory/lists.html", form=form, lists=lists.recent_lists(), status=STATUS)


@routes.post("/services/lists/file", audit="service-list.read", rate=Rate.UPLOAD, **WRITES)
def from_file() -> ResponseReturnValue:
    """Read a spreadsheet, and show what taking it would do."""
    sent: FileStorage | None = request.files.get("sheet")
    if sent is None or not sent.filename:
        return _page(Form().refuse("sheet", "Choose a file.")), 422
    name = shown_name(sent.filename)
    try:
        found, problems = sheet.read_sheet(sent.stream.read(LARGEST + 1), name, today=clock.today())
    except NotASpreadsheet as refused:
        return _page(Form().refuse("sheet", str(refused))), 422
    kept = lists.keep_file(name, found, problems, by=_person(), at=clock.now())
    concerning("service_list", kept.id)
    return redirect(f"/services/lists/{kept.id}", 303)


@routes.post("/services/lists/feed", audit="service-list.feed-asked", rate=Rate.WRITE, **WRITES)
def from_feed() -> ResponseReturnValue:
    """Ask for a feed; the worker reads it."""
    typed, form = read(FeedSchema(), request.form)
    if typed is None:
        return _page(form), 422
    try:
        address = feed.services_address(typed, reach())
    except feed.FeedRefused as refused:
        return _page(form.refuse("address", str(refused))), 422
    kept = lists.ask_for_feed(address, by=_person(), at=clock.now())
    concerning("service_list", kept.id)
    return redirect(f"/services/lists/{kept.id}", 303)


@routes.get("/services/lists/<uuid:list_id>", **SEES)
def one(list_id: UUID) -> ResponseReturnValue:
    """What was read, every problem, and what taking it would do."""
    kept = lists.list_here(list_id)
    concerning("service_list", kept.id)
    open_yet = kept.status in ("ready", "failed")
    proposed = lists.proposal(kept) if open_yet else []
    return render_template(
        "directory/list.html",
        kept=kept,
        status=STATUS[kept.status],
        proposed=proposed,
        counts={change: sum(each.change == change for each in proposed) for change in CHANGES},
        changes=CHANGES,
        particulars=PARTICULARS,
        span=ages.span,
    )


@routes.post("/services/lists/<uuid:list_id>/take", audit="service-list.taken", rate=Rate.WRITE, **WRITES)
def take(list_id: UUID) -> ResponseReturnValue:
    """Put the chosen entries into the directory."""
    concerning("service_list", lists.list_here(list_id).id)
    command, _ = read(TakeSchema(), request.form)
    chosen, version = command or (frozenset(), 0)
    done = lists.take(list_id, chosen, version=version, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    flash(f"{done} {'entry' if done == 1 else 'entries'} of the directory changed.", "success")
    return redirect("/services", 303)


@routes.post("/services/lists/<uuid:list_id>/put-away", audit="service-list.put-away", rate=Rate.WRITE, **WRITES)
def put_away(list_id: UUID) -> ResponseReturnValue:
    """Take nothing of it."""
    concerning("service_list", lists.list_here(list_id).id)
    version, _ = read(SeenSchema(), request.form)
    lists.put_away(list_id, version=version or 0)
    flash("Nothing was taken from the list.", "success")
    return redirect("/services/lists", 303)


def _person() -> UUID:
    person_id = viewer().person_id
    if person_id is None:
        raise TypeError("a route of staff has a person")
    return person_id
