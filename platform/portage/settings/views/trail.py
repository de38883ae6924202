"""The trail, as the council's auditor reads and verifies it."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.core.access import Audience, Can, Rate
from portage.core.routes import Routes
from portage.core.trail import Wanted, events, verify
from portage.settings.queries import names_of
from portage.settings.words import deed

routes = Routes("trail", __name__)
_PAGE = 100


@routes.get("/trail", can=Can.READ_TRAIL, audience=Audience.STAFF, audit="trail.read", rate=Rate.PAGE)
def shown() -> ResponseReturnValue:
    """Who did or read what, the newest first; filters live in the address."""
    wanted, wrong = _wanted()
    rows = events(wanted, _PAGE + 1)
    older = rows[_PAGE - 1].at if len(rows) > _PAGE else None
    people = {UUID(row.actor.partition(":")[2]) for row in rows if row.actor.startswith("person:")}
    kept = {name: value for name, value in request.args.items() if name != "before" and value}
    return render_template(
        "settings/trail.html",
        rows=rows[:_PAGE],
        names={f"person:{key}": name for key, name in names_of(people).items()},
        deed=deed,
        wrong=wrong,
        asked=request.args,
        older=f"/trail?{urlencode({**kept, 'before': older.isoformat()})}" if older else None,
    )


@routes.get("/trail/check", can=Can.READ_TRAIL, audience=Audience.STAFF, audit="trail.verified", rate=Rate.WRITE)
def checked() -> ResponseReturnValue:
    """Recompute the chain and say whether it is whole."""
    return render_template("settings/trail_check.html", verdict=verify())


def _wanted() -> tuple[Wanted, list[str]]:
    """The filters of the address, and sentences about those that could not be read."""
    wrong: list[str] = []
    subject, before = None, None
    try:
        subject = UUID(request.args["subject"].strip()) if request.args.get("subject", "").strip() else None
    except ValueError:
        wrong.append("The number of a record looks like 0190a1b2-0000-7000-8000-000000000000. Copy it from the list.")
    try:
        before = datetime.fromisoformat(request.args["before"]) if request.args.get("before") else None
        if before is not None and before.tzinfo is None:
            raise ValueError
    except ValueError:
        before = None
        wrong.append("The time in the address could not be read. The newest events are shown.")
    return (
        Wanted(
            actor=request.args.get("actor", "").strip() or None,
            action=request.args.get("action", "").strip() or None,
            subject_id=subject,
            before=before,
            rows=request.args.get("rows") == "yes",
        ),
        wrong,
    )
