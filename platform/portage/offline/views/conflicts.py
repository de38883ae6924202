"""Two records of one visit on one page: a person chooses which stands, or puts them together; neither is lost."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, FormSchema, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.offline.models import RecordConflict
from portage.offline.operations.conflicts import conflict_here, settle_conflict, standing_fields
from portage.offline.operations.sending import fields_of, visits_short
from portage.offline.schemas import SettleForm, typed_on_phone
from portage.plans.operations import activity_here, target_here
from portage.support.lists import child_here
from portage.support.opening import opened
from portage.support.visitors import names_of
from portage.visits.models import Visit
from portage.visits.operations import record_visit, visit_here
from portage.visits.operations.recording import in_words
from portage.visits.schemas import record_form
from portage.visits.words import ACTIVITY, RESULTS, STATUS_WORDS, TARGET
from portage.volunteers.operations.own import record_own, visit_for

routes = Routes("record_conflicts", __name__)


@routes.get(
    "/record-conflicts/<uuid:record_conflict_id>",
    can=Can.CARRY_VISITS,
    audience=Audience.STAFF,
    audit="visit.seen",
    rate=Rate.PAGE,
)
def show(record_conflict_id: UUID) -> ResponseReturnValue:
    """Both records, side by side."""
    conflict, visit = _opened(record_conflict_id)
    return _page(conflict, visit, Form())


@routes.post(
    "/record-conflicts/<uuid:record_conflict_id>",
    can=Can.CARRY_VISITS,
    audience=Audience.STAFF,
    audit="visit.two-records-settled",
    rate=Rate.WRITE,
)
def settle(record_conflict_id: UUID) -> ResponseReturnValue:
    """Let one of them stand, or both."""
    conflict, visit = _opened(record_conflict_id)
    command, form = read(SettleForm(), request.form)
    if command is None:
        return _page(conflict, visit, form), 422
    now = clock.now()
    settle_conflict(conflict, command, by=Actor.of(viewer()), at=now)
    if command.how != "theirs":
        fields = standing_fields(conflict, fields_of(visit), command.how)
        record, refused = read(_form_of(fields), typed_on_phone(fields))
        if record is None:
            said = [sentence for sentences in refused.errors.values() for sentence in sentences]
            return _page(conflict, visit, Form(errors={"_form": said})), 422
        if visits_short(viewer()):
            record_own(visit, record, viewer=viewer(), at=now, written_at=conflict.written_at)
        else:
            record_visit(visit.id, record, by=Actor.of(viewer()), at=now, written_at=conflict.written_at)
    flash("The record stands as you chose. The other one is kept with it.", "success")
    return redirect(_home_of(visit), 303)


def _opened(record_conflict_id: UUID) -> tuple[RecordConflict, Visit]:
    """Two records, by the door of their visit's own page."""
    conflict, who = conflict_here(record_conflict_id), viewer()
    if Can.RECORD_VISIT in who.can:
        visit = visit_here(conflict.visit_id)
        opened(visit.episode_id)
    elif Can.VISIT_AS_VOLUNTEER in who.can:
        visit = visit_for(conflict.visit_id, who, at=clock.now())
    else:
        raise NotHere
    concerning("child", visit.child_id, visit=visit.id)
    return conflict, visit


def _home_of(visit: Visit) -> str:
    return f"/my-visits/{visit.id}" if visits_short(viewer()) else f"/visits/{visit.id}"


def _form_of(fields: dict[str, Any]) -> FormSchema:
    return record_form(_named(fields, TARGET), _named(fields, ACTIVITY))


def _named(fields: dict[str, Any], start: str) -> list[UUID]:
    return [UUID(name.removeprefix(start)) for name in fields if name.startswith(start)]


def _page(conflict: RecordConflict, visit: Visit, form: Form) -> str:
    return render_template(
        "offline/conflict.html",
        conflict=conflict,
        visit=visit,
        child=child_here(visit.child_id),
        short=visits_short(viewer()),
        theirs=_in_words(conflict.theirs),
        ours=_in_words(conflict.ours),
        names=names_of({conflict.sent_by} | ({visit.recorded_by} if visit.recorded_by else set())),
        home=_home_of(visit),
        form=form,
    )


def _in_words(fields: dict[str, Any]) -> list[tuple[str, str]]:
    if fields.get("status") == "planned":
        return [("What happened", STATUS_WORDS["planned"])]
    record, _ = read(_form_of(fields), typed_on_phone(fields))
    if record is None:
        return [(name, str(value)) for name, value in fields.items() if value]
    tried = [f"{target_here(key).does_what}: {RESULTS[result]}" for key, result in record.targets.items()]
    seen = [f"{activity_here(key).wording}: {words}" for key, words in record.seen.items() if words]
    more = [("Targets tried", tried), ("What the family saw", seen)]
    return [*in_words(record), *((label, "\n".join(lines)) for label, lines in more if lines)]
