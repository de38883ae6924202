"""The pages of lone working: settings, numbers, steps and calls, and the list for the wall."""

from uuid import UUID

import psycopg
import pytest

from lone_working.conftest import Lookouts, at
from portage.accounts.models import Person
from portage.core.db import db
from portage.core.telephones import NotANumber, read_mobile, read_number
from portage.core.tenancy import scoped
from portage.families.operations import carers_of
from portage.lone_working.operations.telling import look_round
from portage.lone_working.operations.watch import watch_here
from portage.lone_working.words import NOT_999
from support.episodes import Council, SignIn, Supported
from support.forms import form_to, send

pytestmark = pytest.mark.usefixtures("on_a_monday")


def told(case: Supported, lookouts: Lookouts, **more: str) -> dict[str, str]:
    return {"first_id": str(lookouts.first.id), "second_id": str(lookouts.second.id), "grace_minutes": "45", **more}


def test_a_manager_names_who_is_told_in_hours_and_out_of_them(
    case: Supported, lookouts: Lookouts, council: Council
) -> None:
    client = case.manager.client
    out = {"out_first_id": str(case.manager.id), "out_second_id": str(lookouts.first.id)}
    typed = told(case, lookouts, **out, opens_5="09:00", closes_5="12:30", opens_0="", closes_0="")
    typed |= {"duty_name": "Emergency duty team", "duty_number": "+44 1632 960099"}
    assert send(client, form_to(client.get("/lone-working"), "/lone-working"), typed).status_code == 303
    with council("leeds"):
        watch = watch_here()
        assert watch is not None
        assert watch.hours[0] is None
        assert watch.hours[1] == ["08:30", "17:00"]
        assert watch.hours[5] == ["09:00", "12:30"]
        assert (watch.grace_minutes, watch.duty_number, watch.out_first_id) == (45, "01632 960099", case.manager.id)
    assert "09:00" in client.get("/lone-working").text


