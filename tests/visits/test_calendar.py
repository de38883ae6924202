"""The week and the month: one's own visits, for managers everybody's, with terms, days off and who is away."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.support.models import VisitorAbsence
from portage.tenants.models import Area
from portage.visits import calendar_lists
from portage.visits.models import Visit
from portage.visits.operations import CancelVisits, PlanVisits, cancel_visits, plan_visits
from portage.visits.views import calendar
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, visit_on
from support.questions import questions

AT = datetime(2026, 5, 18, 10, tzinfo=UTC)
TODAY = date(2026, 5, 18)  # a Monday


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 18 May 2026."""
    clock(AT)


@pytest.fixture
def series(supported_of: SupportedOf, council: Council) -> Supported:
    """Three weekly visits of a child, the second cancelled, and the visitor away in between."""
    case = supported_of("lancashire")
    with council("lancashire"):
        command = PlanVisits(date(2026, 5, 19), time(10), 60, "home", 1, 3, cadence="term")
        ids = [visit.id for visit in plan_visits(case.episode_id, command, by=actor(case.visitor), on=TODAY)]
        away = CancelVisits("family", "They are with a grandparent.", 1)
        cancel_visits(ids[1], away, by=actor(case.visitor), at=AT, on=TODAY)
        db.session.add(VisitorAbsence(person_id=case.visitor.id, from_on=date(2026, 5, 21), until_on=date(2026, 5, 22)))
        db.session.commit()
    return case


def test_a_week_shows_its_visits_days_off_and_who_is_away(series: Supported) -> None:
    page = series.visitor.client.get("/visits?view=week&from=2026-05-21").text
    assert "Week of 18 May 2026" in page
    assert "10am Kit Canarychild" in page
    assert "At home, 60 minutes" in page
    assert page.count("You are away") == 2
    assert "Summer 2026, first half: 13 April 2026 to 22 May 2026" in page
    after = series.visitor.client.get("/visits?view=week&from=2026-05-25").text
    assert "Spring Bank Holiday" in after
    assert after.count("School holidays") == 5
    assert "Kit" not in after
    third = series.visitor.client.get("/visits?view=week&from=2026-06-01").text
    assert "The service is closed" in third


def test_a_cancelled_visit_is_struck_with_who_and_why(series: Supported) -> None:
    page = series.visitor.client.get("/visits?view=week&from=2026-06-02").text
    struck = page[page.index("<s>") : page.index("</s>")]
    assert "Kit Canarychild" in struck
    assert "Cancelled by the family: They are with a grandparent." in page


def test_a_month_shows_every_day_of_it(series: Supported) -> None:
    page = series.visitor.client.get("/visits?view=month&from=2026-06-20").text
    assert page.count("<time ") == 30
    assert "June 2026" in page
    assert "10am Kit Canarychild" in page
    for told in (
        "?view=month&from=nonsense",
        "?view=month&from=0001-01-01",
        "?view=week&from=9999-12-31",
        "?view=moon",
    ):
        assert series.visitor.client.get(f"/visits{told}").status_code == 200


def test_a_manager_sees_the_team_counted_by_day_and_one_visitors_by_name(
    series: Supported, sign_in: SignIn, supported_of: SupportedOf, council: Council
) -> None:
    other = sign_in("lancashire", "home-visitor", name="Olga Other")
    second = supported_of("lancashire", visitor=other, given_name="Ada", manager=series.manager)
    with council("lancashire"):
        visit_on(second, date(2026, 6, 2), at=time(11))
        db.session.commit()
    manager = series.manager.client
    month = manager.get("/visits?view=month&from=2026-06-01").text
    assert "1 visit</a><br>1 cancelled" in month
    assert "Canarychild" not in month
    week = manager.get("/visits?view=week&from=2026-06-02").text
    assert "11am Ada Canarychild" in week
    assert "Visitor: Olga Other" in week
    one = manager.get(f"/visits?view=month&from=2026-06-01&person={other.id}").text
    assert "Ada Canarychild" in one
    assert "Kit Canarychild" not in one
    assert "Away: Vera Visitor" in manager.get("/visits?view=week&from=2026-05-18").text


def test_a_visitor_sees_nobody_elses_whatever_the_address_says(series: Supported, sign_in: SignIn) -> None:
    other = sign_in("lancashire", "home-visitor", name="Olga Other")
    for shape in ("week", "month"):
        page = other.client.get(f"/visits?view={shape}&from=2026-05-19&person={series.visitor.id}&area=all").text
        assert "Kit" not in page
        assert "away" not in page.lower().replace("right away", "")


def test_a_reason_is_read_by_those_who_may_open_the_record_alone(
    series: Supported, sign_in: SignIn, council: Council
) -> None:
    elsewhere = sign_in("lancashire", "service-manager", areas=[_other_area(series, council)])
    page = elsewhere.client.get("/visits?view=week&from=2026-06-02&area=all").text
    assert "Cancelled by the family" in page
    assert "grandparent" not in page


def _other_area(case: Supported, council: Council) -> str:
    with council("lancashire"):
        child = db.session.scalars(scoped(Child).where(Child.id == case.child_id)).one()
        return next(area.key for area in db.session.scalars(scoped(Area)) if area.id != child.area_id)


@pytest.mark.parametrize("address", ["?view=week", "?view=month", "?view=month&person=me"])
def test_the_page_asks_the_database_at_most_six_times(app: Flask, series: Supported, address: str) -> None:
    for client in (series.visitor.client, series.manager.client):
        client.get(f"/visits{address}")
        with questions(app) as asked:
            assert client.get(f"/visits{address}").status_code == 200
        assert 1 <= len(asked) <= 6, asked


def test_more_visits_than_a_page_holds_are_said(
    series: Supported, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_lists, "MOST", 1)
    monkeypatch.setattr(calendar, "MOST", 1)
    with council("lancashire"):
        assert len(db.session.scalars(scoped(Visit)).all()) == 3
    page = series.visitor.client.get("/visits?view=month&from=2026-06-01").text
    assert "Only the first 1 visits" in page
