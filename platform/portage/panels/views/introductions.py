"""The introductory visit after the panel, on the request's page and on the visitor's day (WNC-05)."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, select

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import current_tenant_id
from portage.families.models import Child
from portage.panels import operations
from portage.panels.members import PRACTITIONERS, people_with
from portage.panels.models import IntroductoryVisit
from portage.panels.refusals import ItemRefused, MeetingNotNow
from portage.panels.rules import panel_rules
from portage.panels.schemas import ArrangeSchema, IntroducedSchema
from portage.panels.views._shown import rules_here, shared_words
from portage.policy.dates import in_words, when_in_words
from portage.referrals import queries_case
from portage.referrals.models import Referral
from portage.referrals.operations.judging import edition_of
from portage.referrals.queries_case import Case
from portage.referrals.views.case import opened, page_words

routes = Routes("introductions", __name__)
STATUS = {"arranged": "Arranged", "done": "It took place", "cancelled": "Cancelled"}


@routes.get(
    "/referrals/<uuid:referral_id>/introduction",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="introduction.opened",
    rate=Rate.PAGE,
)
def introduction(referral_id: UUID) -> ResponseReturnValue:
    """Arrange the introductory visit, or say what became of it."""
    case = _case(referral_id)
    if case.referral.stage not in operations.AFTER_YES:
        return redirect(f"/referrals/{referral_id}", 303)
    return _page(case, Form())


@routes.post(
    "/referrals/<uuid:referral_id>/introduction",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="introduction.arranged",
    rate=Rate.WRITE,
)
def arrange(referral_id: UUID) -> ResponseReturnValue:
    """Arrange the visit; its clock stops."""
    case = _case(referral_id)
    command, form = read(ArrangeSchema(), request.form)
    if command is not None and command.arranged_for < clock.today():
        form.refuse("arranged_for", "This day is in the past. Enter a day from today on.")
    if command is None or form.errors:
        return _page(case, form), 422
    try:
        operations.arrange(referral_id, command, by=Actor.of(viewer()), on=clock.today())
    except ItemRefused as refused:
        return _page(case, form.refuse(refused.field, str(refused))), 422
    except MeetingNotNow as refused:
        return _page(case, form.refuse("_form", str(refused))), 422
    flash("The introductory visit is arranged.", "success")
    return redirect(f"/referrals/{referral_id}", 303)


@routes.post(
    "/referrals/<uuid:referral_id>/introduction/<uuid:introduction_id>",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="introduction.recorded",
    rate=Rate.WRITE,
)
def record(referral_id: UUID, introduction_id: UUID) -> ResponseReturnValue:
    """Record that the visit took place, or that it was cancelled."""
    case = _case(referral_id)
    command, form = read(IntroducedSchema(), request.form)
    if command is not None and command.became == "done":
        if command.done_on is None:
            form.refuse("done_on", "Enter the day of the visit.")
        elif command.done_on > clock.today():
            form.refuse("done_on", "This day is in the future. Record the visit after it took place.")
    if command is not None and command.became == "cancelled" and not command.note:
        form.refuse("note", "Write why it was cancelled, and by whom.")
    if command is None or form.errors:
        return _page(case, form), 422
    operations.record_introduction(referral_id, introduction_id, command, by=Actor.of(viewer()), on=clock.today())
    flash("It is recorded what became of the introductory visit.", "success")
    return redirect(f"/referrals/{referral_id}", 303)


@adds_to("today", order=31)
def introductions_ahead(who: Viewer, _subject: UUID | None) -> Section | None:
    """The introductory visits that this person is to make, or made and has not recorded."""
    today = clock.today()
    if Can.PLAN_VISITS not in who.can or panel_rules(today) is None:
        return None
    found = db.session.execute(
        select(
            IntroductoryVisit.referral_id, IntroductoryVisit.arranged_for, IntroductoryVisit.arranged_time,
            IntroductoryVisit.place, Child.given_name,
        )
        .join(
            Referral,
            and_(Referral.tenant_id == IntroductoryVisit.tenant_id, Referral.id == IntroductoryVisit.referral_id),
        )
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .where(
            IntroductoryVisit.tenant_id == current_tenant_id(),
            Referral.tenant_id == current_tenant_id(),
            Child.tenant_id == current_tenant_id(),
            IntroductoryVisit.visitor_id == who.person_id,
            IntroductoryVisit.status == "arranged",
        )
        .order_by(IntroductoryVisit.arranged_for, IntroductoryVisit.arranged_time)
        .limit(20)
    ).all()  # fmt: skip
    entries = tuple(
        Entry(
            f"{row.given_name}, {when_in_words(row.arranged_for, row.arranged_time)}",
            f"/referrals/{row.referral_id}/introduction",
            row.place if row.arranged_for >= today else "Please say what became of it.",
        )
        for row in found
    )
    return Section("Introductory visits", entries) if entries else None


@adds_to("referral", order=8)
def after_the_panel(who: Viewer, referral_id: UUID | None) -> Section | None:
    """What the panel has to do with a request: a chair's action before it, the introductory visit after it."""
    referral = db.session.get(Referral, (current_tenant_id(), referral_id)) if referral_id else None
    if referral is None:
        return None
    policy, edition = edition_of(referral.edition_id)  # which the page has read already
    if policy.route(edition.terms, referral.route).decided_by != "panel":
        return None
    entries: list[Entry] = []
    if referral.stage == "panel" and Can.CHAIR_PANEL in who.can:
        entries.append(Entry("Decide as chair before the next meeting", f"/panel/action/{referral.id}"))
    if referral.stage in operations.AFTER_YES:
        entries.append(_visit(who, referral.id))
    return Section("Panel", tuple(entries)) if entries else None


def _visit(who: Viewer, referral_id: UUID) -> Entry:
    visit = operations.last_introduction(referral_id)
    address = f"/referrals/{referral_id}/introduction" if Can.PLAN_VISITS in who.can else None
    if visit is None or visit.status == "cancelled":
        return Entry("Arrange the introductory visit" if address else "No introductory visit is arranged", address)
    if visit.status == "done":
        return Entry(f"The introductory visit took place on {in_words(visit.done_on or visit.arranged_for)}", address)
    return Entry(
        f"Introductory visit on {when_in_words(visit.arranged_for, visit.arranged_time)}", address, visit.place
    )


def _case(referral_id: UUID) -> Case:
    rules_here()
    case = queries_case.case(opened(referral_id))
    if case.route.decided_by != "panel":
        raise NotHere
    return case


def _page(case: Case, form: Form) -> str:
    visit = operations.last_introduction(case.referral.id)
    ahead = visit if visit and visit.status == "arranged" else None
    if not form.values:
        named = operations.allocated_to(case.referral.id)
        form.values = {"visitor_id": str(named or ""), "version": ahead.version if ahead else ""}
        if ahead is not None:
            form.values["done_on"] = ahead.arranged_for.isoformat()
    return render_template(
        "panels/introduction.html",
        **{**page_words(case), **shared_words()},
        form=form,
        visit=visit,
        ahead=ahead,
        status=STATUS,
        practitioners=[(str(each.id), each.name) for each in people_with(PRACTITIONERS)],
    )