def test_two_who_name_others_at_the_same_time_see_both_and_neither_is_lost(
    case: Supported, lookouts: Lookouts, council: Council, sign_in: SignIn
) -> None:
    mine, theirs = (form_to(case.manager.client.get("/lone-working"), "/lone-working") for _ in range(2))
    send(case.manager.client, theirs, told(case, lookouts, grace_minutes="60"))
    late = send(case.manager.client, mine, told(case, lookouts, grace_minutes="15"))
    assert late.status_code == 409
    assert "Fay First" in late.text
    with council("leeds"):
        watch = watch_here()
        assert watch is not None
        assert watch.grace_minutes == 60


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"second_id": "FIRST"}, "Choose two different people who work here."),
        ({"out_first_id": "FIRST"}, "Choose two different people who work here, or nobody."),
        ({"closes_1": "08:00"}, "The time until which Tuesday counts comes after"),
        ({"closes_1": ""}, "Enter both times for Tuesday, or none."),
        ({"duty_number": "12"}, "Enter a UK telephone number"),
        ({"remind_minutes": "50"}, "no more minutes than others wait"),
        ({"grace_minutes": "3"}, "from 5 to 240"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_typed_is_lost(
    case: Supported, lookouts: Lookouts, wrong: dict[str, str], sentence: str
) -> None:
    client = case.manager.client
    typed = {**told(case, lookouts), "duty_name": "The night desk", **wrong}
    typed = {name: str(lookouts.first.id) if value == "FIRST" else value for name, value in typed.items()}
    refused = send(client, form_to(client.get("/lone-working"), "/lone-working"), typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "The night desk" in refused.text


def test_people_of_another_council_and_people_who_do_not_look_out_cannot_be_named(
    case: Supported, lookouts: Lookouts, sign_in: SignIn
) -> None:
    client = case.manager.client
    for stranger in (sign_in("lancashire", "service-manager"), sign_in("leeds", "auditor")):
        typed = told(case, lookouts, second_id=str(stranger.id))
        assert send(client, form_to(client.get("/lone-working"), "/lone-working"), typed).status_code == 404


def test_a_tenant_administrator_sets_it_too_and_a_visitor_does_not(sign_in: SignIn, case: Supported) -> None:
    page = sign_in("leeds", "tenant-administrator").client.get("/lone-working")
    assert page.status_code == 200
    assert "/overdue-visits" not in page.get_data(as_text=True).split("<main")[1]  # which they may not open
    assert case.visitor.client.get("/lone-working").status_code == 403


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700900982", "07700 900982"),
        ("+44 7700 900 982", "07700 900982"),
        ("(01632) 960 001", None),
        ("07700 900 98", None),
        ("999", None),
        ("+33 6 12 34 56 78", None),
        ("07700 900 982 ext 4", None),
        ("ring me", None),
    ],
)
def test_a_number_for_texts_is_a_uk_mobile_number(typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(NotANumber):
            read_mobile(typed)
    else:
        assert read_mobile(typed) == kept


def test_a_number_for_calls_may_be_a_landline() -> None:
    assert read_number("(01632) 960 001") == "01632 960001"
    assert read_number("0113 222 4444") == "0113 222 4444"


def test_everybody_keeps_their_own_numbers_and_a_bad_one_stays_as_typed(
    case: Supported, council: Council, sign_in: SignIn
) -> None:
    client = case.visitor.client
    page = client.get("/telephone-numbers")
    bad = {"telephone": "07700 90", "other_telephone": "01632 960 002"}
    refused = send(client, form_to(page, "/telephone-numbers"), bad)
    assert refused.status_code == 422
    assert "Enter a UK mobile number" in refused.text
    assert 'value="07700 90"' in refused.text
    assert 'value="01632 960 002"' in refused.text
    good = {**bad, "telephone": "07700 900 982"}
    assert send(client, form_to(page, "/telephone-numbers"), good).status_code == 303
    with council("leeds"):
        row = db.session.scalars(scoped(Person).where(Person.id == case.visitor.id)).one()
        assert (row.telephone, row.other_telephone) == ("07700 900982", "01632 960002")
    others = f"/telephone-numbers/{case.visitor.id}"
    assert case.manager.client.get(others).status_code == 200
    assert client.get(f"/telephone-numbers/{case.manager.id}").status_code == 403
    assert sign_in("lancashire", "service-manager").client.get(others).status_code == 404


def test_the_list_for_the_wall_names_people_numbers_and_999(
    case: Supported, lookouts: Lookouts, council: Council
) -> None:
    page = case.visitor.client.get("/telephone-list").text
    for words in ("Fay First", "07700 900101", "Vera Visitor", "Emergency duty team", 'href="tel:999"'):
        assert words in page, words
    with council("leeds"):
        db.session.scalars(scoped(Person).where(Person.id == lookouts.first.id)).one().disabled_at = at(9)
        db.session.commit()
    assert "07700 900101" not in case.visitor.client.get("/telephone-list").text


@pytest.fixture
def address(case: Supported, visit_id: UUID, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection) -> str:
    """The page of a visit of which nobody has heard."""
    with council("leeds"):
        look_round(at(11, 30))
        db.session.commit()
    (found,) = db_admin.execute("select id from overdue_visit").fetchall()
    return f"/overdue-visits/{found[0]}"


def test_the_page_shows_the_steps_in_order_with_numbers_to_ring(
    case: Supported, lookouts: Lookouts, address: str
) -> None:
    for path in ("/overdue-visits", address):
        text = case.manager.client.get(path).text
        places = [
            text.index(words) for words in ("Ring the visitor, Vera", "Ring where they are", "Fay First", "999</a> and")
        ]
        assert places == sorted(places), path
        assert 'href="tel:07700900103"' in text
        assert "no number that is safe" not in text
        assert "Emergency duty team" in text
        assert "This is not an emergency service." in text
        assert "1 Sample Street" in text  # a manager may open the record
    assert "01632 960 111" in case.manager.client.get(address).text  # and sees the family's own number
    assert "This is not an emergency service." in NOT_999


def test_who_may_not_open_the_record_sees_no_address_no_child_and_no_family_number(
    lookouts: Lookouts, address: str
) -> None:
    for path in ("/overdue-visits", address):
        text = lookouts.first.client.get(path).text
        assert "Vera Visitor" in text
        for private in ("Sample Street", "Canarychild", "01632 960 111", "LS1"):
            assert private not in text, private


def test_a_number_that_is_not_safe_to_ring_is_not_shown(case: Supported, address: str, council: Council) -> None:
    with council("leeds"):
        for carer in carers_of(case.child_id):
            carer.telephone_is_safe = False
        db.session.commit()
    assert "01632 960 111" not in case.manager.client.get(address).text


def test_taking_on_ringing_and_settling_through_the_pages(
    case: Supported, lookouts: Lookouts, address: str, db_admin: psycopg.Connection
) -> None:
    first, second = lookouts.first.client, lookouts.second.client
    assert send(first, form_to(first.get("/overdue-visits"), f"{address}/take")).status_code == 303
    late = form_to(second.get(address), f"{address}/calls")
    assert "Fay First has taken it on." in second.get(address).text
    refused = send(second, late, {"whom": "visitor"})
    assert refused.status_code == 422
    assert "Choose what came of the call." in refused.text
    call = {"whom": "visitor", "outcome": "no-answer"}
    assert send(first, form_to(first.get(address), f"{address}/calls"), call).status_code == 303
    assert "No answer" in second.get(address).text
    safe = {"whom": "visitor-other", "outcome": "answered-safe"}
    assert send(second, form_to(second.get(address), f"{address}/calls"), safe).status_code == 303
    text = second.get(address).text
    assert "Settled" in text
    for words in ("Told. Fay First", "Taken on (by Fay First)", "Rung the visitor: No answer"):
        assert words in text, words
    assert "(by Sol Second)" in text
    assert "After each call" not in text
    actions = "select action from audit_event where action like 'overdue-visit.%'"
    assert [row[0] for row in db_admin.execute(actions)].count("overdue-visit.rung") == 2


def test_another_council_finds_no_such_page(address: str, sign_in: SignIn) -> None:
    stranger = sign_in("lancashire", "service-manager").client
    assert stranger.get(address).status_code == 404
