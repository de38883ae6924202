"""Two records of one visit on one page, the phones of a council, and what the app's shell says of itself."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.visits.models import Visit
from support.episodes import Council, SignIn, Supported, SupportedOf, visit_on
from support.episodes import done as recorded
from support.forms import form_to, forms_on, send
from support.phones import Handset, done

TODAY = date(2026, 3, 6)
REMINDER = "A visit was recorded twice."


@pytest.fixture(autouse=True)
def on_a_friday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file happens at half past nine on 6 March 2026."""
    clock(datetime.combine(TODAY, time(9, 30), service_clock.LONDON))


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child of a home visitor."""
    return supported_of("leeds")


@pytest.fixture
def twice(case: Supported, council: Council) -> str:
    """The page of a visit that the manager recorded while the visitor's phone had no signal."""
    with council("leeds"):
        visit_id = visit_on(case, TODAY)
        db.session.commit()
    phone = Handset(case.visitor.client)
    phone.fill()
    thing = phone.thing(visit_id, **done(how_it_went="He stacked three cups.", parents_words="He laughed."))
    with council("leeds"):
        recorded(case, visit_id, TODAY)
        db.session.commit()
    where: str = phone.send(thing).get_json()["where"]
    return where


def the_visit() -> Visit:
    """The only visit; the council is in scope."""
    return db.session.scalars(scoped(Visit)).one()


def opened_from_today(case: Supported) -> str:
    """Where the reminder on the visitor's day leads."""
    client = case.visitor.client
    today = client.get("/today")
    assert REMINDER in today.text
    form = next(each for each in forms_on(today) if each.action.endswith("/seen"))  # the newest stands first
    return str(send(client, form, {}).headers["Location"])


def test_both_records_are_on_one_page_to_which_the_day_leads(case: Supported, twice: str) -> None:
    page = case.visitor.client.get(twice).text
    for words in ("He stacked three cups.", "He laughed.", "We played."):
        assert words in page
    assert opened_from_today(case) == twice
    assert opened_from_today(case) == twice, "who only looked is reminded again"


@pytest.mark.parametrize(
    ("how", "went", "said"),
    [
        ("theirs", "We played.", None),
        ("ours", "He stacked three cups.", "He laughed."),
        ("both", "We played.\n\nHe stacked three cups.", "He laughed."),
    ],
)
def test_a_person_says_which_record_stands_and_the_other_is_kept(
    case: Supported, twice: str, council: Council, db_admin: psycopg.Connection, how: str, went: str, said: str | None
) -> None:
    client = case.visitor.client
    sent = send(client, form_to(client.get(twice), twice), {"how": how})
    assert sent.status_code == 303
    with council("leeds"):
        visit = the_visit()
        assert (visit.how_it_went, visit.parents_words) == (went, said)
    kept = db_admin.execute("select ours->>'how_it_went', theirs->>'how_it_went', settled_how from record_conflict")
    assert kept.fetchone() == ("He stacked three cups.", "We played.", how)
    page = client.get(twice).text
    assert "Settled on" in page
    assert "We played." in page
    assert REMINDER not in client.get("/today").text


def test_choosing_nothing_keeps_the_page_and_choosing_twice_shows_that_it_was_said(case: Supported, twice: str) -> None:
    client = case.visitor.client
    form = form_to(client.get(twice), twice)
    empty = send(client, form, {})
    assert empty.status_code == 422
    assert "Choose which record stands." in empty.text
    again = form_to(client.get(twice), twice)
    assert send(client, form_to(client.get(twice), twice), {"how": "ours"}).status_code == 303
    assert send(client, again, {"how": "theirs"}).status_code == 409


def test_nobody_beyond_the_case_sees_the_two_records(twice: str, sign_in: SignIn) -> None:
    other = sign_in("leeds", "home-visitor", name="Olga Other").client
    assert "He stacked" not in other.get(twice, follow_redirects=True).text
    elsewhere = sign_in("lancashire", "service-manager", "home-visitor").client
    assert elsewhere.get(twice).status_code == 404


