"""Planning visits: the dates are shown with what was left out, then booked."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.access import put_on_caseload
from portage.messages.operations import alert
from portage.policy.arrangements import BlockTerms
from portage.support.operations import Away, plan_absence
from portage.visits.models import Visit, VisitSeries
from portage.visits.operations.dates import Block, block_from
from portage.visits.series import Calendar, Term
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, done, visit_on
from support.forms import form_to, forms_on, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def asked(case: Supported, client: FlaskClient, day: date, **changed: str) -> TestResponse:
    """The page that shows what planning would come to."""
    form = {
        "starts_on-day": str(day.day),
        "starts_on-month": str(day.month),
        "starts_on-year": str(day.year),
        "at": "10:00",
        "minutes": "60",
        "mode": "home",
        "visits": "1",
        "every_weeks": "2",
        "in_school_holidays": "yes",
    }
    return client.get(f"/episodes/{case.episode_id}/visits/plan?{urlencode({**form, **changed})}")


def test_a_series_stays_at_ten_on_the_wall_clock_over_both_changes_of_the_clock(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 9, 30))
    client = case.visitor.client
    page = asked(case, client, date(2026, 3, 10), visits="20", every_weeks="2")
    assert page.status_code == 200
    path = f"/episodes/{case.episode_id}/visits/plan"
    assert send(client, form_to(page, path)).status_code == 303
    with council("leeds"):
        found = sorted(db.session.scalars(scoped(Visit)), key=lambda visit: visit.planned_on)
        assert len(found) == 20
        assert {visit.planned_at for visit in found} == {time(10)}
        assert {visit.planned_on.weekday() for visit in found} == {1}
        starts = [datetime.combine(each.planned_on, each.planned_at, ZoneInfo("Europe/London")) for each in found]
        assert {start.utcoffset() for start in starts} == {timedelta(0), timedelta(hours=1)}
        assert db.session.scalars(scoped(VisitSeries)).one().visits == 20
        assert {visit.visitor_id for visit in found} == {case.visitor.id}


def test_bank_holidays_and_closures_are_named_as_left_out(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    page = asked(case, case.visitor.client, date(2026, 3, 30), visits="3", every_weeks="1").get_data(as_text=True)
    assert "6 April 2026: Easter Monday" in page
    assert "20 April 2026" in page


def test_school_holidays_are_left_out_where_visits_run_in_terms(supported_of: SupportedOf) -> None:
    case = supported_of("lancashire")
    page = asked(case, case.visitor.client, date(2026, 5, 20), visits="2", every_weeks="1", in_school_holidays="")
    assert "school holidays" in page.get_data(as_text=True)


def test_another_visit_at_the_same_time_is_warned_of(supported_of: SupportedOf, council: Council) -> None:
    first = supported_of("leeds")
    second = supported_of("leeds", visitor=first.visitor, given_name="Ada")
    with council("leeds"):
        visit_on(first, date(2026, 3, 10), at=time(10, 30))
        db.session.commit()
    page = asked(second, first.visitor.client, date(2026, 3, 10)).get_data(as_text=True)
    assert "another visit at the same time" in page
    assert "10:30am (Kit)" in page
    clear = asked(second, first.visitor.client, date(2026, 3, 10), at="9:00").get_data(as_text=True)
    assert "another visit at the same time" not in clear


def test_dates_on_which_the_visitor_is_away_are_said_before_they_are_planned_and_after_a_move(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        away = Away(date(2026, 3, 16), date(2026, 3, 20))
        plan_absence(case.visitor.id, away, by=actor(case.manager), on=TODAY)
        visit_id = visit_on(case, date(2026, 3, 12))
        db.session.commit()
    several = asked(case, case.visitor.client, date(2026, 3, 10), visits="3", every_weeks="1").get_data(as_text=True)
    assert "The visitor is away on 17 March 2026." in several
    assert "is away" not in asked(case, case.visitor.client, date(2026, 3, 24)).get_data(as_text=True)

    address = f"/visits/{visit_id}/move"
    typed = {"planned_on-day": "19", "planned_on-month": "3", "planned_on-year": "2026"}
    client = case.visitor.client
    assert send(client, form_to(client.get(address), address), typed).status_code == 303
    assert "The visitor is away then: 19 March 2026." in client.get(f"/visits/{visit_id}").get_data(as_text=True)


def test_from_the_dates_one_goes_back_to_the_form_with_every_answer_in_it(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    page = asked(case, case.visitor.client, date(2026, 3, 10), visits="3", every_weeks="4", at="2pm", minutes="45")
    found = re.search(r'href="([^"]+)">Change the answers<', page.get_data(as_text=True))
    assert found is not None
    form = case.visitor.client.get(unescape(found[1]))
    assert form.status_code == 200
    kept = forms_on(form)[-1].fields
    typed = {"starts_on-day": "10", "starts_on-month": "3", "starts_on-year": "2026", "at": "2pm", "minutes": "45"}
    assert {name: kept[name].values[0] for name in (*typed, "visits", "every_weeks")} == {
        **typed, "visits": "3", "every_weeks": "4",
    }  # fmt: skip


def test_whoever_covers_reads_when_the_visitor_is_busy_and_not_with_whom(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    first = supported_of("leeds", given_name="Zebedee")
    second = supported_of("leeds", visitor=first.visitor, given_name="Ada", manager=first.manager)
    cover = sign_in("leeds", "home-visitor")
    with council("leeds"):
        visit_on(first, date(2026, 3, 10), at=time(10, 30))
        visit_id = visit_on(second, date(2026, 3, 12))
        put_on_caseload(
            second.child_id, cover.id, "cover", from_on=TODAY, until_on=date(2026, 3, 31), by=actor(first.manager)
        )  # fmt: skip
        db.session.commit()
    page = asked(second, cover.client, date(2026, 3, 10)).get_data(as_text=True)
    assert "another visit at the same time" in page
    assert "10 March 2026 at 10:30am." in page
    assert "Zebedee" not in page

    address = f"/visits/{visit_id}/move"
    typed = {"planned_on-day": "10", "planned_on-month": "3", "planned_on-year": "2026", "planned_at": "10:00"}
    for client, words in ((cover.client, "another visit then: 10:30am."), (first.visitor.client, "10:30am (Zebedee).")):
        assert send(client, form_to(client.get(address), address), typed).status_code == 303
        after = client.get(f"/visits/{visit_id}").get_data(as_text=True)
        assert words in after
        assert ("Zebedee" in after) == ("Zebedee" in words)
    manager = asked(second, first.manager.client, date(2026, 3, 10)).get_data(as_text=True)
    assert "10:30am (Zebedee)" in manager  # who could open the record sees whose it is


def test_nothing_is_planned_beyond_the_limit(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"):
        done(case, visit_on(case, TODAY), TODAY)
        db.session.commit()
    page = asked(case, case.visitor.client, date(2026, 8, 24), visits="4", every_weeks="1").get_data(as_text=True)
    assert "This visit will be planned" in page
    assert "reaches its limit on 2 September 2026" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"visits": "27"}, "Enter a number of visits from 1 to 26."),
        ({"at": "ten"}, "Enter a time, such as 10:00 or 14:30."),
        ({"mode": "group"}, "The policy for this child does not name this."),
        ({"starts_on-day": "31", "starts_on-month": "2"}, "Enter a real date"),
        ({"starts_on-year": "2025"}, "on or after the day on which the support was opened"),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_typed_is_lost(
    supported_of: SupportedOf, changed: dict[str, str], sentence: str
) -> None:
    case = supported_of("leeds")
    page = asked(case, case.visitor.client, date(2026, 3, 10), **changed)
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert sentence in text
    assert f'value="{changed.get("at", "10:00")}"' in text


def test_a_planned_visit_can_be_moved(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        visit_id = visit_on(case, date(2026, 3, 10))
        db.session.commit()
    path = f"/visits/{visit_id}/move"
    form = form_to(case.visitor.client.get(path), path)
    assert send(case.visitor.client, form, {"planned_on-day": "11", "planned_at": "14.30"}).status_code == 303
    with council("leeds"):
        moved = db.session.scalars(scoped(Visit)).one()
        assert (moved.planned_on, moved.planned_at) == (date(2026, 3, 11), time(14, 30))


def test_the_diary_shows_what_is_without_a_record_today_and_what_comes(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, clock: Callable[[datetime], None]
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        for offset in (0, 1, 15):
            visit_on(case, TODAY + timedelta(offset))
        db.session.commit()
    clock(AT + timedelta(days=1))
    visitor = case.visitor
    assert visitor.client.get("/visits").status_code == 401  # signed out after a night
    again = sign_in("leeds", "home-visitor", name="Other Visitor").client
    assert "Kit Canarychild" not in again.get("/visits").get_data(as_text=True)


def test_the_visitor_finds_today_and_the_next_days(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        days = {offset: visit_on(case, TODAY + timedelta(offset)) for offset in (0, 1, 15)}
        db.session.commit()
    page = case.visitor.client.get("/visits").get_data(as_text=True)
    assert f"/visits/{days[0]}/record" in page
    assert f'href="/visits/{days[1]}"' in page
    assert str(days[15]) not in page


def test_the_visits_of_the_day_come_before_what_calls_for_attention(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        visit_on(case, TODAY)
        for number in range(7):
            alert(kind="test", path="/worklist", sentence=f"Thing {number} calls.", person_id=case.visitor.id)
        db.session.commit()
    page = case.visitor.client.get("/today").get_data(as_text=True)
    assert page.index("Kit Canarychild") < page.index("For your attention")
    assert [page.count(f"Thing {number} calls.") > 0 for number in range(7)] == [True] * 7
    assert "more for your attention" in page


def test_managers_see_caseloads_by_visitor_and_choose_in_the_address(
    supported_of: SupportedOf, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    other = sign_in("leeds", "home-visitor", name="Olga Other")
    supported_of("leeds", visitor=other, given_name="Ada", manager=case.manager)
    page = case.manager.client.get("/caseload").get_data(as_text=True)
    assert page.index("Olga Other: 1 child") < page.index("Vera Visitor: 1 child")
    page = case.manager.client.get(f"/caseload?person={case.visitor.id}").get_data(as_text=True)
    assert "Kit Canarychild" in page
    assert "Ada Canarychild" not in page
    assert "Ada Canarychild" not in case.visitor.client.get(f"/caseload?person={other.id}").get_data(as_text=True)


def test_a_caseload_says_how_long_support_lasts_before_it_is_counted_and_where_it_has_no_fixed_length(
    supported_of: SupportedOf,
) -> None:
    for slug, said in (("leeds", "6 months from the first home visit"), ("lancashire", "No fixed length")):
        assert said in supported_of(slug).visitor.client.get("/caseload").get_data(as_text=True)


TOLD = "A child was given to you."


def test_the_call_to_plan_a_first_visit_rests_once_one_is_planned(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    client = case.visitor.client
    assert TOLD in client.get("/today").text
    page = asked(case, client, date(2026, 3, 10))
    assert send(client, form_to(page, f"/episodes/{case.episode_id}/visits/plan")).status_code == 303
    assert TOLD not in client.get("/today").text


def test_how_often_begins_with_what_the_edition_says_lds_06(supported_of: SupportedOf) -> None:
    for received, weeks in ((date(2025, 9, 30), "2"), (date(2025, 10, 1), "0")):  # fortnightly, then by need
        case = supported_of("leeds", received_on=received)
        path = f"/episodes/{case.episode_id}/visits/plan"
        (form,) = [each for each in forms_on(case.visitor.client.get(path)) if each.action == path]
        assert form.typed("every_weeks") == [weeks]


def test_by_need_is_one_visit_whatever_number_stands_in_the_form_lds_06(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    page = asked(case, case.visitor.client, date(2026, 3, 10), every_weeks="0", visits="9").text
    assert "This visit will be planned" in page


def test_a_telephone_consultation_is_planned_like_a_visit_where_the_policy_has_it_lds_04(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    page = asked(case, case.visitor.client, date(2026, 3, 10), mode="telephone", minutes="20")
    assert send(case.visitor.client, form_to(page, f"/episodes/{case.episode_id}/visits/plan")).status_code == 303
    with council("leeds"):
        assert [(visit.mode, visit.minutes) for visit in db.session.scalars(scoped(Visit))] == [("telephone", 20)]
    other = supported_of("lancashire")
    assert asked(other, other.visitor.client, date(2026, 3, 10), mode="telephone").status_code == 422


def test_a_block_is_planned_to_the_end_of_the_school_term_lan_05(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("lancashire")
    page = asked(case, case.visitor.client, date(2026, 4, 1), every_weeks="1", extent="block", cadence="term")
    assert "These 6 visits will be planned" in page.text
    assert "Summer 2026, first half" in page.text
    assert send(case.visitor.client, form_to(page, f"/episodes/{case.episode_id}/visits/plan")).status_code == 303
    with council("lancashire"):
        found = sorted(visit.planned_on for visit in db.session.scalars(scoped(Visit)))
        assert (found[0], found[-1]) == (date(2026, 4, 15), date(2026, 5, 20))
        series = db.session.scalars(scoped(VisitSeries)).one()
        assert (series.cadence, series.ends_on, series.in_school_holidays) == ("term", date(2026, 5, 22), True)


def test_a_series_keeps_to_the_terms_whatever_is_ticked_and_says_until_when_they_are_known_lan_05(
    supported_of: SupportedOf,
) -> None:
    case = supported_of("lancashire")
    page = asked(case, case.visitor.client, date(2027, 7, 1), every_weeks="1", visits="9", extent="number").text
    assert "These 4 visits will be planned" in page
    assert "school terms are known until 22 July 2027" in page
    none = asked(case, case.visitor.client, date(2027, 9, 1), every_weeks="1", visits="9", extent="number")
    assert none.status_code == 422
    assert "School terms are known until 22 July 2027." in none.text
    alone = asked(case, case.visitor.client, date(2027, 9, 1), every_weeks="0", extent="number")
    assert alone.status_code == 200  # a single visit may be in the holidays, as ticked


def test_a_series_ends_with_its_last_possible_day(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    last = {"ends_on-day": "24", "ends_on-month": "3", "ends_on-year": "2026"}
    page = asked(case, case.visitor.client, date(2026, 3, 10), visits="20", every_weeks="1", **last)
    assert "These 3 visits will be planned" in page.text
    before = {**last, "ends_on-day": "9"}
    refused = asked(case, case.visitor.client, date(2026, 3, 10), visits="20", **before)
    assert refused.status_code == 422
    assert "on or after the day of the first visit" in refused.text


@pytest.mark.parametrize(
    ("length", "unit", "ends_on", "visits"),
    [
        (6, "visits", None, 6),
        (6, "weeks", date(2026, 4, 20), None),
        (3, "months", date(2026, 6, 9), None),
        (1, "school-terms", date(2026, 3, 27), None),
        (2, "school-terms", date(2026, 5, 22), None),
        (9, "school-terms", date(2026, 5, 22), None),
    ],
)
def test_a_block_is_as_long_as_the_policy_says(
    length: int, unit: str, ends_on: date | None, visits: int | None
) -> None:
    terms = (
        Term("Spring", date(2026, 2, 23), date(2026, 3, 27)),
        Term("Summer", date(2026, 4, 13), date(2026, 5, 22)),
    )
    block = BlockTerms(length=length, unit=unit, repeats="by-agreement")
    assert block_from(block, date(2026, 3, 10), Calendar(terms=terms)) == Block(ends_on, visits)
