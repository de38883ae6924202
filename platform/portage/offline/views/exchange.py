"""What the app's scripts ask and send: JSON in and out, with the session's token in a header."""

import logging
from base64 import b64encode
from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from portage.core import audit, clock
from portage.core.access import Audience, Can, Rate
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere, PortageError
from portage.core.forms import FormSchema, read
from portage.core.identity import viewer
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning
from portage.families.access import ReasonNeeded
from portage.offline.operations.carrying import carried
from portage.offline.operations.conflicts import open_for
from portage.offline.operations.days import days_carried
from portage.offline.operations.phones import kept_hours, must_let_go, open_phone, phone_of
from portage.offline.operations.sending import (
    NOT_NOTED,
    Sent,
    keep_for_manager,
    keep_presence,
    keep_record,
    keep_worry,
    refuse_other_childs,
    take_once,
    visited_before,
)
from portage.offline.refusals import NotAccepted, PhoneEnded, Unreadable
from portage.offline.schemas import PhoneForm, SentForm, told, typed_on_phone
from portage.support.opening import opened
from portage.visits.models import Visit
from portage.visits.operations import visit_here
from portage.visits.refusals import NotInThePolicy, NotThatDay
from portage.visits.schemas import WorryForm, record_form
from portage.visits.words import ACTIVITY, TARGET
from portage.volunteers.operations.own import visit_for

log = logging.getLogger(__name__)
routes = Routes("offline", __name__)


@routes.get("/app/contact", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def contact() -> ResponseReturnValue:
    """Whether this browser is signed in, and whether a phone must forget what it holds. It opens nothing."""
    who = viewer()
    if (phone_id := _asked_phone()) is not None and (must := must_let_go(phone_id, who)):
        return jsonify(state=must)
    if who.kind != "person" or Can.CARRY_VISITS not in who.can:
        return jsonify(state="lock" if who.kind == "person" else "sign-in")
    return jsonify(state="signed-in", person=str(who.person_id), name=who.name, token=who.csrf)


def _asked_phone() -> UUID | None:
    try:
        return UUID(request.args.get("phone", ""))
    except ValueError:
        return None


@routes.post(
    "/app/phones", can=Can.CARRY_VISITS, audience=Audience.STAFF, audit="visits.carried", rate=Rate.WRITE, once=False
)
def fill() -> ResponseReturnValue:
    """Open a phone and fill it: its key, for how long it keeps what it gets, and the visits of two days."""
    now, who = clock.now(), viewer()
    asked = told(PhoneForm(), request.get_json(silent=True))
    phone, key = open_phone(asked["phone"], viewer=who, at=now)
    found = carried(who, at=now)
    for child_id in found.children:
        audit.record("visit.carried", actor=who.actor, subject=("child", child_id), phone=phone.id)
    today, after = days_carried(clock.today())
    return jsonify(
        key=b64encode(key).decode(),
        person=str(who.person_id),
        name=who.name,
        hours=kept_hours(),
        today=today.isoformat(),
        after=after.isoformat(),
        now=now.isoformat(),
        visits=found.visits,
        unsettled=open_for(phone.person_id),
    )


@routes.post(
    "/app/records",
    can=Can.CARRY_VISITS,
    audience=Audience.STAFF,
    audit="phone.sent",
    rate=Rate.WRITE,
    once=False,  # the phone gives each thing an id of its own, which is kept with what it led to
)
def take() -> ResponseReturnValue:
    """Take one thing that was written on a phone: a record, an arrival, a departure, or a worry."""
    sent: Sent = told(SentForm(), request.get_json(silent=True))
    if phone_of(sent.phone_id, viewer()).key is None:
        raise PhoneEnded
    visit, mine = _own(sent.visit_id)
    answer = take_once(sent, lambda: _carried_out(visit, sent, mine=mine), viewer=viewer())
    concerning("child", visit.child_id, visit=visit.id, what=sent.kind)
    return jsonify(answer)


def _own(visit_id: UUID) -> tuple[Visit, bool]:
    """The visit, by the door of its own page: a record that this person may open, or a volunteer's own family.

    The answer's second part is False where the child was this person's until lately and is somebody else's now.
    """
    who, now = viewer(), clock.now()
    try:
        if Can.RECORD_VISIT in who.can:
            visit = visit_here(visit_id)
            opened(visit.episode_id)
            return visit, True
        if Can.VISIT_AS_VOLUNTEER in who.can:
            return visit_for(visit_id, who, at=now), True
    except (NotHere, ReasonNeeded):
        visit = visit_here(visit_id)
        if not visited_before(visit, who, at=now):
            raise
        return visit, False
    raise NotHere


def _carried_out(visit: Visit, sent: Sent, *, mine: bool) -> dict[str, Any]:
    now, who = clock.now(), viewer()
    if sent.kind in ("arrived", "left"):
        begun = (
            visit.arrived_at is not None and visit.visitor_id == who.person_id
        )  # they are waited for, whoever is next
        return keep_presence(visit, sent, at=now) if mine or begun else NOT_NOTED
    values = typed_on_phone(sent.fields)
    if sent.kind == "worry":
        worry, form = read(WorryForm(), values)
        if worry is None:
            raise NotAccepted(form.errors)
        return keep_worry(visit, worry, viewer=who, at=now)
    targets, activities = _ids(sent, TARGET), _ids(sent, ACTIVITY)
    record, form = read(_form_for(targets, activities), values)
    if record is None:
        raise NotAccepted(form.errors)
    try:
        refuse_other_childs(visit, targets, activities)  # also in what is kept for a person to look at
        if not mine:
            return keep_for_manager(visit, sent, viewer=who)
        return keep_record(visit, sent, record, viewer=who, at=now)
    except NotInThePolicy as refusal:
        raise NotAccepted({"elements": [str(refusal)]}) from None
    except NotThatDay as refusal:
        raise NotAccepted({"done_on": [str(refusal)]}) from None


def _form_for(targets: list[UUID], activities: list[UUID]) -> FormSchema:
    """The form of this record, with the targets and activities that the phone knew: they may have ended since."""
    return record_form(targets, activities) if Can.RECORD_VISIT in viewer().can else record_form(())


def _ids(sent: Sent, start: str) -> list[UUID]:
    try:
        return [UUID(name.removeprefix(start)) for name in sent.fields if name.startswith(start)]
    except ValueError:
        raise Unreadable(what=start) from None


@routes.errorhandler(PortageError)
def refused(error: PortageError) -> ResponseReturnValue:
    """A refusal as JSON: a code for the script, a sentence for the person, and the fields that it is about."""
    db.session.rollback()
    return jsonify(code=error.code, sentence=str(error), errors=getattr(error, "errors", {})), error.status


@routes.errorhandler(StaleDataError)
def overtaken(_: StaleDataError) -> ResponseReturnValue:
    """Somebody else saved the same visit in this very moment: sent again, it is judged anew."""
    return refused(ChangedMeanwhile())
