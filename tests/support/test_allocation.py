"""Giving a child to a visitor: who may, who comes first, a change of visitor, and cover."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.support.models import Allocation, Episode, WaitingEntry
from portage.support.operations import Cover, name_cover
from portage.visits.models import Visit
from support.episodes import (
    AcceptedOf,
    Council,
    SignIn,
    SupportedOf,
    actor,
    episode,
    post_to,
    put_on_list,
    visit_on,
)
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DAY = {"from_on-day": "2", "from_on-month": "3", "from_on-year": "2026"}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def test_giving_a_child_to_a_visitor_opens_the_support_and_tells_the_visitor(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("leeds", received_on=date(2025, 9, 30))
    visitor = sign_in("leeds", "home-visitor", name="Vera Visitor")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    page = case.manager.client.get(f"/waiting-list/{entry_id}")
    assert "0 children now" in page.get_data(as_text=True)
    form = form_to(page, f"/waiting-list/{entry_id}/allocate")
    sent = send(case.manager.client, form, {**DAY, "person_id": str(visitor.id)})
    assert sent.status_code == 303
    with council("leeds"):
        opened = db.session.scalars(scoped(Episode)).one()
        assert (opened.longest_months, opened.edition_id is not None) == (12, True)
        assert db.session.scalars(scoped(WaitingEntry)).one().left_on == TODAY
        assert [row.path for row in db.session.scalars(scoped(Alert).where(Alert.person_id == visitor.id))] == [
            f"/episodes/{opened.id}"
        ]
    assert "Kit Canarychild" in visitor.client.get("/caseload").get_data(as_text=True)
    assert visitor.client.get(sent.headers["Location"]).status_code == 200
    assert "Kit Canarychild" not in case.manager.client.get("/waiting-list").get_data(as_text=True)


@pytest.mark.parametrize(
    ("received_on", "title"),
    [(date(2025, 9, 30), "Portage Home Visitor"), (date(2025, 10, 1), "Early Years Home Visitor")],
)
def test_the_child_gets_the_visitor_that_the_policy_of_the_request_names_lds_05(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn, received_on: date, title: str
) -> None:
    case = accepted_of("leeds", received_on=received_on)
    visitor = sign_in("leeds", "home-visitor", name="Vera Visitor")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    asked = case.manager.client.get(f"/waiting-list/{entry_id}").get_data(as_text=True)
    assert title in asked
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", person_id=str(visitor.id), **DAY)
    support = visitor.client.get(sent.headers["Location"]).get_data(as_text=True)
    _, _, after = support.partition(f"{title}</dt>")
    assert "Vera Visitor" in after[:200]


@pytest.mark.parametrize(
    ("roles", "trained", "sentence"),
    [
        (("home-visitor",), False, "has no Portage training on record"),
        (("team-administrator",), True, "is neither a home visitor nor a volunteer"),
        (("volunteer",), True, "does not provide for volunteers"),
    ],
)
def test_who_may_not_visit_is_refused_with_the_reason(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn, roles: tuple[str, ...], trained: bool, sentence: str
) -> None:
    case = accepted_of("leeds")
    person = sign_in("leeds", *roles, name="Nora Notyet", trained=trained)
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", person_id=str(person.id), **DAY)
    assert sent.status_code == 422
    assert sentence in sent.get_data(as_text=True)
    with council("leeds"):
        assert db.session.scalars(scoped(Episode)).all() == []


def test_somebody_of_another_council_cannot_be_chosen(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("leeds")
    stranger = sign_in("lancashire", "home-visitor")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", person_id=str(stranger.id), **DAY)
    assert sent.status_code == 404


def test_where_the_policy_has_volunteers_a_trained_one_may_visit(
    supported_of: SupportedOf, sign_in: SignIn, council: Council
) -> None:
    volunteer = sign_in("west-northants", "volunteer", name="Vic Volunteer")
    case = supported_of("west-northants", visitor=volunteer)
    with council("west-northants"):
        assert db.session.scalars(scoped(Allocation)).one().person_id == volunteer.id
    assert volunteer.client.get(f"/my-families/{case.child_id}").status_code == 200


def test_a_volunteer_whose_checks_are_not_in_date_cannot_be_chosen(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("west-northants")
    volunteer = sign_in("west-northants", "volunteer", name="Vic Volunteer", checked=False)
    with council("west-northants"):
        entry_id = put_on_list(case)
        db.session.commit()
    page = case.manager.client.get(f"/waiting-list/{entry_id}")
    assert "Nobody has let this volunteer visit yet" in page.get_data(as_text=True)
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", person_id=str(volunteer.id), **DAY)
    assert sent.status_code == 422
    with council("west-northants"):
        assert db.session.scalars(scoped(Allocation)).all() == []


def test_the_area_of_the_child_comes_first_then_the_smaller_caseload(
    accepted_of: AcceptedOf, supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    far = sign_in("lancashire", "home-visitor", name="Fay Far", areas=["north"])
    near = sign_in("lancashire", "home-visitor", name="Zoe Near", areas=["east"])
    supported_of("lancashire", visitor=near)
    case = accepted_of("lancashire")
    with council("lancashire"):
        entry_id = put_on_list(case)
        db.session.commit()
    page = case.manager.client.get(f"/waiting-list/{entry_id}").get_data(as_text=True)
    assert page.index("Zoe Near") < page.index("Fay Far")
    assert "1 child now" in page
    assert "not the child's area" in page
    assert far.id != near.id


def test_another_visitor_gets_the_visits_planned_from_that_day(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    new = sign_in("leeds", "home-visitor", name="Nell New")
    with council("leeds"):
        before, after = visit_on(case, TODAY + timedelta(1)), visit_on(case, TODAY + timedelta(8))
        db.session.commit()
    path = f"/episodes/{case.episode_id}/visitor"
    form = form_to(case.manager.client.get(path), path)
    start = {"from_on-day": "9", "from_on-month": "3", "from_on-year": "2026", "person_id": str(new.id)}
    assert send(case.manager.client, form, start).status_code == 303
    with council("leeds"):
        owners = {row.id: row.visitor_id for row in db.session.scalars(scoped(Visit))}
        assert owners == {before: case.visitor.id, after: new.id}
    with service_clock.frozen(AT + timedelta(minutes=20)):
        assert case.visitor.client.get(f"/episodes/{case.episode_id}").status_code == 200


def test_cover_opens_the_record_for_its_days_and_no_longer(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    cover = sign_in("leeds", "home-visitor", name="Cora Cover")
    assert cover.client.get(f"/episodes/{case.episode_id}").status_code == 303  # asked for a reason
    with council("leeds"):
        visit = visit_on(case, TODAY)
        name_cover(case.episode_id, Cover(cover.id, TODAY, TODAY), by=actor(case.manager), at=AT)
        db.session.commit()
    assert cover.client.get(f"/episodes/{case.episode_id}").status_code == 200
    assert f"/visits/{visit}" in cover.client.get("/visits").get_data(as_text=True)
    page = case.manager.client.get(f"/episodes/{case.episode_id}")
    ends = next(f for f in page.get_data(as_text=True).split('action="') if "/cover/" in f).split('"')[0]
    assert post_to(case.manager.client, ends).status_code == 303
    assert cover.client.get(f"/episodes/{case.episode_id}").status_code == 303  # asked for a reason


def test_a_second_allocation_of_the_same_child_is_refused(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("leeds")
    visitor = sign_in("leeds", "home-visitor")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    path = f"/waiting-list/{entry_id}/allocate"
    assert post_to(case.manager.client, path, person_id=str(visitor.id), **DAY).status_code == 303
    again = post_to(case.manager.client, path, person_id=str(visitor.id), **DAY)
    assert again.status_code == 409
    with council("leeds"):
        found = db.session.scalars(scoped(Episode)).one()
        assert episode(found.id).status == "open"


def test_a_slip_in_the_year_keeps_the_child_on_the_list(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("leeds")
    visitor = sign_in("leeds", "home-visitor")
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    day = {**DAY, "from_on-year": "2062"}
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", person_id=str(visitor.id), **day)
    assert sent.status_code == 422
    assert "Check the year" in sent.text
    assert 'value="2062"' in sent.text
    with council("leeds"):
        assert db.session.scalars(scoped(Episode)).all() == []


def test_nobody_is_given_a_child_before_hrs_check_is_marked_as_current_lan_05(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("lancashire")
    unchecked = sign_in("lancashire", "home-visitor", name="Una Unchecked", checked=False)
    with council("lancashire"):
        entry_id = put_on_list(case)
        db.session.commit()
    page = case.manager.client.get(f"/waiting-list/{entry_id}").get_data(as_text=True)
    assert "HR’s check of Una Unchecked is not marked as current." in page
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", **DAY, person_id=str(unchecked.id))
    assert (sent.status_code, "not marked as current" in sent.get_data(as_text=True)) == (422, True)
    administrator, path = sign_in("lancashire", "tenant-administrator"), f"/people/{unchecked.id}"
    form = form_to(administrator.client.get(path), f"{path}/check")
    assert send(administrator.client, form, {"current": "yes"}).status_code == 422
    for year, answer in (("2026", 422), ("2027", 303)):
        day = {"current_until-day": "1", "current_until-month": "1", "current_until-year": year}
        assert send(administrator.client, form, {"current": "yes", "_key": str(new_id()), **day}).status_code == answer
    sent = post_to(case.manager.client, f"/waiting-list/{entry_id}/allocate", **DAY, person_id=str(unchecked.id))
    assert sent.status_code == 303
