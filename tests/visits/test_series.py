"""The dates of a series: the same weekday and time on the wall clock, inside terms, days off left out, never moved."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portage.tenants.bank_holidays import bank_holidays
from portage.visits.council_calendar import calendar_of
from portage.visits.series import Calendar, Days, Series, Term, days_of
from portage.visits.wall_clock import ends_at, starts_at
from support.lengths import AT_LENGTH
from support.plain_series import ENGLAND, months_later, walked

TERMS = {
    "closures": ["2026-09-16"],
    "term": [
        {"name": "Autumn, first half", "first_day": "2026-09-02", "last_day": "2026-10-23"},
        {"name": "Autumn, second half", "first_day": "2026-11-02", "last_day": "2026-12-18"},
    ],
}
AUTUMN = calendar_of(TERMS)
ALL_YEAR = Calendar()


def dates(series: Series, calendar: Calendar) -> list[date]:
    return Days(calendar).dates(series)


def test_bank_holidays_are_left_out_with_the_day_that_stands_in() -> None:
    series = Series(date(2026, 12, 25), 1, visits=2)
    assert dates(series, ALL_YEAR) == [date(2027, 1, 8), date(2027, 1, 15)]
    left = days_of(ALL_YEAR).left_out(series, date(2027, 1, 15))
    assert left == [(date(2026, 12, 25), "Christmas Day"), (date(2027, 1, 1), "New Year's Day")]
    assert dates(Series(date(2026, 12, 26), 1, visits=1), ALL_YEAR) == [date(2027, 1, 2)]  # Boxing Day, a Saturday
    assert dates(Series(date(2026, 12, 28), 1, visits=1), ALL_YEAR) == [date(2027, 1, 4)]  # the day for it


def test_closures_are_left_out_also_for_those_who_visit_in_school_holidays() -> None:
    series = Series(date(2026, 9, 9), 1, visits=2)
    assert dates(series, AUTUMN.all_year()) == [date(2026, 9, 9), date(2026, 9, 23)]
    assert days_of(AUTUMN.all_year()).left_out(series, date(2026, 9, 23)) == [
        (date(2026, 9, 16), "the service is closed")
    ]


def test_half_term_is_left_out_as_school_holidays_lan_05() -> None:
    series = Series(date(2026, 10, 21), 1, visits=2)
    assert dates(series, AUTUMN) == [date(2026, 10, 21), date(2026, 11, 4)]
    assert days_of(AUTUMN).left_out(series, date(2026, 11, 4)) == [(date(2026, 10, 28), "school holidays")]


def test_the_last_term_known_ends_a_series_lan_05() -> None:
    assert dates(Series(date(2026, 12, 2), 1), AUTUMN) == [date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)]
    assert dates(Series(date(2027, 2, 3), 1, visits=1), AUTUMN) == []
    assert AUTUMN.known_until == date(2026, 12, 18)


def test_weeks_are_counted_through_a_holiday_or_anew_in_each_term() -> None:
    by_calendar = dates(Series(date(2026, 10, 13), 2), AUTUMN)
    assert by_calendar[:3] == [date(2026, 10, 13), date(2026, 11, 10), date(2026, 11, 24)]
    by_term = dates(Series(date(2026, 10, 13), 2, "term"), AUTUMN)
    assert by_term[:3] == [date(2026, 10, 13), date(2026, 11, 3), date(2026, 11, 17)]
    between = dates(Series(date(2026, 10, 28), 2, "term"), AUTUMN)  # begins in the half-term week
    assert between[0] == date(2026, 11, 4)
    before = dates(Series(date(2026, 8, 5), 3, "calendar"), AUTUMN)
    assert before[:2] == [date(2026, 10, 7), date(2026, 11, 18)]  # 16 September is a closure


def test_a_first_day_of_term_that_is_left_out_still_counts_the_weeks() -> None:
    term = (Term("Summer", date(2026, 4, 13), date(2026, 7, 21)),)
    calendar = Calendar(frozenset({date(2026, 4, 14)}), term)
    assert dates(Series(date(2026, 4, 7), 2, "term", visits=2), calendar) == [date(2026, 4, 28), date(2026, 5, 12)]


def test_a_series_ends_at_the_first_of_its_ends() -> None:
    assert dates(Series(date(2026, 3, 3), 2, visits=10, before=date(2026, 3, 31)), ALL_YEAR) == [
        date(2026, 3, 3), date(2026, 3, 17)
    ]  # fmt: skip
    assert dates(Series(date(2026, 3, 3), 2, ends_on=date(2026, 3, 31)), ALL_YEAR)[-1] == date(2026, 3, 31)
    assert len(dates(Series(date(2026, 3, 3), 1, visits=3, ends_on=date(2030, 1, 1)), ALL_YEAR)) == 3


def test_the_last_day_that_a_calendar_can_hold_has_no_visit() -> None:
    found = dates(Series(date(9999, 12, 10), 1, visits=50), ALL_YEAR)
    assert found == [date(9999, 12, 10), date(9999, 12, 17), date(9999, 12, 24)]


def test_a_calendar_without_terms_grows_to_earlier_and_later_years() -> None:
    days = Days(ALL_YEAR)
    assert days.dates(Series(date(2026, 12, 25), 1, visits=1)) == [date(2027, 1, 8)]
    assert days.dates(Series(date(2019, 12, 25), 1, visits=1)) == [date(2020, 1, 8)]
    assert days.dates(Series(date(2040, 12, 25), 1, visits=1)) == [date(2041, 1, 8)]


@pytest.mark.parametrize(
    ("day", "at", "starts", "ends"),
    [
        (date(2026, 3, 28), time(10), "2026-03-28T10:00:00+00:00", "2026-03-28T11:00:00+00:00"),
        (date(2026, 3, 29), time(10), "2026-03-29T10:00:00+01:00", "2026-03-29T11:00:00+01:00"),
        (date(2026, 3, 29), time(0, 30), "2026-03-29T00:30:00+00:00", "2026-03-29T02:30:00+01:00"),
        (date(2026, 10, 25), time(1, 30), "2026-10-25T01:30:00+01:00", "2026-10-25T01:30:00+00:00"),
        (date(2026, 10, 25), time(0, 30), "2026-10-25T00:30:00+01:00", "2026-10-25T01:30:00+01:00"),
    ],
)
def test_a_visit_ends_so_many_minutes_later_in_real_time(day: date, at: time, starts: str, ends: str) -> None:
    start = starts_at(day, at)
    assert start is not None
    assert (start.isoformat(), ends_at(start, 60).isoformat()) == (starts, ends)


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_time_that_the_clock_jumps_over_is_no_start(minute: int) -> None:
    assert starts_at(date(2026, 3, 29), time(1, minute)) is None
    assert starts_at(date(2026, 3, 30), time(1, minute)) is not None


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Terms of a few weeks each over five years, with closures in and out of them; or no terms at all."""
    closures = draw(st.frozensets(st.dates(date(2024, 9, 1), date(2029, 8, 31)), max_size=12))
    terms: list[Term] = []
    day = draw(st.dates(date(2024, 8, 25), date(2025, 1, 31)))
    for number in range(draw(st.integers(0, 30))):
        last = day + timedelta(days=draw(st.integers(0, 70)))
        terms.append(Term(f"Term {number}", day, last))
        day = last + timedelta(days=draw(st.integers(1, 45)))
    return Calendar(closures, tuple(terms))