def test_a_manager_ends_a_phone_and_its_key_is_gone(case: Supported, db_admin: psycopg.Connection) -> None:
    phone = Handset(case.visitor.client)
    phone.fill()
    client = case.manager.client
    page = client.get("/phones")
    assert "Vera Visitor" in page.text
    assert send(client, form_to(page, f"/phones/{phone.id}/end")).status_code == 303
    assert db_admin.execute("select key from phone").fetchall() == [(None,)]
    ended = client.get("/phones").text
    assert "Vera Visitor’s phone, ended by Ines Manager" in ended
    assert f"/phones/{phone.id}/end" not in ended
    assert phone.contact()["state"] == "forget"
    refused = phone.fill()
    assert (refused.status_code, refused.get_json()["code"]) == (410, "phone-ended")
    gone = phone.send(phone.thing(UUID(int=1), **done()))
    assert gone.status_code == 410


def test_a_phone_past_the_limit_is_said_to_have_nothing_left(case: Supported, db_admin: psycopg.Connection) -> None:
    Handset(case.visitor.client).fill()
    words = "it deletes its visits when it is opened"
    assert words not in case.manager.client.get("/phones").text
    db_admin.execute("update phone set seen_at = seen_at - interval '25 hours'")
    assert words in case.manager.client.get("/phones").text


def test_a_manager_sets_for_how_long_phones_keep_visits(case: Supported) -> None:
    phone, client = Handset(case.visitor.client), case.manager.client
    for typed, status in (("0", 422), ("169", 422), ("soon", 422), ("8", 303)):
        answer = send(client, form_to(client.get("/phones"), "/phones"), {"kept_hours": typed})
        assert answer.status_code == status
    assert phone.fill().get_json()["hours"] == 8
    before = form_to(client.get("/phones"), "/phones")
    assert send(client, form_to(client.get("/phones"), "/phones"), {"kept_hours": "12"}).status_code == 303
    assert send(client, before, {"kept_hours": "48"}).status_code == 409
    assert phone.fill().get_json()["hours"] == 12
    assert case.visitor.client.get("/phones").status_code == 403


def test_the_shell_is_the_same_for_everybody_and_holds_no_name_no_token_and_no_nonce(
    case: Supported, client_of: Callable[[str], FlaskClient]
) -> None:
    nobody, visitor = client_of("leeds"), case.visitor.client
    page = visitor.get("/app")
    assert page.text == nobody.get("/app").text
    assert not re.search(r"nonce|_csrf|Vera|Canarychild", page.text)
    script = visitor.get("/app/sw.js")
    assert script.text == nobody.get("/app/sw.js").text
    assert (script.mimetype, script.headers["Service-Worker-Allowed"]) == ("text/javascript", "/app")
    kept = re.findall(r'"(/(?:static|brand)[^"]+)"', script.text)
    assert len(kept) > 12
    assert [path for path in kept if nobody.get(path, buffered=True).status_code != 200] == []
    manifest = json.loads(nobody.get("/app/manifest.webmanifest").text)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/app", "/app", "standalone")
    assert [nobody.get(icon["src"], buffered=True).status_code for icon in manifest["icons"]] == [200, 200]


def test_every_script_of_the_app_is_kept_by_the_service_worker(client_of: Callable[[str], FlaskClient]) -> None:
    from portage.web.files import FOLDER

    told = client_of("leeds").get("/app/sw.js").text
    on_other_pages = {"leaving.js", "sw.js"}  # the one signs out on every page, the other is the worker itself
    assert {path.name for path in (FOLDER / "offline").glob("*.js")} - on_other_pages == set(
        re.findall(r"offline/([a-z]+\.js)\",", told)
    )


def test_signing_out_tells_the_browser_to_forget_everything(case: Supported) -> None:
    client = case.visitor.client
    answer = send(client, form_to(client.get("/today"), "/sign-out"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
