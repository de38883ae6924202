"""The waiting list, and what a person does with a child's place on it."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.panels.operations import allocated_to
from portage.support.lists import PAGE, Wanted, left_the_list
from portage.support.operations import allocate, choices, leave_list, put_back, write_note
from portage.support.place_page import place_here, place_page
from portage.support.refusals import AlreadySupported, CannotVisit, NoYesYet
from portage.support.schemas import AllocateBeforeForm, AllocateForm, LeaveForm, NoteForm, PutBackForm
from portage.support.waiting_page import ORDERS, SOON, waiting_page
from portage.tenants.areas import areas

routes = Routes("waiting", __name__)
FAR = timedelta(days=366)  # a later day is a slip in the year: the child would leave the list and nobody would come


@routes.get("/waiting-list", can=Can.ALLOCATE, audience=Audience.STAFF, audit="waiting-list.seen", rate=Rate.PAGE)
def waiting_list() -> ResponseReturnValue:
    """Who waits, in the policy's order with the reason, or who has left the list; what is shown is in the address."""
    known = areas()
    wanted, chosen = _wanted({str(area_id) for area_id, _ in known})
    frame = {
        "page": wanted.page,
        "page_address": _page_address,
        "areas": known,
        "form": Form({"area": chosen, "order": wanted.order}),
        "today": clock.today(),
        "soon": SOON,
    }
    if wanted.left:
        rows, total = left_the_list(wanted, to=viewer().person_id)
        pages = max(1, -(-total // PAGE))
        return render_template("support/waiting_left.html", rows=rows, total=total, pages=pages, **frame)
    found = waiting_page(wanted, viewer(), on=clock.today())
    pages = max(1, -(-found.total // PAGE))
    return render_template(
        "support/waiting_list.html", found=found, pages=pages, suggests=choices().suggests_since is not None, **frame
    )


def _wanted(known: set[str]) -> tuple[Wanted, str]:
    """Read the address: one's own area teams and the policy's order, unless it says otherwise."""
    who, args = viewer(), request.args
    shown = args.get("area", "") or ("own" if who.areas else "all")
    chosen = frozenset({UUID(shown)}) if shown in known else who.areas if shown == "own" else frozenset()
    order = args.get("order", "")
    wanted = Wanted(
        areas=chosen,
        order=order if order in ORDERS else "priority",
        page=page_in(args),
        left=args.get("show") == "left",
    )
    return wanted, shown


def _page_address(page: int) -> str:
    args = request.args
    return url_for(
        "waiting.waiting_list", area=args.get("area"), order=args.get("order"), show=args.get("show"), page=page
    )


@routes.get(
    "/waiting-list/<uuid:entry_id>", can=Can.ALLOCATE, audience=Audience.STAFF, audit="waiting.seen", rate=Rate.PAGE
)
def place(entry_id: UUID) -> ResponseReturnValue:
    """One child's place: who could visit, first whom the panel allocated, the note about priority, and leaving."""
    entry = place_here(entry_id)
    by_panel = allocated_to(entry.referral_id) if entry.referral_id else None
    first = {"from_on": clock.today().isoformat(), "person_id": str(by_panel or "")}
    return place_page(entry, allocating=Form(first))


@routes.post(
    "/waiting-list/<uuid:entry_id>/allocate",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="child.allocated",
    rate=Rate.WRITE,
)
def save_allocation(entry_id: UUID) -> ResponseReturnValue:
    """Give the child to a visitor, which opens the support."""
    entry = place_here(entry_id)
    unsaid = entry.before_recorded_policy and entry.longest_months is None
    command, form = read(AllocateBeforeForm() if unsaid else AllocateForm(), request.form)
    if command is not None and command.from_on > clock.today() + FAR:
        form.refuse("from_on", "This day is more than a year away. Check the year.")
    if command is None or form.errors:
        return place_page(entry, allocating=form), 422
    try:
        episode = allocate(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    except (CannotVisit, AlreadySupported, NoYesYet) as refusal:
        return place_page(entry, allocating=form.refuse("person_id", str(refusal))), 422
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
    entry = place_here(entry_id)
    command, form = read(NoteForm(), request.form)
    if command is None:
        return place_page(entry, noting=form), 422
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
    entry = place_here(entry_id)
    command, form = read(LeaveForm(), request.form)
    if command is None:
        return place_page(entry, leaving=form), 422
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
    entry = place_here(entry_id)
    command, form = read(PutBackForm(), request.form)
    if command is None:
        return place_page(entry, returning=form), 422
    put_back(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    flash("The child is on the waiting list again, by the day on which support was asked for.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)
