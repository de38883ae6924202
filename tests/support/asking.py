"""A person who asks for support on the public pages: fills in page after page, and sends."""

from collections.abc import Mapping

import psycopg
from flask.testing import FlaskClient
from psycopg.rows import dict_row
from werkzeug.test import TestResponse

from portage.policy import RouteShape
from support.forms import Field, FormOnPage, Values, form_to, send
from support.policies import SHIPPED, council

MACHINERY = {"_csrf", "_key", "website", "afresh"}
BORN = {"born-day": "14", "born-month": "3", "born-year": "2025"}
USUAL: dict[str, str | list[str]] = {
    "given_name": "Wren",
    "family_name": "Invented",
    "carer_name": "Robin Invented",
    "carer_relationship": "Mother",
    "referrer_name": "Sam Sample",
    "agreed_by": "Robin Invented",
    "received_on-day": "20",
    "received_on-month": "11",
    "received_on-year": "2026",
    "carer_safe": ["telephone", "post"],
    "setting_hours": "15",
    "funded_hours": "15",
    "sessions": "3",
    "postcode": "ZZ1 1ZZ",
    "reception_ends_on-year": "2030",
    **BORN,
}
ON_2_NOVEMBER = {"day": "2", "month": "11", "year": "2026"}
BY_KIND = {"tel": "01632 960 001", "select": ""}
# Left empty unless a test says otherwise: nobody needs an e-mail address, and most children have one carer to name.
EMPTY = ("email", "other_", "contact_note", "other_needs", "form_other")


def ways() -> list[tuple[str, str, str]]:
    """Every shipped council's ways to ask, for every kind of person who may use them: (slug, route, referrer)."""
    return [(slug, shape.key, referrer) for slug in SHIPPED for shape in asked(slug) for referrer in shape.referrers]


def asked(slug: str) -> list[RouteShape]:
    """The routes of a council by which somebody asks: all but that of health notifications."""
    policy, terms = council(slug).policy, council(slug).published[-1].terms
    notified = policy.notifications(terms)
    return [shape for shape in policy.shapes_of(terms) if notified is None or shape.key != notified.route]


def filled(form: FormOnPage, given: Mapping[str, str | list[str]], referrer: str) -> dict[str, str | list[str]]:
    """What this person types on a page."""
    return {
        name: given.get(name, _usual(control, referrer))
        for name, control in form.fields.items()
        if name not in MACHINERY and control.kind not in ("hidden", "file")
    }


def _usual(control: Field, referrer: str) -> str | list[str]:
    name = control.name
    if name in (usual := {**USUAL, "referrer": referrer}):
        return usual[name]
    if any(part in name for part in EMPTY):
        return [] if control.kind in ("radio", "checkbox") else ""
    if control.kind in ("radio", "checkbox"):
        return control.options[0]
    if (part := name.rpartition("-")[2]) in ON_2_NOVEMBER:
        return ON_2_NOVEMBER[part]
    return BY_KIND.get(control.kind, f"Something about {name.replace('_', ' ')}")


def begin(client: FlaskClient, route: str) -> TestResponse:
    """Press the button on the start page of a route; answers the first page."""
    return press_start(client, f"/ask/{route}")


def press_start(client: FlaskClient, address: str) -> TestResponse:
    """Press the button on the start page of a form; answers the first page."""
    start = client.get(address)
    assert start.status_code == 200, start.text
    return client.get(send(client, form_to(start, address)).headers["Location"])


def walk(
    client: FlaskClient, route: str, referrer: str, *, until: str = "check", **given: str | list[str]
) -> TestResponse:
    """Go from the start to a page (`check`: the one with all answers), typing what was given, else what is usual."""
    page = begin(client, route)
    for _ in range(40):
        path = page.request.path
        if path.endswith(f"/{until}"):
            return page
        answered = answer(client, page, referrer, **given)
        assert answered.status_code == 303, (path, answered.text)
        page = client.get(answered.headers["Location"])
        assert page.status_code == 200, (answered.headers["Location"], page.text)
    raise AssertionError(f"the way to {until} does not end")


def answer(client: FlaskClient, page: TestResponse, asker: str, **given: str | list[str]) -> TestResponse:
    """Fill in the page and continue."""
    form = form_to(page, page.request.path)
    typed: Values = filled(form, given, asker)
    return send(client, form, typed)


def submit(client: FlaskClient, check: TestResponse, **typed: str) -> TestResponse:
    """Send the request from the page with all answers; answers the page that says thank you."""
    sent = send(client, form_to(check, check.request.path), typed)
    assert sent.status_code == 303, sent.text
    return client.get(sent.headers["Location"])


def ask(client: FlaskClient, route: str, referrer: str, **given: str | list[str]) -> TestResponse:
    """From the start page to the thanks."""
    return submit(client, walk(client, route, referrer, until="check", **given))


def rows(db_admin: psycopg.Connection, question: str, *values: object) -> list[dict[str, object]]:
    """What the database holds, by the names of the columns."""
    with db_admin.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(question, values).fetchall()


def the_referral(db_admin: psycopg.Connection) -> dict[str, object]:
    """The only request there is."""
    found = rows(db_admin, "select * from referral")
    assert len(found) == 1
    return found[0]
