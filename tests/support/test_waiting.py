"""The waiting list: in order of the day, filtered by its address, left by a person's act alone."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.referrals.models import Referral
from portage.support.models import WaitingEntry
from support.episodes import AcceptedOf, Council, SignIn, put_on_list
from support.forms import form_to, send
from support.later_age import look_at_the_age_again

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def test_the_list_is_in_order_of_the_day_and_its_address_holds_the_area(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    east = accepted_of("lancashire", given_name="Early")
    with council("lancashire"):
        put_on_list(east)
        db.session.commit()
    with service_clock.frozen(AT.replace(day=3)):
        manager = sign_in("lancashire", "service-manager")
        north = accepted_of("lancashire", given_name="Later", postcode="LA1 1AA", manager=manager)
        with council("lancashire"):
            put_on_list(north)
            areas = {row.child_id: row.area_id for row in db.session.scalars(scoped(WaitingEntry))}
            db.session.commit()
        page = manager.client.get("/waiting-list").get_data(as_text=True)
        assert page.index("Early Canarychild") < page.index("Later Canarychild")
        page = manager.client.get(f"/waiting-list?area={areas[north.child_id]}").get_data(as_text=True)
        assert "Later Canarychild" in page
        assert "Early Canarychild" not in page


def test_a_manager_sees_the_own_area_first(accepted_of: AcceptedOf, council: Council, sign_in: SignIn) -> None:
    case = accepted_of("lancashire", given_name="Farther", postcode="LA1 1AA")
    with council("lancashire"):
        put_on_list(case)
        db.session.commit()
    east = sign_in("lancashire", "service-manager", areas=["east"])
    assert "Farther" not in east.client.get("/waiting-list").get_data(as_text=True)
    assert "Farther" in east.client.get("/waiting-list?area=all").get_data(as_text=True)


def test_where_the_policy_looks_at_the_age_on_the_day_of_the_request_no_limit_stands_on_the_list(
    accepted_of: AcceptedOf, council: Council
) -> None:
    case = accepted_of("lancashire", born=date(2023, 2, 20))  # funded place from 1 April 2026
    with council("lancashire"):
        put_on_list(case)
        db.session.commit()
    page = case.manager.client.get("/waiting-list").get_data(as_text=True)
    assert "Met when the request came, and not looked at again" in page
    assert "1 Apr 2026" not in page
    assert "Nearest to the age limit first" not in page


def test_a_child_who_comes_near_the_age_is_flagged_and_stays(accepted_of: AcceptedOf, council: Council) -> None:
    with council("hampshire"):
        look_at_the_age_again("hampshire", "support")
        db.session.commit()
    case = accepted_of("hampshire", born=date(2021, 2, 20))  # of compulsory school age from 31 March 2026
    with council("hampshire"):
        entry_id = put_on_list(case)
        db.session.commit()
    page = case.manager.client.get("/waiting-list").get_data(as_text=True)
    assert "Too old before a place: 31 Mar 2026" in page  # nobody has a place for the child
    assert "Nearest to the age limit first" in page
    assert "a person decides what is best" in case.manager.client.get(f"/waiting-list/{entry_id}").get_data(
        as_text=True
    )
    with council("hampshire"):
        assert db.session.scalars(scoped(WaitingEntry)).one().left_on is None


def test_what_people_say_about_priority_stands_in_the_list(accepted_of: AcceptedOf, council: Council) -> None:
    case = accepted_of("leeds")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    client = case.manager.client
    page = client.get(f"/waiting-list/{entry_id}")
    form = form_to(page, f"/waiting-list/{entry_id}/note")
    assert send(client, form, {"note": "The family moves in May."}).status_code == 303
    assert "The family moves in May." in client.get("/waiting-list").get_data(as_text=True)
    late = send(
        client,
        form_to(page, f"/waiting-list/{entry_id}/note"),
        {"note": "Typed on an old page.", "_key": str(new_id())},
    )
    assert late.status_code == 409
    assert "Typed on an old page." in late.get_data(as_text=True)
    assert "The family moves in May." in late.get_data(as_text=True)


def test_leaving_the_list_asks_a_person_for_a_reason(accepted_of: AcceptedOf, council: Council) -> None:
    case = accepted_of("leeds")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    client, path = case.manager.client, f"/waiting-list/{entry_id}/leave"
    page = client.get(f"/waiting-list/{entry_id}")
    assert send(client, form_to(page, path), {"reason": " "}).status_code == 422
    page = client.get(f"/waiting-list/{entry_id}")
    assert send(client, form_to(page, path), {"reason": "The family moved to Wales."}).status_code == 303
    with council("leeds"):
        entry = db.session.scalars(scoped(WaitingEntry)).one()
        assert (entry.left_reason, entry.left_by) == ("The family moved to Wales.", case.manager.id)
        referral = db.session.scalars(scoped(Referral)).one()
        assert (referral.stage, referral.closed_reason) == ("closed", "The family moved to Wales.")


def test_a_place_of_another_council_is_not_there(accepted_of: AcceptedOf, council: Council, sign_in: SignIn) -> None:
    case = accepted_of("leeds")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    other = sign_in("lancashire", "service-manager").client
    assert other.get(f"/waiting-list/{entry_id}").status_code == 404
    assert "Kit Canarychild" not in other.get("/waiting-list?area=all").get_data(as_text=True)


def test_a_visitor_does_not_see_the_list(sign_in: SignIn) -> None:
    assert sign_in("leeds", "home-visitor").client.get("/waiting-list").status_code == 403
