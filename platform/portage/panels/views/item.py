"""One item of the agenda: its papers as far as the viewer may read them, conflicts of interest, and the decision."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.files import attachment
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.families.access import Access, ConflictDeclared
from portage.families.conflicts import conflicts_about, lift
from portage.panels import access, operations, queries
from portage.panels.members import CHAIRS, PRACTITIONERS, people_with
from portage.panels.operations import Deferring
from portage.panels.queries import Asking
from portage.panels.redaction import Sight
from portage.panels.refusals import ItemRefused, MeetingNotNow, NoQuorum
from portage.panels.schemas import ConflictSchema, PanelDecisionSchema, WhySchema
from portage.panels.views._shown import asking, is_current, shared_words, sight
from portage.panels.words import CHOICES
from portage.referrals import case_words, queries_case
from portage.referrals.operations.decisions import DecisionRefused
from portage.referrals.operations.evidence import paper as paper_of
from portage.referrals.queries_case import Case, Head
from portage.referrals.views.case import opened, page_words
from portage.referrals.views.decide import service_choices

routes = Routes("panel_items", __name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """An item that the viewer may open, and what they read of it."""

    asking: Asking
    row: Row[Any]
    sight: Sight
    case: Case


@routes.get(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>",
    can=Can.SIT_ON_PANEL,
    audience=Audience.STAFF,
    audit="panel.item-opened",
    rate=Rate.PAGE,
)
def item(meeting_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """One request on the agenda: what is known, what is missing, and for the chair the form for the decision."""
    found = _opened(meeting_id, referral_id)
    if found.sight.record and (found.asking.meeting.status != "planned" or found.row.decided):
        return redirect(f"/referrals/{referral_id}#decision", 303)
    return _page(found, _blank(found))


@routes.post(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.decided",
    rate=Rate.WRITE,
)
def save_item(meeting_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Record what the panel decided, in the chair's own words; each decision is kept by itself."""
    found = _opened(meeting_id, referral_id)
    command, form = read(PanelDecisionSchema(), request.form)
    if command is None:
        return _page(found, form), 422
    by, at, on = Actor.of(viewer()), clock.now(), clock.today()
    try:
        if isinstance(command, Deferring):
            operations.defer_item(meeting_id, referral_id, command, by=by, at=at, on=on)
        else:
            operations.decide_item(meeting_id, referral_id, command, found.asking.rules, by=by, at=at, on=on)
    except (DecisionRefused, ItemRefused) as refused:
        return _page(found, form.refuse(refused.field, str(refused))), 422
    except (MeetingNotNow, NoQuorum) as refused:
        return _page(found, form.refuse("_form", str(refused))), 422
    became = "deferral of" if isinstance(command, Deferring) else "decision on"
    flash(f"The panel’s {became} {found.row.reference} is recorded.", "success")
    return redirect("/panel", 303)


