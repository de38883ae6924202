"""A council's directory of services: kept by people, read by everybody, with the day of the last check (WNC-16)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import clock
from portage.directory import ages
from support.forms import form_to, send
from support.people import Hired
from support.staff import SignIn

from .conftest import ServiceOf

ClientOf = Callable[[str], FlaskClient]
PUBLIC = "/who-else-can-help"
TYPED = {
    "name": "Stay and Play", "what_for": "Play with other families", "age_from": "birth", "age_to": "2½ years",
    "telephone": "01632 960 333", "email": "play@hub.example", "web_page": "https://hub.example/play", "area": "North",
}  # fmt: skip


@pytest.fixture
def keeper(sign_in: SignIn) -> Hired:
    """The council's administrator."""
    return sign_in("leeds", "tenant-administrator", name="Ada Administrator")


def test_an_added_service_stands_on_the_public_page_with_the_day_of_its_check(
    keeper: Hired, client_of: ClientOf
) -> None:
    page = keeper.client.get("/services/new")
    assert send(keeper.client, form_to(page, "/services/new"), TYPED).status_code == 303
    shown = client_of("leeds").get(PUBLIC).text
    for said in ("Stay and Play", "From birth to 2½ years", "tel:01632960333", "https://hub.example/play", "North"):
        assert said in shown
    today = clock.today()
    assert f"Last checked on {today.day} {today:%B %Y}" in shown
    assert "Stay and Play" not in client_of("lancashire").get(PUBLIC).text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Enter the name."),
        ("age_from", "soon", "Write an age such as"),
        ("age_to", "26", "Write an age such as"),
        ("age_from", "4", "The last age comes before the first one."),
        ("email", "nobody", "Write one e-mail address."),
        ("web_page", "javascript:alert(1)", "Write an address that begins with https://"),
        ("telephone", "call us", "Write one telephone number"),
    ],
)
def test_a_slip_is_named_and_nothing_typed_is_lost(keeper: Hired, field: str, value: str, says: str) -> None:
    form = form_to(keeper.client.get("/services/new"), "/services/new")
    answer = send(keeper.client, form, {**TYPED, field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Play with other families" in answer.text


def test_worried_parents_find_the_senco_first_and_then_sendiass_wnc_15(client_of: ClientOf) -> None:
    shown = client_of("west-northants").get(PUBLIC).text.partition("</h1>")[2]
    assert 0 < shown.index("SENCo") < shown.index("SENDIASS") < shown.index("Local Offer")


def test_a_family_finds_a_service_by_a_word_or_by_the_childs_age(service_of: ServiceOf, client_of: ClientOf) -> None:
    service_of(name="Baby group", what_for="For the very young", age_to_months=12)
    service_of(name="Sleep clinic", what_for="For tired families", age_from_months=24, age_to_months=48)
    client = client_of("leeds")
    assert "Sleep clinic" in client.get(f"{PUBLIC}?age=4").text
    assert "Sleep clinic" in client.get(f"{PUBLIC}?age=59+months").text  # up to 4 means until the fifth birthday
    assert "Sleep clinic" not in client.get(f"{PUBLIC}?age=60+months").text
    found = client.get(f"{PUBLIC}?q=TIRED").text
    assert "Sleep clinic" in found
    assert "Baby group" not in found
    slip = client.get(f"{PUBLIC}?age=old").text
    assert "Write an age such as" in slip


def test_what_was_not_checked_for_half_a_year_is_a_task_of_the_administrator(
    keeper: Hired, service_of: ServiceOf, db_admin: psycopg.Connection
) -> None:
    today = clock.today()
    fresh = service_of(name="Fresh", checked=today - timedelta(days=183))
    assert "service to check" not in keeper.client.get("/today").text
    old = service_of(name="Oldest", checked=today - timedelta(days=184))
    assert "1 service to check" in keeper.client.get("/today").text
    listed = keeper.client.get("/services?show=to-check").text
    assert "Oldest" in listed
    assert "Fresh" not in listed
    address = f"/services/{old}/checked"
    assert send(keeper.client, form_to(keeper.client.get(f"/services/{old}"), address)).status_code == 303
    assert "service to check" not in keeper.client.get("/today").text
    by = db_admin.execute("select last_checked_on, last_checked_by from service where id = %s", (old,)).fetchone()
    assert by == (today, keeper.id)
    assert fresh != old


def test_a_withdrawn_service_leaves_the_public_page_and_can_come_back(
    keeper: Hired, service_of: ServiceOf, client_of: ClientOf
) -> None:
    service_id = service_of()
    here, away = f"/services/{service_id}", f"/services/{service_id}/withdraw"
    empty = send(keeper.client, form_to(keeper.client.get(here), away))
    assert empty.status_code == 422
    assert "Say why" in empty.text
    assert send(keeper.client, form_to(keeper.client.get(here), away), {"reason": "It closed."}).status_code == 303
    assert "Speech drop-in" not in client_of("leeds").get(PUBLIC).text
    assert "It closed." in keeper.client.get(here).text
    assert "Speech drop-in" in keeper.client.get("/services?show=withdrawn").text
    assert send(keeper.client, form_to(keeper.client.get(here), f"{here}/back")).status_code == 303
    assert "Speech drop-in" in client_of("leeds").get(PUBLIC).text


def test_a_change_on_an_old_page_overwrites_nobody(keeper: Hired, service_of: ServiceOf) -> None:
    address = f"/services/{service_of()}"
    old = form_to(keeper.client.get(address), address)
    assert send(keeper.client, form_to(keeper.client.get(address), address), {"area": "South"}).status_code == 303
    late = send(keeper.client, old, {"area": "West"})
    assert late.status_code == 409
    assert "South" in keeper.client.get(address).text


def test_only_those_who_keep_it_and_only_their_own_councils(
    sign_in: SignIn, service_of: ServiceOf, keeper: Hired
) -> None:
    visitor = sign_in("leeds", "home-visitor", name="Vera Visitor")
    assert visitor.client.get("/services").status_code == 403
    other = sign_in("lancashire", "tenant-administrator", name="Olga Other")
    assert other.client.get(f"/services/{service_of()}").status_code == 404
    assert keeper.client.get(f"/services/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("written", "months"),
    [("birth", 0), ("0", 0), ("2", 24), ("2.5", 30), ("2½ years", 30), ("30 months", 30), ("1 year", 12), ("25", 300)],
)
def test_ages_are_read_as_people_write_them(written: str, months: int) -> None:
    assert ages.months_in(written) == months
    assert ages.months_in(ages.in_words(months)) == months


@pytest.mark.parametrize("written", ["", "-1", "two", "26", "301 months", "2.5 months", "2.3"])
def test_what_is_no_age_is_none(written: str) -> None:
    assert ages.months_in(written) is None
