"""A child's record: who cares for them, how it is safe to reach them, what may be shared, and what is restricted."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, Select, Uuid, and_, bindparam, func, or_, select

from portage.accounts.models import Person
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.db import db
from portage.core.errors import NotAllowed, NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.incoming import page_in, pages_of
from portage.core.routes import Routes, concerning
from portage.core.sections import sections
from portage.core.tenancy import TENANT, current_tenant_id, here, rows_of, scoped
from portage.editions.operations import edition_on
from portage.families import permissions
from portage.families.access import Access, access_columns, access_values, granted, require_access
from portage.families.models import AccessReason, Carer, Child, ChildMark
from portage.families.operations import add_carer, change_carer
from portage.families.schemas import CarerSchema, MarkSchema, PermissionSchema
from portage.families.words import MARK_NAMES, PERMISSION_ANSWERS, PERMISSION_PURPOSES
from portage.policy import SharingQuestion
from portage.tenants.models import Area

routes = Routes("families", __name__)
PACK = "pack"  # the episode whose pack somebody puts together, and comes back to
PAGE = 50  # reasons
CARER_FIELDS = tuple(name for name in CarerSchema._declared_fields if name != "version")


@routes.get(
    "/children/<uuid:child_id>", can=Can.OPEN_CASE, audience=Audience.STAFF, audit="child.opened", rate=Rate.PAGE
)
def child(child_id: UUID) -> ResponseReturnValue:
    """The record."""
    known, access = _record(child_id)
    return render_template(
        "families/child.html",
        child=known,
        area=known.area,
        access=access,
        carers=rows_of(_carers(), {"child_id": child_id}).all(),
        questions=_questions(known.permissions),
        marks=rows_of(_marks(), {"child_id": child_id}).all() if access.restricted else [],
        mark_names=MARK_NAMES,
        purposes=PERMISSION_PURPOSES,
        answers=PERMISSION_ANSWERS,
        added=sections("child", viewer(), child_id),
        today=clock.today(),
        may_permit=Can.RECORD_PERMISSION in viewer().can,
        may_record=Can.RECORD_FACTS in viewer().can,
    )


@routes.get(
    "/children/<uuid:child_id>/carers/new",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="carer.adding-opened",
    rate=Rate.PAGE,
)
def new_carer(child_id: UUID) -> ResponseReturnValue:
    """The form for another parent or carer."""
    _opened(child_id)
    safe = dict.fromkeys(("email_is_safe", "telephone_is_safe", "post_is_safe"), "yes")
    return _carer_page(child_id, None, Form({**safe, "version": 0}))


@routes.post(
    "/children/<uuid:child_id>/carers/new",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="carer.added",
    rate=Rate.WRITE,
)
def save_new_carer(child_id: UUID) -> ResponseReturnValue:
    """Add a parent or carer."""
    _opened(child_id)
    command, form = read(CarerSchema(), request.form)
    if command is None:
        return _carer_page(child_id, None, form), 422
    add_carer(child_id, command[0])
    flash("The parent or carer is added.", "success")
    return redirect(f"/children/{child_id}", 303)


@routes.get(
    "/children/<uuid:child_id>/carers/<uuid:carer_id>",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="carer.opened",
    rate=Rate.PAGE,
)
def carer(child_id: UUID, carer_id: UUID) -> ResponseReturnValue:
    """The form for what is known of a parent or carer, and how it is safe to reach them."""
    _opened(child_id)
    known = _carer(child_id, carer_id)
    values = {name: _typed(getattr(known, name)) for name in CARER_FIELDS}
    values["parental_responsibility"] = values["parental_responsibility"] or "unknown"
    return _carer_page(child_id, carer_id, Form({**values, "version": known.version}))


@routes.post(
    "/children/<uuid:child_id>/carers/<uuid:carer_id>",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="carer.changed",
    rate=Rate.WRITE,
)
def save_carer(child_id: UUID, carer_id: UUID) -> ResponseReturnValue:
    """Write the change down, unless somebody else changed the same meanwhile."""
    _opened(child_id)
    _carer(child_id, carer_id)
    command, form = read(CarerSchema(), request.form)
    if command is None:
        return _carer_page(child_id, carer_id, form), 422
    changed, version = command
    change_carer(carer_id, changed, version=version)
    flash("The change is saved. Everything that is sent from now on follows it.", "success")
    return redirect(f"/children/{child_id}", 303)


@routes.get(
    "/children/<uuid:child_id>/permissions",
    can=Can.RECORD_PERMISSION,
    audience=Audience.STAFF,
    audit="permissions.opened",
    rate=Rate.PAGE,
)
def sharing(child_id: UUID) -> ResponseReturnValue:
    """The form for the family's answer about one party and one purpose."""
    _opened(child_id)
    values = {"question": request.args.get("question", ""), "answered_on": clock.today().isoformat()}
    return _sharing_page(child_id, Form(values))


