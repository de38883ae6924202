"""From an offer on the public site to the first visit: what is missing is said, and nothing is skipped (WNC-10)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.volunteers.models import Volunteer
from support.episodes import Council, SignIn
from support.forms import form_to, send
from support.people import Hired

SLUG = "west-northants"
AT = datetime(2026, 3, 2, 9, 50, tzinfo=UTC)
TODAY = date(2026, 3, 2)
OFFER = {
    "name": "Val Helper",
    "email": "val@people.example",
    "why": "I like playing with children.",
    "adult": "yes",
    "may_contact": "yes",
}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """The manager of a council with volunteers."""
    return sign_in(SLUG, "service-manager", name="Ines Manager")


def days(name: str, day: date) -> dict[str, str]:
    """A day as its three fields are typed."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def post(person: Hired, page: str, values: dict[str, str], action: str | None = None, status: int = 303) -> str:
    """Send a form of a page, and answer the text that came back."""
    answer = send(person.client, form_to(person.client.get(page), action or page), values)
    assert answer.status_code == status, answer.text
    return answer.text


def offered(client: FlaskClient, **changed: str) -> None:
    """Offer to volunteer on the public site."""
    page = client.get("/volunteer")
    answer = send(client, form_to(page, "/volunteer"), {**OFFER, **changed})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/volunteer/thank-you"), answer.text


def the_volunteer(council: Council) -> Volunteer:
    """The one volunteer there is."""
    with council(SLUG):
        return db.session.scalars(scoped(Volunteer)).one()


def test_an_offer_on_the_public_site_becomes_no_account_and_the_team_hears_of_it(
    client_of: Callable[[str], FlaskClient], manager: Hired, council: Council, db_admin: psycopg.Connection
) -> None:
    client = client_of(SLUG)
    assert 'href="/volunteer"' in client.get("/").text
    people = db_admin.execute("select count(*) from person").fetchone()
    page = client.get("/volunteer")
    refused = send(client, form_to(page, "/volunteer"), {**OFFER, "email": "", "adult": ""})
    assert refused.status_code == 422
    assert "Enter an e-mail address or a telephone number." in refused.text
    assert "I like playing with children." in refused.text
    offered(client)
    assert client.get("/volunteer/thank-you").status_code == 200
    assert db_admin.execute("select count(*) from person").fetchone() == people
    assert "Somebody would like to volunteer" in manager.client.get("/today").text
    page = manager.client.get(f"/volunteers/{the_volunteer(council).id}").text
    assert "I like playing with children." in page


def test_nobody_visits_until_all_that_is_missing_is_there(
    client_of: Callable[[str], FlaskClient], manager: Hired, sign_in: SignIn, council: Council,
    db_admin: psycopg.Connection,
) -> None:  # fmt: skip
    supervisor = sign_in(SLUG, "home-visitor", name="Una Upper")
    offered(client_of(SLUG))
    key = the_volunteer(council).id
    at = f"/volunteers/{key}"
    post(manager, at, {}, f"{at}/take-on")
    text = post(manager, at, {}, f"{at}/let-visit", 422)
    gaps = (
        "0 of 2 came and satisfied", "The DBS level that HR decided", "DBS check: nobody has recorded it.",
        "Safeguarding training: nobody has recorded it.", "The day of the Portage training.",
        "The day of the induction.", "A supervisor.",
    )  # fmt: skip
    for gap in gaps:
        assert gap in text, gap
    for name in ("Rae", "Rob"):
        asked = {"name": name, "how_known": "Worked together", **days("asked_on", TODAY - timedelta(days=9))}
        post(manager, f"{at}/references", asked)
    references = db_admin.execute("select id from volunteer_reference order by name").fetchall()
    for number, (reference,) in enumerate(references):
        came = {**days("received_on", TODAY), "satisfactory": "yes" if number else "no"}
        post(manager, f"{at}/references", came, f"{at}/references/{reference}")
    asked = {"name": "Roz", "how_known": "Neighbour", **days("asked_on", TODAY - timedelta(days=1))}
    post(manager, f"{at}/references", asked)
    (third,) = db_admin.execute("select id from volunteer_reference where name = 'Roz'").fetchone() or (None,)
    early = {**days("received_on", TODAY - timedelta(days=2)), "satisfactory": "yes"}
    assert "on or after the day on which it was asked for" in post(
        manager, f"{at}/references", early, f"{at}/references/{third}", 422
    )
    post(manager, f"{at}/references", {**early, **days("received_on", TODAY)}, f"{at}/references/{third}")
    decided = {"reason": "Visits alone.", "decided_by": "Hal of HR", **days("decided_on", TODAY)}
    refused = post(manager, f"{at}/level", {**decided, "level": "enhanced-barred"}, None, 422)
    assert "only where the role is regulated activity" in refused
    post(manager, f"{at}/level", {**decided, "level": "enhanced-barred", "regulated": "yes"})
    prepared = {**days("trained_on", TODAY), **days("induction_on", TODAY), "supervisor_id": str(supervisor.id)}
    post(manager, f"{at}/preparation", prepared)
    seen = {"how": "certificate", **days("issued_on", TODAY), **days("checked_on", TODAY), "cleared": "yes"}
    post(manager, f"{at}/checks", {**seen, "kind": "safeguarding-training"})
    assert "Choose the level on the certificate." in post(manager, f"{at}/checks", {**seen, "kind": "dbs"}, None, 422)
    post(manager, f"{at}/checks", {**seen, "kind": "dbs", "level": "enhanced", "certificate_number": "001234567890"})
    assert "it is of a lower level than the one that HR decided" in post(manager, at, {}, f"{at}/let-visit", 422)
    post(manager, f"{at}/checks", {**seen, "kind": "dbs", "level": "enhanced-barred"})
    post(manager, at, {}, f"{at}/let-visit")
    page = manager.client.get(at).text
    assert "May visit. Every check is in date until 1 March 2027." in page
    assert "001234567890" not in supervisor.client.get(at).text
    trail = [row[0] for row in db_admin.execute("select action from audit_event where action like 'volunteer.%'")]
    assert set(trail) >= {
        "volunteer.offered", "volunteer.taken-on", "volunteer.reference-asked", "volunteer.reference-came",
        "volunteer.level-decided", "volunteer.prepared", "volunteer.check-recorded", "volunteer.let-visit",
    }  # fmt: skip