@routes.get(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>/papers/<uuid:evidence_id>",
    can=Can.SIT_ON_PANEL,
    audience=Audience.STAFF,
    audit="panel.paper-opened",
    rate=Rate.PAGE,
)
def paper(meeting_id: UUID, referral_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """One paper of an item, as a file to save, for whoever may read the item's papers."""
    found = _opened(meeting_id, referral_id)
    kept, _ = paper_of(referral_id, evidence_id)
    if not found.sight.papers:
        raise NotHere
    concerning("referral", referral_id, evidence=evidence_id, meeting=meeting_id)
    return attachment(kept.object_key, name=kept.file_name, media_type=kept.media_type)


@routes.post(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>/conflict",
    can=Can.SIT_ON_PANEL,
    audience=Audience.STAFF,
    audit="panel.conflict-declared",
    rate=Rate.WRITE,
)
def conflict(meeting_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Declare a conflict of interest; from then on the item is shut to the person who did."""
    found = _opened(meeting_id, referral_id)
    command, form = read(ConflictSchema(), request.form)
    if command is None:
        return _page(found, _kept(found, form)), 422
    nature, hand_to = command
    try:
        operations.declare_conflict(meeting_id, referral_id, nature, hand_to, by=Actor.of(viewer()), at=clock.now())
    except ItemRefused as refused:
        return _page(found, _kept(found, form.refuse(refused.field, str(refused)))), 422
    except MeetingNotNow as refused:
        return _page(found, _kept(found, form.refuse("nature", str(refused)))), 422
    flash("Your conflict of interest is recorded. This item is closed to you from now on.", "success")
    return redirect("/panel", 303)


@routes.post(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>/conflicts/<uuid:conflict_id>/lift",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.conflict-lifted",
    rate=Rate.WRITE,
)
def lifted(meeting_id: UUID, referral_id: UUID, conflict_id: UUID) -> ResponseReturnValue:
    """Lift a conflict that somebody else declared by mistake."""
    found = _opened(meeting_id, referral_id)
    if conflict_id not in {each.id for each in conflicts_about([found.case.child.id])}:
        raise NotHere
    command, form = read(WhySchema(), request.form)
    if command is None:
        return _page(found, _kept(found, form), lifting=conflict_id), 422
    lift(conflict_id, command[0], by=Actor.of(viewer()), at=clock.now())
    flash("The conflict of interest is lifted. It stays on record that it was declared.", "success")
    return redirect(f"/panel/{meeting_id}/{referral_id}", 303)


@routes.post(
    "/panel/<uuid:meeting_id>/<uuid:referral_id>/add",
    can=Can.CHAIR_PANEL,
    audience=Audience.STAFF,
    audit="panel.item-added",
    rate=Rate.WRITE,
)
def add(meeting_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Take up a request that came after the papers' day."""
    found = _opened(meeting_id, referral_id)
    operations.add_late(meeting_id, referral_id, by=Actor.of(viewer()))
    flash(f"{found.row.reference} is on the agenda of this meeting.", "success")
    return redirect("/panel", 303)


def _opened(meeting_id: UUID, referral_id: UUID) -> Opened:
    """Let the viewer into an item and name it in the trail; raises `NotHere`, or `ConflictDeclared`."""
    ask, who = asking(meeting_id), viewer()
    row = queries.one(ask, referral_id)
    if row is None or (row.item_id is None and not is_current(meeting_id)):
        raise NotHere
    if row.shut:
        raise ConflictDeclared
    reads = sight(row, who)
    if reads.record:
        head = opened(referral_id)
    else:
        closed = ask.meeting.closed_at
        if ask.meeting.status == "cancelled" or (closed is not None and closed < clock.now() - access.FRESH):
            raise NotHere
        head = _for_member(referral_id)
    return Opened(ask, row, reads, queries_case.case(head))


def _for_member(referral_id: UUID) -> Head:
    """The request for a member who opens no records: the panel's page shows them what `redaction` lets them read."""
    referral, child = queries.request_and_child(referral_id)
    concerning("referral", referral_id, child=child.id, way="panel")
    return Head(referral, child, None, Access(child.id, child.area_id, "panel", restricted=False))


def _blank(found: Opened) -> Form:
    last = found.case.determination
    return Form(
        {
            "version": found.case.referral.version,
            "determination_id": last.id if last else "",
            "seen": found.row.seen or 0,
        }
    )


def _kept(found: Opened, form: Form) -> Form:
    """The form of one deed on the page, with the versions that the form of the decision needs beside it."""
    form.values = {**_blank(found).values, **{key: value for key, value in form.values.items() if key != "version"}}
    return form


def _page(found: Opened, form: Form, *, lifting: UUID | None = None) -> str:
    """The item; `lifting` is the conflict whose form was refused."""
    who, meeting = viewer(), found.asking.meeting
    chairs = Can.CHAIR_PANEL in who.can
    return render_template(
        "panels/item.html",
        **{**page_words(found.case), **shared_words()},
        meeting=meeting,
        row=found.row,
        sight=found.sight,
        form=form,
        lifting=lifting,
        choices=CHOICES,
        facts=case_words.fact_rows(found.case),
        earlier=queries.earlier(found.row.id, meeting.id),
        conflicts=conflicts_about([found.case.child.id]) if chairs else [],
        services=service_choices(found.case),
        practitioners=[(str(each.id), each.name) for each in people_with(PRACTITIONERS)] if chairs else [],
        chairs=[
            (str(each.id), each.name) for each in (people_with(CHAIRS) if chairs else []) if each.id != who.person_id
        ],
        may_decide=chairs and meeting.status == "planned" and not found.row.decided,
        begun=meeting.held_on <= clock.today(),
        decider=who.name,
    )