@routes.post(
    "/children/<uuid:child_id>/permissions",
    can=Can.RECORD_PERMISSION,
    audience=Audience.STAFF,
    audit="permission.recorded",
    rate=Rate.WRITE,
)
def save_sharing(child_id: UUID) -> ResponseReturnValue:
    """Keep an answer: yes, no or withdrawn."""
    _opened(child_id)
    questions = _asked()
    command, form = read(PermissionSchema(clock.today()), request.form)
    if command is not None and command.question not in {question.key for question in questions}:
        form.refuse("question", "Choose the question.")
    if command is None or form.errors:
        return _sharing_page(child_id, form), 422
    permissions.record_permission(child_id, command, questions, by=Actor.of(viewer()))
    flash("The answer is recorded.", "success")
    return redirect(_came_from(request.form.get(PACK, "")) or f"/children/{child_id}#permissions", 303)


def _came_from(episode: str) -> str | None:
    """The page of a pack, for whoever records a permission on the way to it; nothing else is an address here."""
    try:
        return f"/episodes/{UUID(episode)}/packs/new"
    except ValueError:
        return None


@routes.get(
    "/children/<uuid:child_id>/marks",
    can=Can.OPEN_CASE,
    audience=Audience.STAFF,
    audit="marks.opened",
    rate=Rate.PAGE,
)
def marks(child_id: UUID) -> ResponseReturnValue:
    """The form for a restricted fact."""
    _restricted(child_id)
    return _marks_page(child_id, Form({"from_on": clock.today().isoformat()}))


@routes.post(
    "/children/<uuid:child_id>/marks",
    can=Can.OPEN_CASE,
    audience=Audience.STAFF,
    audit="mark.recorded",
    rate=Rate.WRITE,
)
def save_mark(child_id: UUID) -> ResponseReturnValue:
    """Keep a restricted fact."""
    _restricted(child_id)
    command, form = read(MarkSchema(), request.form)
    if command is None:
        return _marks_page(child_id, form), 422
    permissions.record_mark(child_id, command, by=Actor.of(viewer()))
    flash("The restricted fact is recorded.", "success")
    return redirect(f"/children/{child_id}#restricted", 303)


@routes.post(
    "/children/<uuid:child_id>/marks/<uuid:mark_id>/end",
    can=Can.OPEN_CASE,
    audience=Audience.STAFF,
    audit="mark.ended",
    rate=Rate.WRITE,
)
def end_mark(child_id: UUID, mark_id: UUID) -> ResponseReturnValue:
    """Let a restricted fact end today."""
    _restricted(child_id)
    permissions.end_mark(child_id, mark_id, until_on=clock.today())
    flash("The restricted fact ends today.", "success")
    return redirect(f"/children/{child_id}#restricted", 303)


@routes.get(
    "/access-reasons", can=Can.SEE_REASONS, audience=Audience.STAFF, audit="access-reasons.seen", rate=Rate.PAGE
)
def reasons() -> ResponseReturnValue:
    """Who opened which record beyond their own cases, and why; what nobody has read yet comes first."""
    page = page_in(request.args)
    found = _reasons(viewer()).add_columns(func.count().over().label("total"))
    rows = list(db.session.execute(found.limit(PAGE).offset(PAGE * (page - 1))))
    return render_template(
        "families/reasons.html",
        reasons=rows,
        page=page,
        pages=pages_of(rows[0].total if rows else 0, PAGE),
        page_address="/access-reasons?page={}".format,
    )


@routes.post(
    "/access-reasons/<uuid:reason_id>/seen",
    can=Can.SEE_REASONS,
    audience=Audience.STAFF,
    audit="access-reason.seen",
    rate=Rate.WRITE,
)
def reason_seen(reason_id: UUID) -> ResponseReturnValue:
    """A manager has read a reason."""
    if db.session.execute(_reasons(viewer()).where(AccessReason.id == reason_id)).first() is None:
        raise NotHere
    permissions.see_reason(reason_id, by=Actor.of(viewer()), at=clock.now())
    return redirect("/access-reasons", 303)


def _opened(child_id: UUID) -> Access:
    access = require_access(child_id, viewer())
    concerning("child", child_id, way=access.how)
    return access


def _restricted(child_id: UUID) -> None:
    if not _opened(child_id).restricted:
        raise NotAllowed


def _child(child_id: UUID) -> Child:
    return db.session.execute(scoped(Child).where(Child.id == child_id)).scalar_one()


def _carer(child_id: UUID, carer_id: UUID) -> Carer:
    return here(Carer, carer_id, Carer.child_id == child_id)


