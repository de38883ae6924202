"""The waiting list, and what a person does with a child's place on it."""

from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import PortageError
from portage.core.forms import Form, FormSchema, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.families.access import require_access
from portage.panels.operations import allocated_to
from portage.policy.dates import in_words
from portage.referrals.models import Referral
from portage.support.lists import ORDERS, PAGE, SOON, Waiting, child_here, waiting
from portage.support.models import WaitingEntry
from portage.support.operations import (
    ANSWERS,
    allocate,
    entry_here,
    leave_list,
    offers_at,
    put_back,
    referral_here,
    support_of_waiting,
    why_not,
    write_note,
)
from portage.support.pattern import Support, age_counts_until_the_end, support_by
from portage.support.refusals import AlreadySupported, CannotVisit, NoYesYet
from portage.support.schemas import AllocateBeforeForm, AllocateForm, LeaveForm, NoteForm, PutBackForm
from portage.support.visitors import candidates
from portage.tenants.areas import areas

routes = Routes("waiting", __name__)
FAR = timedelta(days=366)  # a later day is a slip in the year: the child would leave the list and nobody would come


@routes.get("/waiting-list", can=Can.ALLOCATE, audience=Audience.STAFF, audit="waiting-list.seen", rate=Rate.PAGE)
def waiting_list() -> ResponseReturnValue:
    """Who waits, since when, or who has left the list; what is shown lives in the address."""
    known = areas()
    wanted, shown = _wanted({str(area_id) for area_id, _ in known})
    rows, total = waiting(wanted)
    today = clock.today()
    return render_template(
        "support/waiting_list.html",
        rows=rows,
        total=total,
        page=wanted.page,
        pages=max(1, -(-total // PAGE)),
        page_address=_page_address,
        areas=known,
        left=wanted.left,
        form=Form({"area": shown, "order": wanted.order}),
        today=today,
        soon=today + SOON,
        age_counts={each: age_counts_until_the_end(each, on=today) for each in {row.edition_id for row in rows}},
    )


def _wanted(known: set[str]) -> tuple[Waiting, str]:
    """Read the address: one's own area teams and the longest wait first, unless it says otherwise."""
    who, args = viewer(), request.args
    shown = args.get("area", "") or ("own" if who.areas else "all")
    chosen = frozenset({UUID(shown)}) if shown in known else who.areas if shown == "own" else frozenset()
    order = args.get("order", "")
    return (
        Waiting(
            areas=chosen,
            order=order if order in ORDERS else "waiting",
            page=page_in(args),
            left=args.get("show") == "left",
        ),
        shown,
    )


def _page_address(page: int) -> str:
    kept = {key: value for key, value in request.args.items() if key in ("area", "order", "show")}
    return url_for("waiting.waiting_list", page=page, **kept)  # type: ignore[arg-type]  # texts only


@routes.get(
    "/waiting-list/<uuid:entry_id>", can=Can.ALLOCATE, audience=Audience.STAFF, audit="waiting.seen", rate=Rate.PAGE
)
def place(entry_id: UUID) -> ResponseReturnValue:
    """One child's place: who could visit, first whom the panel allocated, the note about priority, and leaving."""
    entry = _entry(entry_id)
    by_panel = allocated_to(entry.referral_id) if entry.referral_id else None
    return _page(entry, Form({"from_on": clock.today().isoformat(), "person_id": str(by_panel or "")}))


@routes.post(
    "/waiting-list/<uuid:entry_id>/allocate",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="child.allocated",
    rate=Rate.WRITE,
)
def save_allocation(entry_id: UUID) -> ResponseReturnValue:
    """Give the child to a visitor, which opens the support."""
    entry = _entry(entry_id)
    unsaid = entry.before_recorded_policy and entry.longest_months is None
    command, form = read(AllocateBeforeForm() if unsaid else AllocateForm(), request.form)
    if command is not None and command.from_on > clock.today() + FAR:
        form.refuse("from_on", "This day is more than a year away. Check the year.")
    if command is None or form.errors:
        return _page(entry, form), 422
    try:
        episode = allocate(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    except (CannotVisit, AlreadySupported, NoYesYet) as refusal:
        return _page(entry, form.refuse("person_id", str(refusal))), 422
    flash("The child has a visitor now, and the visitor was told.", "success")
    return redirect(f"/episodes/{episode.id}", 303)


@routes.post(
    "/waiting-list/<uuid:entry_id>/note",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.noted",
    rate=Rate.WRITE,
)
def save_note(entry_id: UUID) -> ResponseReturnValue:
    """Keep what people say about the child's priority."""
    entry = _entry(entry_id)
    command, form = read(NoteForm(), request.form)
    if command is None:
        return _page(entry, form, NoteForm()), 422
    write_note(entry.id, command)
    flash("The note is saved.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)


@routes.post(
    "/waiting-list/<uuid:entry_id>/leave",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.left",
    rate=Rate.WRITE,
)
def save_leaving(entry_id: UUID) -> ResponseReturnValue:
    """Take the child off the list without support, with a reason."""
    entry = _entry(entry_id)
    command, form = read(LeaveForm(), request.form)
    if command is None:
        return _page(entry, form, LeaveForm()), 422
    leave_list(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    closed = ", and the request is closed with your reason" if entry.referral_id else ". Your reason is on record"
    flash(f"The child is off the waiting list{closed}.", "success")
    return redirect("/waiting-list", 303)


@routes.post(
    "/waiting-list/<uuid:entry_id>/return",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.put-back",
    rate=Rate.WRITE,
)
def save_return(entry_id: UUID) -> ResponseReturnValue:
    """Put a child from before the recorded policy back on the list, with a reason."""
    entry = _entry(entry_id)
    command, form = read(PutBackForm(), request.form)
    if command is None:
        return _page(entry, form, PutBackForm()), 422
    put_back(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    flash("The child is on the waiting list again, by the day on which support was asked for.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)


def _entry(entry_id: UUID) -> WaitingEntry:
    entry = entry_here(entry_id)
    require_access(entry.child_id, viewer())
    concerning("child", entry.child_id, entry=entry_id)
    return entry


def _page(entry: WaitingEntry, form: Form, of: FormSchema | None = None) -> str:
    referral = referral_here(entry.referral_id) if entry.referral_id else None
    today = clock.today()
    support = _support(entry, referral, today)
    people = [(each, why_not(each, support)) for each in candidates(entry.area_id, on=today)]
    return render_template(
        "support/waiting_place.html",
        entry=entry,
        referral=referral,
        child=child_here(entry.child_id),
        support=support,
        age_counts=bool(referral and age_counts_until_the_end(referral.edition_id, on=today)),
        people=people,
        last_offer=_last_offer(entry),
        area_names=dict(areas()),
        form=form,
        allocating=form if of is None else Form({"from_on": today.isoformat()}),
        noting=form if isinstance(of, NoteForm) else Form({"note": entry.note}),
        leaving=form if isinstance(of, LeaveForm) else Form(),
        returning=form if isinstance(of, PutBackForm) else Form(),
        today=today,
        soon=today + SOON,
    )


def _support(entry: WaitingEntry, referral: Referral | None, today: date) -> Support:
    if referral is None:
        return support_by(None, on=today)
    try:
        return support_of_waiting(entry, referral, on=today)
    except PortageError:  # the acceptance is being looked at again: nobody is allocated on the old one
        return support_by(referral.edition_id, on=referral.received_on)


def _last_offer(entry: WaitingEntry) -> str:
    """What became of the last offer to a child without a recorded request, in a sentence."""
    for offer in offers_at(entry.id)[:1] if entry.before_recorded_policy else ():
        answer = ANSWERS.get(offer.answer or "", "No answer yet")
        return f"{in_words(offer.made_on)}: {answer}"
    return "None yet"