@st.composite
def wanted(draw: st.DrawFn) -> Series:
    """A series within five years that ends by itself."""
    starts_on = draw(st.dates(date(2024, 8, 1), date(2029, 8, 31)))
    weeks_on = st.integers(0, 60).map(lambda weeks: starts_on + timedelta(weeks=weeks))  # on a day of the series, too
    longest = st.integers(1, 18).map(lambda months: months_later(starts_on, months))
    return Series(
        starts_on,
        draw(st.sampled_from((1, 1, 2, 2, 3, 4, 13, 52))),
        draw(st.sampled_from(("calendar", "term"))),
        draw(st.integers(1, 60)),
        draw(st.none() | weeks_on | st.dates(starts_on, date(2030, 12, 31))),
        draw(st.none() | weeks_on | longest),
    )


@settings(max_examples=10_000 if AT_LENGTH else 250, deadline=None)
@given(series=wanted(), calendar=calendars(), at=st.times())
def test_any_series_keeps_its_weekday_and_time_lies_in_terms_and_avoids_days_off(
    series: Series, calendar: Calendar, at: time
) -> None:
    """Ten thousand of them at full length: each as the contract walked day by day, and each promise by itself."""
    found = dates(series, calendar)
    plain = Series(series.starts_on, series.every_weeks, "calendar", series.visits, series.ends_on, series.before)
    assert found == walked(series if calendar.terms else plain, calendar)
    assert {day.weekday() for day in found} <= {series.starts_on.weekday()}
    assert not any(day in ENGLAND or day in bank_holidays(day.year) or day in calendar.closures for day in found)
    assert all(calendar.term_of(day) for day in found if calendar.terms)
    assert all(earlier < later for earlier, later in pairwise(found))
    assert len(found) <= (series.visits or 0)
    assert all(series.starts_on <= day <= series.last_day for day in found)
    for day in found:
        start = starts_at(day, at.replace(second=0, microsecond=0))
        if start is not None:
            assert (start.date(), start.hour, start.minute) == (day, at.hour, at.minute)
            assert ends_at(start, 90).astimezone(UTC) - start.astimezone(UTC) == timedelta(minutes=90)
    left = days_of(calendar).left_out(series, found[-1]) if found else []
    assert not {day for day, _ in left} & set(found)
    if series.cadence == "calendar" or not calendar.terms:
        steps = sorted([*found, *(day for day, _ in left)])
        assert steps == [series.starts_on + timedelta(weeks=series.every_weeks * n) for n in range(len(steps))]


def test_summer_time_is_where_the_law_has_it() -> None:
    starts = [starts_at(day, time(10)) for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))]
    assert [start.utcoffset() for start in starts if start] == [timedelta(0), timedelta(hours=1), timedelta(0)]
    assert starts_at(date(2026, 7, 1), time(10)) == datetime(2026, 7, 1, 9, tzinfo=UTC)
