"""The telephone list, for the wall as well, and the page on which people keep their own numbers."""

from functools import partial
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts.models import Person
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.carrying_out import carry_out
from portage.core.errors import NotHere
from portage.core.forms import Form
from portage.core.identity import viewer
from portage.core.incoming import page_in, pages_of
from portage.core.routes import Routes, concerning
from portage.lone_working.lists import duty_of, people_by_id, telephone_list
from portage.lone_working.operations.answering import Numbers, keep_numbers, person_here
from portage.lone_working.operations.watch import GRACE, SLOTS, watch_here
from portage.lone_working.schemas import NumbersForm
from portage.lone_working.words import NOT_999, WEEKDAYS

routes = Routes("telephones", __name__)
ON_ONE_PAGE = 40  # people, in two columns, beside the named ones and the steps


@routes.get("/telephone-list", can=Can.LOOK_OUT, audience=Audience.STAFF, audit="telephone-list.seen", rate=Rate.PAGE)
def listed() -> ResponseReturnValue:
    """Whom to ring, on one page that prints."""
    page, watch = page_in(request.args), watch_here()
    rows, total = telephone_list(page, ON_ONE_PAGE)
    return render_template(
        "lone_working/telephone_list.html",
        rows=rows,
        page=page,
        pages=pages_of(total, ON_ONE_PAGE),
        page_address=lambda number: f"/telephone-list?page={number}",
        watch=watch,
        slots=SLOTS,
        named=people_by_id(getattr(watch, slot) for slot in SLOTS) if watch else {},
        weekdays=WEEKDAYS,
        duty=duty_of(watch),
        grace=watch.grace_minutes if watch else GRACE,
        not_999=NOT_999,
        today=clock.today(),
    )


@routes.get(
    "/telephone-numbers", can=Can.SEE_SELF, audience=Audience.STAFF, audit="telephone-numbers.seen", rate=Rate.PAGE
)
def own() -> ResponseReturnValue:
    """One's own numbers."""
    return _page(_me(), "/telephone-numbers", None)


@routes.post(
    "/telephone-numbers", can=Can.SEE_SELF, audience=Audience.STAFF, audit="telephone-numbers.kept", rate=Rate.WRITE
)
def save_own() -> ResponseReturnValue:
    """Keep one's own numbers."""
    return _save(_me(), "/telephone-numbers")


@routes.get(
    "/telephone-numbers/<uuid:person_id>",
    can=Can.KEEP_WATCH,
    audience=Audience.STAFF,
    audit="telephone-numbers.seen",
    rate=Rate.PAGE,
)
def somebodys(person_id: UUID) -> ResponseReturnValue:
    """Somebody else's numbers."""
    return _page(person_here(person_id), f"/telephone-numbers/{person_id}", None)


@routes.post(
    "/telephone-numbers/<uuid:person_id>",
    can=Can.KEEP_WATCH,
    audience=Audience.STAFF,
    audit="telephone-numbers.kept",
    rate=Rate.WRITE,
)
def save_somebodys(person_id: UUID) -> ResponseReturnValue:
    """Keep somebody else's numbers."""
    return _save(person_here(person_id), f"/telephone-numbers/{person_id}")


def _me() -> Person:
    person_id = viewer().person_id
    if person_id is None:
        raise NotHere
    return person_here(person_id)


def _save(person: Person, address: str) -> ResponseReturnValue:
    concerning("person", person.id)

    def keep(command: Numbers) -> str:
        keep_numbers(person.id, command)
        return "The numbers are saved."

    return carry_out(NumbersForm(), keep, page=partial(_page, person, address), back=address)


def _page(person: Person, address: str, form: Form | None) -> str:
    concerning("person", person.id)
    kept = {"telephone": person.telephone, "other_telephone": person.other_telephone}
    return render_template(
        "lone_working/numbers.html",
        person=person,
        own=person.id == viewer().person_id,
        address=address,
        form=form if form is not None else Form(kept),
        not_999=NOT_999,
    )
