"""When a review is due: after each block, at the interval, before the longest support ends (LAN-08, LDS-07)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from portage.reviews.due import GRACE, Rhythm, Story, VisitSeen, next_review, overdue, whole_terms

FIRST = date(2026, 1, 12)
ONE, OTHER = UUID(int=1), UUID(int=2)
TERMS = (  # as calendars list them: halves, with a week between
    (date(2026, 1, 5), date(2026, 2, 13)), (date(2026, 2, 23), date(2026, 3, 27)),
    (date(2026, 4, 13), date(2026, 5, 22)), (date(2026, 6, 1), date(2026, 7, 21)),
)  # fmt: skip


def fortnightly(series: UUID | None, first: date, count: int, *, done: int) -> tuple[VisitSeen, ...]:
    """Visits of one series, the first of them done."""
    return tuple(VisitSeen(first + timedelta(weeks=2 * n), series, n < done) for n in range(count))


def test_a_block_of_visits_planned_together_ends_with_a_review_on_its_last_visit_lan_08() -> None:
    story = Story(FIRST, visits=fortnightly(ONE, FIRST, 6, done=2))
    due = next_review(story, Rhythm(1, "series"))
    assert due is not None
    assert (due.kind, due.on) == ("block", FIRST + timedelta(weeks=10))
    assert "23 March 2026" in due.because


def test_a_block_of_which_no_visit_took_place_is_not_reviewed() -> None:
    assert next_review(Story(FIRST, visits=fortnightly(ONE, FIRST, 6, done=0)), Rhythm(1, "series")) is None


def test_a_review_near_the_last_visit_is_the_blocks_review_and_the_next_block_has_one_of_its_own() -> None:
    first, second = fortnightly(ONE, FIRST, 6, done=6), fortnightly(OTHER, date(2026, 4, 13), 6, done=1)
    held = date(2026, 3, 20)
    due = next_review(Story(FIRST, last_review=held, visits=first), Rhythm(1, "series"))
    assert due is None
    due = next_review(Story(FIRST, last_review=held, visits=(*first, *second)), Rhythm(1, "series"))
    assert due is not None
    assert due.on == date(2026, 6, 22)


def test_blocks_as_long_as_a_school_term_end_with_the_terms_last_visit_lan_05_lan_08() -> None:
    summer = fortnightly(ONE, date(2026, 4, 20), 4, done=0)
    visits = (*fortnightly(ONE, FIRST, 6, done=3), *summer)  # planned in one go over Easter
    due = next_review(Story(FIRST, visits=visits), Rhythm(1, "school-terms"), TERMS)
    assert due is not None
    assert due.on == date(2026, 3, 23)
    unknown = next_review(Story(FIRST, visits=visits), Rhythm(1, "school-terms"))
    assert unknown is not None
    assert unknown.on == visits[-1].day


@pytest.mark.parametrize(
    ("rhythm", "day"),
    [(Rhythm(6, "weeks"), date(2026, 2, 23)), (Rhythm(3, "months"), date(2026, 4, 12))],
)
def test_an_interval_counts_from_the_first_visit_then_from_the_last_review(rhythm: Rhythm, day: date) -> None:
    due = next_review(Story(FIRST), rhythm)
    assert due is not None
    assert (due.kind, due.on) == ("interval", day)
    later = next_review(Story(FIRST, last_review=day), rhythm)
    assert later is not None
    assert later.on > day
    assert "since the review on" in later.because


def test_so_many_visits_count_only_those_that_took_place() -> None:
    story = Story(FIRST, visits=fortnightly(None, FIRST, 8, done=3))
    assert next_review(story, Rhythm(6, "visits")) is None
    story = Story(FIRST, visits=fortnightly(None, FIRST, 8, done=7))
    due = next_review(story, Rhythm(6, "visits"))
    assert due is not None
    assert due.on == FIRST + timedelta(weeks=10)


def test_two_blocks_may_pass_before_a_review_where_the_policy_says_so() -> None:
    first, second = fortnightly(ONE, FIRST, 3, done=3), fortnightly(OTHER, date(2026, 4, 13), 3, done=1)
    assert next_review(Story(FIRST, visits=first), Rhythm(2, "series")) is None
    due = next_review(Story(FIRST, visits=(*first, *second)), Rhythm(2, "series"))
    assert due is not None
    assert due.on == date(2026, 5, 11)


def test_before_the_longest_support_ends_there_is_a_review_where_no_rhythm_is_stated_lds_07() -> None:
    until = date(2026, 7, 12)
    due = next_review(Story(FIRST, until=until), None)
    assert due is not None
    assert (due.kind, due.on) == ("limit", date(2026, 6, 14))
    assert next_review(Story(FIRST, until=until, last_review=date(2026, 5, 20)), None) is None
    assert next_review(Story(FIRST, until=until, last_review=date(2026, 5, 1)), None) is not None
    extended = next_review(Story(FIRST, until=date(2026, 12, 12), last_review=date(2026, 6, 20)), None)
    assert extended is not None
    assert extended.on == date(2026, 11, 14)


def test_what_is_due_first_comes_first_and_nothing_is_due_before_support_begins() -> None:
    story = Story(FIRST, until=date(2026, 2, 12), visits=fortnightly(ONE, FIRST, 6, done=1))
    due = next_review(story, Rhythm(1, "series"))
    assert due is not None
    assert due.kind == "limit"
    assert next_review(Story(None), Rhythm(6, "weeks")) is None


def test_a_review_is_overdue_two_weeks_after_its_day() -> None:
    day = date(2026, 3, 23)
    assert not overdue(day + GRACE, day)
    assert overdue(day + GRACE + timedelta(days=1), day)


def test_half_term_stands_inside_a_term_and_a_visit_in_it_belongs_to_the_term() -> None:
    assert whole_terms(TERMS) == [(date(2026, 1, 5), date(2026, 3, 27)), (date(2026, 4, 13), date(2026, 7, 21))]
    in_half_term = VisitSeen(date(2026, 2, 18), None, True)
    due = next_review(Story(FIRST, visits=(in_half_term,)), Rhythm(1, "school-terms"), TERMS)
    assert due is not None
    assert due.on == in_half_term.day
