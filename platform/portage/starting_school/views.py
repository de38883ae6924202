"""A child's start of school, from the request of school admissions on."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.carrying_out import carry_out
from portage.core.errors import NotHere
from portage.core.forms import Form, FormSchema
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.editions.operations import edition_on
from portage.editions.programmes import STARTING_SCHOOL, programme_on
from portage.referrals.queries_case import Head
from portage.referrals.views.case import opened_for
from portage.starting_school import operations
from portage.starting_school.models import SchoolStart
from portage.starting_school.operations import ROUTE, StartRefused, start_of, supports_of
from portage.starting_school.schemas import FoundSchema, SchoolSchema, SupportSchema

routes = Routes("starting_school", __name__)
_opened = partial(opened_for, STARTING_SCHOOL, ROUTE)
HERE = "/referrals/<uuid:referral_id>/starting-school"
SEES: dict[str, Any] = {
    "can": Can.SEE_WORKLIST, "audience": Audience.STAFF, "audit": "school-start.seen", "rate": Rate.PAGE,
}  # fmt: skip
WRITES: dict[str, Any] = {"can": Can.RECORD_FACTS, "audience": Audience.STAFF, "rate": Rate.WRITE}


@adds_to("referral", order=21)
def way_to_school(_who: Viewer, referral_id: UUID | None) -> Section | None:
    """The way from a request of school admissions to the start of school, where the council has this programme."""
    if referral_id is None or programme_on(STARTING_SCHOOL, clock.today()) is None:
        return None
    if operations.route_of(referral_id) != ROUTE:
        return None
    start = start_of(referral_id)
    said = "Nothing is recorded yet" if start is None else start.school_name
    return Section(
        "Starting school", (Entry("The start of school", f"/referrals/{referral_id}/starting-school", said),)
    )


@routes.get(HERE, **SEES)
def starting(referral_id: UUID) -> ResponseReturnValue:
    """The school, what was found, and the support."""
    return _page(_opened(referral_id), Form())


@routes.post(HERE, audit="school-start.kept", **WRITES)
def keep(referral_id: UUID) -> ResponseReturnValue:
    """Keep the school and the day."""

    def do(command: Any) -> str:
        operations.keep_school(referral_id, command)
        return "The school is kept."

    return _done(_opened(referral_id), SchoolSchema(), do)


@routes.post(f"{HERE}/assessment", audit="school-start.assessed", **WRITES)
def assessed(referral_id: UUID) -> ResponseReturnValue:
    """Record a first assessment."""

    def do(command: Any) -> str:
        operations.record_assessment(_kept(referral_id), command, by=Actor.of(viewer()), on=clock.today())
        return "The first assessment is recorded. Next, link the child to support at the school."

    return _done(_opened(referral_id), FoundSchema(), do)


@routes.post(f"{HERE}/support", audit="school-start.support-linked", **WRITES)
def link(referral_id: UUID) -> ResponseReturnValue:
    """Link the child to wider support."""

    def do(command: Any) -> str:
        if command.team not in _teams():
            raise StartRefused("team", "Choose one of the teams.")
        operations.link_support(_kept(referral_id), command, by=Actor.of(viewer()), on=clock.today())
        return f"{command.team} is linked."

    return _done(_opened(referral_id), SupportSchema(), do)


@routes.post(f"{HERE}/support/<uuid:school_support_id>/end", audit="school-start.support-ended", **WRITES)
def end(referral_id: UUID, school_support_id: UUID) -> ResponseReturnValue:
    """Let a piece of support end."""
    _opened(referral_id)
    operations.end_support(_kept(referral_id), school_support_id, on=clock.today())
    return redirect(f"/referrals/{referral_id}/starting-school", 303)


def _teams() -> tuple[str, ...]:
    """The teams that may support a child at school: the council's own and those that it names as partners (WNC-14)."""
    policy, edition = edition_on(clock.today())
    service = policy.service(edition.terms)
    return (service.name, *service.partners)


def _done(known: Head, schema: FormSchema, do: Callable[[Any], str]) -> ResponseReturnValue:
    return carry_out(schema, do, page=partial(_page, known), back=f"/referrals/{known.referral.id}/starting-school")


def _kept(referral_id: UUID) -> SchoolStart:
    found = start_of(referral_id, lock=True)
    if found is None:
        raise NotHere
    return found


def _page(known: Head, form: Form) -> str:
    start = start_of(known.referral.id)
    if "school_name" not in form.values:
        form.values["school_name"] = start.school_name if start else known.referral.answers.get("school", "")
        form.values["school_contact"] = start.school_contact if start else ""
        form.values["starts_on"] = start.starts_on if start else None
    return render_template(
        "starting_school/starting.html",
        referral=known.referral,
        child=known.child,
        start=start,
        supports=supports_of(start.id) if start else [],
        teams=[(team, team) for team in _teams()],
        form=form,
        may_record=Can.RECORD_FACTS in viewer().can,
    )
