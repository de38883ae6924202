"""Keeping the directory: its list, and one service with its check, its withdrawal and the way back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.directory import ages, listing, operations
from portage.directory.listing import Wanted
from portage.directory.models import Service
from portage.directory.schemas import FirstSchema, SeenSchema, ServiceSchema, WithdrawSchema
from portage.directory.sheet import as_csv
from portage.editions.operations import edition_on
from portage.policy import NoEditionInForce

routes = Routes("services", __name__)
SEES: dict[str, Any] = {
    "can": Can.KEEP_DIRECTORY, "audience": Audience.STAFF, "audit": "services.seen", "rate": Rate.PAGE,
}  # fmt: skip
WRITES: dict[str, Any] = {"can": Can.KEEP_DIRECTORY, "audience": Audience.STAFF, "rate": Rate.WRITE}
NAMED_FIRST = "Done. The first pointers to parents name it from now on."
FIELDS = ("name", "what_for", "telephone", "email", "web_page", "area", "version")


@adds_to("today", order=70)
def services_to_check(who: Viewer, _subject: UUID | None) -> Section | None:
    """How many services nobody has checked for too long: a task of whoever administers the council's service."""
    if Can.KEEP_DIRECTORY not in who.can or Can.MANAGE_PEOPLE not in who.can:
        return None
    number = listing.how_many_to_check(clock.today())
    if not number:
        return None
    said = f"{number} {'service' if number == 1 else 'services'} to check"
    return Section("Who else can help", (Entry(said, "/services?show=to-check", "Half a year without a check"),))


@routes.get("/services", **SEES)
def listed() -> ResponseReturnValue:
    """The directory, by name; what is to be checked, or what was withdrawn, where the address asks for that."""
    search, show = " ".join(request.args.get("q", "").split())[:100], request.args.get("show", "")
    wanted = Wanted(search, to_check=show == "to-check", withdrawn=show == "withdrawn")
    page, today = page_in(request.args), clock.today()
    found, total = listing.services(wanted, page, on=today)
    return render_template(
        "directory/services.html",
        services=found,
        span=ages.span,
        total=total,
        to_check=listing.how_many_to_check(today),
        due=today - listing.CHECK_LASTS,
        form=Form({"q": search, "show": show}),
        page=page,
        pages=max(1, -(-total // listing.PAGE)),
        page_address=lambda number: f"/services?{urlencode({'q': search, 'show': show, 'page': number})}",
    )


@routes.get("/services/directory.csv", **SEES)
def spreadsheet() -> ResponseReturnValue:
    """The whole directory as the spreadsheet that can be changed and brought in again."""
    answer = Response(as_csv(listing.whole()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=services.csv"
    return answer


@routes.get("/services/new", **SEES)
def new() -> ResponseReturnValue:
    """The form for another service."""
    return _form_page(None, Form())


@routes.post("/services/new", audit="service.added", **WRITES)
def save_new() -> ResponseReturnValue:
    """Add a service; whoever types it has checked it."""
    command, form = read(ServiceSchema(), request.form)
    if command is None:
        return _form_page(None, form), 422
    added = operations.add_service(command[0], by=Actor.of(viewer()), on=clock.today())
    concerning("service", added.id)
    flash(f"{added.name} is in the directory.", "success")
    return redirect("/services", 303)


@routes.get("/services/<uuid:service_id>", **SEES)
def one(service_id: UUID) -> ResponseReturnValue:
    """One service, with everything that can be done with it."""
    service = operations.service_here(service_id)
    concerning("service", service.id)
    values = {name: getattr(service, name) for name in FIELDS}
    for name in ("age_from", "age_to"):
        months = getattr(service, f"{name}_months")
        values[name] = "" if months is None else ages.in_words(months) if months else "birth"
    return _form_page(service, Form(values))


@routes.post("/services/<uuid:service_id>", audit="service.changed", **WRITES)
def save(service_id: UUID) -> ResponseReturnValue:
    """Write down what changed."""
    service = operations.service_here(service_id)
    concerning("service", service.id)
    command, form = read(ServiceSchema(), request.form)
    if command is None:
        return _form_page(service, form), 422
    changed, version = command
    operations.change_service(service_id, changed, version=version, by=Actor.of(viewer()), on=clock.today())
    flash("The change is saved, and the entry counts as checked today.", "success")
    return redirect(f"/services/{service_id}", 303)


@routes.post("/services/<uuid:service_id>/checked", audit="service.checked", **WRITES)
def checked(service_id: UUID) -> ResponseReturnValue:
    """A person looked, and every particular is right."""
    concerning("service", operations.service_here(service_id).id)
    version, _ = read(SeenSchema(), request.form)
    operations.check_service(service_id, version=version or 0, by=Actor.of(viewer()), on=clock.today())
    flash("Noted: checked today, and everything is right.", "success")
    return redirect(f"/services/{service_id}", 303)


@routes.post("/services/<uuid:service_id>/first", audit="service.first-pointers-changed", **WRITES)
def point_first(service_id: UUID) -> ResponseReturnValue:
    """Let the first pointers to parents name it, or name it no longer."""
    service = operations.service_here(service_id)
    concerning("service", service.id)
    command, _ = read(FirstSchema(), request.form)
    if command is None or not _writes_first_words():
        raise NotHere
    version, first = command
    operations.point_first(service_id, first=first, version=version)
    flash(NAMED_FIRST if first else "The first pointers to parents name it no longer.", "success")
    return redirect(f"/services/{service_id}", 303)


def _writes_first_words() -> bool:
    """Whether the policy in force writes to parents before anything is decided; without one nothing is asked."""
    try:
        policy, edition = edition_on(clock.today())
    except NoEditionInForce:
        return False
    return any(policy.messages(edition.terms, route.key) for route in policy.routes(edition.terms))


@routes.post("/services/<uuid:service_id>/withdraw", audit="service.withdrawn", **WRITES)
def withdraw(service_id: UUID) -> ResponseReturnValue:
    """Point nobody to this service any more."""
    service = operations.service_here(service_id)
    concerning("service", service.id)
    command, form = read(WithdrawSchema(), request.form)
    if command is None:
        known = {name: getattr(service, name) for name in FIELDS}
        return _form_page(service, Form({**known, **form.values}, form.errors)), 422
    operations.withdraw_service(service_id, command, by=Actor.of(viewer()), on=clock.today())
    flash("The service is withdrawn: nobody is pointed to it from now on.", "success")
    return redirect(f"/services/{service_id}", 303)


@routes.post("/services/<uuid:service_id>/back", audit="service.brought-back", **WRITES)
def back(service_id: UUID) -> ResponseReturnValue:
    """Put a withdrawn service back."""
    concerning("service", operations.service_here(service_id).id)
    version, _ = read(SeenSchema(), request.form)
    operations.bring_back(service_id, version=version or 0, by=Actor.of(viewer()), on=clock.today())
    flash("The service is in the directory again.", "success")
    return redirect(f"/services/{service_id}", 303)


def _form_page(service: Service | None, form: Form) -> str:
    return render_template(
        "directory/service.html",
        service=service,
        form=form,
        checked_by=listing.name_of(service.last_checked_by) if service else None,
        due=clock.today() - listing.CHECK_LASTS,
        first_words=service is not None and _writes_first_words(),
    )
