"""The dates of a series: the same weekday, bank holidays and closures left out and said, never moved."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portage.visits.council_calendar import calendar_of
from portage.visits.series import Calendar, bank_holidays, dates_of

TERMS = {
    "closures": ["2026-09-16"],
    "term": [
        {"name": "Autumn, first half", "first_day": "2026-09-02", "last_day": "2026-10-23"},
        {"name": "Autumn, second half", "first_day": "2026-11-02", "last_day": "2026-12-18"},
    ],
}


def test_bank_holidays_are_left_out_with_the_day_that_stands_in() -> None:
    calendar = Calendar()
    found = dates_of(date(2026, 12, 25), visits=2, every_weeks=1, why_not=_obeying(calendar))
    assert found.planned == [date(2027, 1, 8), date(2027, 1, 15)]
    assert [day for day, _ in found.skipped] == [date(2026, 12, 25), date(2027, 1, 1)]
    assert date(2026, 12, 28) in bank_holidays(2026)  # Boxing Day is a Saturday


def test_closures_are_left_out_also_for_those_who_visit_in_school_holidays() -> None:
    calendar = calendar_of(TERMS)
    found = dates_of(
        date(2026, 9, 9), visits=2, every_weeks=1, why_not=lambda day: calendar.why_not(day, in_school_holidays=True)
    )
    assert found.planned == [date(2026, 9, 9), date(2026, 9, 23)]
    assert found.skipped == [(date(2026, 9, 16), "the service is closed")]


def test_half_term_is_left_out_as_school_holidays() -> None:
    found = dates_of(date(2026, 10, 21), visits=2, every_weeks=1, why_not=_obeying(calendar_of(TERMS)))
    assert found.planned == [date(2026, 10, 21), date(2026, 11, 4)]
    assert found.skipped == [(date(2026, 10, 28), "school holidays")]


def test_days_after_the_last_known_term_count_like_any_other() -> None:
    found = dates_of(date(2027, 2, 3), visits=1, every_weeks=1, why_not=_obeying(calendar_of(TERMS)))
    assert found.planned == [date(2027, 2, 3)]


def test_the_series_ends_before_the_limit_and_says_so() -> None:
    found = dates_of(date(2026, 3, 3), visits=10, every_weeks=2, why_not=lambda _: None, before=date(2026, 3, 31))
    assert found.planned == [date(2026, 3, 3), date(2026, 3, 17)]
    assert found.ended_by_limit == date(2026, 3, 31)


@given(
    start=st.dates(date(2025, 1, 1), date(2030, 12, 31)),
    visits=st.integers(1, 26),
    weeks=st.integers(1, 4),
    in_holidays=st.booleans(),
)
def test_every_date_is_on_the_weekday_and_in_step_and_none_is_a_day_off(
    start: date, visits: int, weeks: int, in_holidays: bool
) -> None:
    calendar = calendar_of(TERMS)
    found = dates_of(
        start,
        visits=visits,
        every_weeks=weeks,
        why_not=lambda day: calendar.why_not(day, in_school_holidays=in_holidays),
    )
    walked = sorted([*found.planned, *(day for day, _ in found.skipped)])
    assert walked == [start + timedelta(weeks=weeks * step) for step in range(len(walked))]
    assert len(found.planned) == visits
    assert not any(day in bank_holidays(day.year) or day in calendar.closures for day in found.planned)


def _obeying(calendar: Calendar) -> Callable[[date], str | None]:
    return lambda day: calendar.why_not(day, in_school_holidays=False)
