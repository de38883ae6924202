"""One meeting: its minutes, who was there, closing it, cancelling it, and what is appended afterwards."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.panels import access, operations, queries
from portage.panels.members import SITS, people_with
from portage.panels.refusals import ItemRefused, MeetingNotNow
from portage.panels.schemas import AttendanceSchema, CorrectionSchema, WhySchema
from portage.panels.views._shown import asking, pages, rules_here, shared_words, sights
from portage.referrals.schemas.assessment import VersionSchema

routes = Routes("panel_meetings", __name__)


@routes.get(
    "/panel/<uuid:meeting_id>",
    can=Can.SIT_ON_PANEL,
    audience=Audience.STAFF,
    audit="panel.minutes-seen",
    rate=Rate.PAGE,
)
def minutes(meeting_id: UUID) -> ResponseReturnValue:
    """What one meeting decided, and what it left; of older meetings the names only to whoever may open the record."""
    return _page(meeting_id, Form())


@routes.post(
    "/panel/<uuid:meeting_id>/close",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.closed",
    rate=Rate.WRITE,
)
def close(meeting_id: UUID) -> ResponseReturnValue:
    """Close a meeting; its minutes are kept as they are, and what it left is on the next agenda."""
    rules = rules_here()
    version, _ = read(VersionSchema(), request.form)
    by, on = Actor.of(viewer()), clock.today()
    operations.close_meeting(meeting_id, version=version or 0, rules=rules, by=by, at=clock.now(), on=on)
    flash("The meeting is closed. What it left is on the next agenda.", "success")
    return redirect(f"/panel/{meeting_id}", 303)


@routes.post(
    "/panel/<uuid:meeting_id>/cancel",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.cancelled",
    rate=Rate.WRITE,
)
def cancel(meeting_id: UUID) -> ResponseReturnValue:
    """Cancel a meeting that has decided nothing; its items are on the next agenda, and the members are told."""
    rules = rules_here()
    command, form = read(WhySchema(), request.form)
    if command is None:
        return _page(meeting_id, form), 422
    because, version = command
    try:
        operations.cancel_meeting(
            meeting_id, because, version=version, rules=rules, by=Actor.of(viewer()), on=clock.today()
        )
    except MeetingNotNow as refused:
        return _page(meeting_id, form.refuse("because", str(refused))), 422
    flash("The meeting is cancelled. Its items are on the next agenda, and the members are told.", "success")
    return redirect("/panel", 303)


@routes.post(
    "/panel/<uuid:meeting_id>/attendance",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.attendance-recorded",
    rate=Rate.WRITE,
)
def attendance(meeting_id: UUID) -> ResponseReturnValue:
    """Record who is there."""
    command, form = read(AttendanceSchema(), request.form)
    if command is None:
        return _page(meeting_id, form), 422
    try:
        operations.record_attendance(
            meeting_id,
            command.present,
            command.also_present,
            version=command.version,
            by=Actor.of(viewer()),
            on=clock.today(),
        )
    except (ItemRefused, MeetingNotNow) as refused:
        return _page(meeting_id, form.refuse("present", str(refused))), 422
    flash("It is recorded who is there.", "success")
    return redirect(f"/panel/{meeting_id}", 303)


@routes.post(
    "/panel/<uuid:meeting_id>/corrections",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.corrected",
    rate=Rate.WRITE,
)
def correct(meeting_id: UUID) -> ResponseReturnValue:
    """Append a correction to the minutes of a closed meeting."""
    command, form = read(CorrectionSchema(), request.form)
    if command is None:
        return _page(meeting_id, form), 422
    try:
        operations.correct(meeting_id, command, by=Actor.of(viewer()), at=clock.now())
    except MeetingNotNow as refused:
        return _page(meeting_id, form.refuse("says", str(refused))), 422
    flash("The correction is appended. The minutes themselves stay as they were.", "success")
    return redirect(f"/panel/{meeting_id}#corrections", 303)


def _page(meeting_id: UUID, form: Form) -> str:
    ask, who, page = asking(meeting_id), viewer(), page_in(request.args)
    items, total = queries.minutes(ask, clock.now(), page)
    actions = queries.actions(ask)
    fresh = ask.meeting.closed_at is None or ask.meeting.closed_at > clock.now() - access.FRESH
    found = sights([*items, *actions], who)
    named = {row.id for row in items if access.may_name(row, who) and found[row.id].named}
    named |= {row.id for row in actions if not row.shut and fresh and found[row.id].named}
    there = queries.attendance(meeting_id)
    return render_template(
        "panels/minutes.html",
        meeting=ask.meeting,
        rules=ask.rules,
        items=items,
        actions=actions,
        named=named,
        shut={row.id for row in [*items, *actions] if row.shut},
        sights=found,
        page=page,
        pages=pages(total),
        page_address=lambda number: f"/panel/{meeting_id}?page={number}",
        form=_filled(form, ask.meeting.also_present, [key for key, one in there.items() if one.present]),
        there=there,
        members=_members() if Can.CHAIR_PANEL in who.can and ask.meeting.status == "planned" else [],
        corrections=queries.corrections(meeting_id),
        begun=ask.meeting.held_on <= clock.today(),
        cancellable=ask.meeting.status == "planned" and ask.meeting.held_on >= clock.today() - timedelta(days=90),
        **shared_words(),
    )


def _filled(form: Form, also_present: str | None, present: list[UUID]) -> Form:
    if not form.values:
        form.values = {"also_present": also_present or "", "present": [str(each) for each in present]}
    return form


def _members() -> list[tuple[str, str]]:
    return [
        (str(person.id), f"{person.name}, {person.organisation}" if person.organisation else person.name)
        for person in people_with(SITS)
    ]