def _record(child_id: UUID) -> tuple[Row[*tuple[Any, ...]], Access]:
    """What the page says of a child, with the answers about sharing, and how the viewer came in, in one statement."""
    who = viewer()
    found = rows_of(_the_record(), {"child_id": child_id, **access_values(who, clock.now())}).one_or_none()
    if found is None:
        raise NotHere
    access = granted(who, child_id, found.area_id, found.caseload, found.reason)
    concerning("child", child_id, way=access.how)
    return found, access


@cache
def _the_record() -> Select[*tuple[Any, ...]]:
    shown = (Child.id, Child.given_name, Child.family_name, Child.date_of_birth, Child.address, Child.postcode)
    others = (Child.setting_name, Child.area_id, Area.name.label("area"), permissions.permissions_column())
    return (
        select(*shown, *others, *access_columns())
        .select_from(Child)
        .outerjoin(Area, and_(Area.tenant_id == Child.tenant_id, Area.id == Child.area_id))
        .where(Child.tenant_id == TENANT, Child.id == bindparam("child_id", type_=Uuid()))
    )


@cache
def _carers() -> Select[*tuple[Any, ...]]:
    """Who cares for a child, the main contact first, as plain rows."""
    shown = (Carer.id, Carer.name, Carer.relationship_to_child, Carer.parental_responsibility, Carer.email)
    reached = (Carer.telephone, Carer.address, Carer.email_is_safe, Carer.telephone_is_safe, Carer.post_is_safe)
    wanted = select(*shown, *reached, Carer.contact_note, Carer.interpreter, Carer.format_needs, Carer.main_contact)
    of_child = Carer.tenant_id == TENANT, Carer.child_id == bindparam("child_id", type_=Uuid())
    return wanted.where(*of_child).order_by(Carer.main_contact.desc(), Carer.created_at)


@cache
def _marks() -> Select[*tuple[Any, ...]]:
    """The restricted facts of a child as plain rows; asked only for somebody who may see them."""
    wanted = select(ChildMark.id, ChildMark.kind, ChildMark.from_on, ChildMark.until_on, ChildMark.note)
    of_child = ChildMark.tenant_id == TENANT, ChildMark.child_id == bindparam("child_id", type_=Uuid())
    return wanted.where(*of_child).order_by(ChildMark.from_on.desc())


def _asked() -> tuple[SharingQuestion, ...]:
    policy, edition = edition_on(clock.today())
    return policy.sharing(edition.terms)


def _questions(answers: list[dict[str, Any]]) -> list[tuple[SharingQuestion, list[dict[str, Any]]]]:
    """Each question of the policy with its answers, the one that holds first."""
    dated = [{**each, "answered_on": date.fromisoformat(each["answered_on"])} for each in answers]
    return [
        (asked, [each for each in dated if (each["party"], each["purpose"]) == (asked.party, asked.purpose)])
        for asked in _asked()
    ]


def _reasons(who: Viewer) -> Select[*tuple[Any, ...]]:
    """The reasons that this manager reads, those that nobody has read first."""
    wanted: Select[*tuple[Any, ...]] = (
        select(
            AccessReason.id,
            AccessReason.created_at,
            AccessReason.child_id,
            AccessReason.reason,
            AccessReason.seen_at,
            Person.name.label("person"),
            Child.given_name,
            Child.family_name,
        )
        .join(Person, and_(Person.tenant_id == AccessReason.tenant_id, Person.id == AccessReason.person_id))
        .join(Child, and_(Child.tenant_id == AccessReason.tenant_id, Child.id == AccessReason.child_id))
        .where(
            AccessReason.tenant_id == current_tenant_id(),
            Person.tenant_id == current_tenant_id(),
            Child.tenant_id == current_tenant_id(),
        )
        .order_by(AccessReason.seen_at.is_not(None), AccessReason.created_at.desc(), AccessReason.id)
    )
    if who.areas:
        wanted = wanted.where(or_(Child.area_id.in_(who.areas), Child.area_id.is_(None)))
    return wanted


def _carer_page(child_id: UUID, carer_id: UUID | None, form: Form) -> str:
    return render_template("families/carer.html", child=_child(child_id), carer_id=carer_id, form=form)


def _sharing_page(child_id: UUID, form: Form) -> str:
    questions = [(asked.key, f"{asked.party}: {PERMISSION_PURPOSES[asked.purpose].lower()}") for asked in _asked()]
    pack = request.values.get(PACK, "")
    back = _came_from(pack) or f"/children/{child_id}"
    return render_template(
        "families/sharing.html", child=_child(child_id), questions=questions, form=form, pack=pack, back=back
    )


def _marks_page(child_id: UUID, form: Form) -> str:
    return render_template("families/marks.html", child=_child(child_id), kinds=list(MARK_NAMES.items()), form=form)


def _typed(value: object) -> object:
    """A value as a form shows it; a tick box that is off has none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