def test_an_offer_is_declined_with_a_reason_and_no_check_can_be_recorded_then(
    client_of: Callable[[str], FlaskClient], manager: Hired, council: Council
) -> None:
    offered(client_of(SLUG))
    at = f"/volunteers/{the_volunteer(council).id}"
    post(manager, f"{at}/end", {"reason": ""}, None, 422)
    post(manager, f"{at}/end", {"reason": "Lives too far away."})
    assert the_volunteer(council).status == "declined"
    assert "Lives too far away." in manager.client.get(at).text
    form = form_to(manager.client.get(f"{at}/end"), f"{at}/end")
    assert send(manager.client, form, {"reason": "Again."}).status_code == 409


def test_somebody_who_signs_in_by_a_group_has_a_record_begun(
    manager: Hired, sign_in: SignIn, council: Council, client_of: Callable[[str], FlaskClient]
) -> None:
    person = sign_in(SLUG, "volunteer", name="Gil Group", checked=False)
    page = manager.client.get("/volunteers")
    assert "They sign in, and have no record" in page.text
    begun = send(manager.client, form_to(page, f"/volunteers/people/{person.id}"))
    assert begun.status_code == 303
    assert manager.client.get(begun.headers["Location"]).status_code == 200
    assert "Gil Group" not in manager.client.get("/volunteers").text.partition("<table")[0]
    assert the_volunteer(council).person_id == person.id
    assert "You cannot visit families just now" in person.client.get("/my-families").text


def test_an_offer_can_be_of_somebody_who_signs_in_already(
    manager: Hired, sign_in: SignIn, council: Council, client_of: Callable[[str], FlaskClient]
) -> None:
    person = sign_in(SLUG, "volunteer", name="Gil Group", checked=False)
    offered(client_of(SLUG))
    at = f"/volunteers/{the_volunteer(council).id}"
    stranger = sign_in("leeds", "volunteer")
    form = form_to(manager.client.get(at), f"{at}/take-on")
    assert send(manager.client, form, {"person_id": str(stranger.id)}).status_code == 404
    post(manager, at, {"person_id": str(person.id)}, f"{at}/take-on")
    assert the_volunteer(council).person_id == person.id


def test_nobody_records_a_check_of_their_own_or_lets_themselves_visit(
    sign_in: SignIn, council: Council, db_admin: psycopg.Connection
) -> None:
    both = sign_in(SLUG, "service-manager", "volunteer", name="Bo Both", checked=False)
    page = both.client.get("/volunteers")
    at = send(both.client, form_to(page, f"/volunteers/people/{both.id}")).headers["Location"]
    seen = {
        "kind": "dbs", "how": "certificate", "level": "enhanced", "cleared": "yes",
        **days("issued_on", TODAY), **days("checked_on", TODAY),
    }  # fmt: skip
    assert "You cannot do this for yourself" in post(both, f"{at}/checks", seen, None, 422)
    assert send(both.client, form_to(both.client.get(at), f"{at}/let-visit")).status_code == 409
    assert db_admin.execute("select count(*) from volunteer_check").fetchone() == (0,)


@pytest.mark.parametrize("role", ["team-administrator", "volunteer", "auditor", "panel-member"])
def test_other_roles_see_no_volunteers(sign_in: SignIn, role: str) -> None:
    person = sign_in(SLUG, role)
    assert person.client.get("/volunteers").status_code == 403
    assert person.client.get(f"/volunteers/{UUID(int=7)}").status_code == 403
