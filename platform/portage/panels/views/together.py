"""Several items at once: ask for more, or defer, each with a reason of its own. Nothing else is decided as a list."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.panels import operations, queries
from portage.panels.operations import Deferring, PanelDeciding
from portage.panels.queries import Asking
from portage.panels.refusals import MeetingNotNow, NoQuorum
from portage.panels.views._shown import asking, is_current, shared_words, sights
from portage.referrals.operations.decisions import Deciding, DecisionRefused, NotOpened

routes = Routes("panel_together", __name__)
VERBS = ("defer", "ask")
LONGEST, MOST = 4000, 100


@routes.get(
    "/panel/<uuid:meeting_id>/together",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.items-chosen",
    rate=Rate.PAGE,
)
def together(meeting_id: UUID) -> ResponseReturnValue:
    """The items that were ticked on the agenda, each with a field for its reason."""
    ask, verb, rows = _chosen(meeting_id, request.args.get("verb", ""), request.args.getlist("item"))
    if not rows:
        flash("Tick the items on the agenda first, then choose what becomes of them.", "info")
        return redirect("/panel", 303)
    values = {f"{name}-{row.id}": value for row in rows for name, value in _versions(row).items()}
    return _page(ask, verb, rows, Form(values))


@routes.post(
    "/panel/<uuid:meeting_id>/together",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.decided-together",
    rate=Rate.WRITE,
)
def save_together(meeting_id: UUID) -> ResponseReturnValue:
    """Ask for more about each item, or defer each: all or none, so that a refused one is seen beside the others."""
    ask, verb, rows = _chosen(meeting_id, request.form.get("verb", ""), request.form.getlist("item"))
    form = Form({key: value.strip() for key, value in request.form.items() if key not in ("_csrf", "_key")})
    if not rows:
        raise NotHere
    meanwhile = _words(form, "may_help_instead", "Say what may help the families meanwhile.") if verb == "ask" else ""
    reasons = [_words(form, f"reason-{row.id}", "Write the reason for this item.") for row in rows]
    if not form.errors:
        for row, reason in zip(rows, reasons, strict=True):
            _carry_out(ask, verb, row, form, reason, meanwhile)
    if form.errors:
        return _page(ask, verb, rows, form), 422
    said = "Deferred" if verb == "defer" else "Asked for more about"
    flash(f"{said} {len(rows)} item{'' if len(rows) == 1 else 's'}, each with its reason.", "success")
    return redirect("/panel", 303)


def _carry_out(ask: Asking, verb: str, row: Row[Any], form: Form, reason: str, meanwhile: str) -> None:
    """Do it for one item; what cannot be done stands beside that item's reason."""
    by, at, on = Actor.of(viewer()), clock.now(), clock.today()
    seen = _number(form, f"seen-{row.id}")
    try:
        if verb == "defer":
            operations.defer_item(ask.meeting.id, row.id, Deferring(reason, seen), by=by, at=at, on=on)
            return
        deciding = Deciding("information", reason, meanwhile, row.judged, _number(form, f"version-{row.id}"))
        operations.decide_item(
            ask.meeting.id, row.id, PanelDeciding(deciding, seen=seen), ask.rules, by=by, at=at, on=on
        )
    except (DecisionRefused, MeetingNotNow, NoQuorum) as refused:
        form.refuse(f"reason-{row.id}", f"{row.reference}: {refused}")
    except NotOpened:
        form.refuse(f"reason-{row.id}", f"{row.reference}: open this item and read it before the panel asks for more.")


def _chosen(meeting_id: UUID, verb: str, ticked: Iterable[str]) -> tuple[Asking, str, list[Row[Any]]]:
    """The meeting, the verb, and the ticked items of its agenda that the viewer may open and nobody has decided."""
    ask = asking(meeting_id)
    if verb not in VERBS or not is_current(meeting_id):
        raise NotHere
    wanted = set(ticked)
    rows, _ = queries.agenda(ask)
    return ask, verb, [row for row in rows if str(row.id) in wanted and not row.shut and not row.decided][:MOST]


def _versions(row: Row[Any]) -> dict[str, object]:
    return {"version": row.version, "seen": row.seen or 0}


def _words(form: Form, name: str, sentence: str) -> str:
    typed = str(form.values.get(name, ""))
    if not typed:
        form.refuse(name, sentence)
    if len(typed) > LONGEST:
        form.refuse(name, f"Use {LONGEST} characters or fewer.")
    return typed


def _number(form: Form, name: str) -> int:
    typed = str(form.values.get(name, ""))
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _page(ask: Asking, verb: str, rows: list[Row[Any]], form: Form) -> str:
    return render_template(
        "panels/together.html",
        meeting=ask.meeting,
        verb=verb,
        rows=rows,
        sights=sights(rows, viewer()),
        form=form,
        **shared_words(),
    )
