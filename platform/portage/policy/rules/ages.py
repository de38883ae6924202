"""Rules about the age of a child: from a day, up to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from operator import ge, lt
from typing import TYPE_CHECKING

from portage.policy import dates
from portage.policy.columns import Answers
from portage.policy.rules.days import DayOf, Earliest, FromBirth, composed_day, day_column, days_of
from portage.policy.rules.finding import Block, Test
from portage.policy.vocabulary import counted

if TYPE_CHECKING:
    from portage.policy.columns import Columns
    from portage.policy.facts import Facts

_STARTS_SCHOOL = 4  # school can start on the 1 September after this birthday


@dataclass(frozen=True, slots=True)
class AgeLimit(Block):
    """The child is young enough on the day of the request."""

    number: str
    states: str
    until: str  # "up to and including the day a child becomes 2 years and 6 months old"
    first_day_out: DayOf  # the first day on which the rule no longer holds

    def composed(self) -> Test:
        """Compare the day of the request with the first day out."""
        days = days_of(self.first_day_out)
        if days is not None:
            return lambda facts: facts.received_on < days[facts.date_of_birth]
        first_day_out = composed_day(self.first_day_out)
        return lambda facts: facts.received_on < first_day_out(facts)

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        out = day_column(self.first_day_out, columns)
        return None if out is None else Answers.plain(map(lt, columns.received.places, out))

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Give the child's age, the limit and its date."""
        age = dates.age_in_words(dates.completed_months(facts.date_of_birth, facts.received_on))
        last = dates.in_words(self.first_day_out(facts) - timedelta(days=1))
        asked = dates.in_words(facts.received_on)
        so = f"so for this child up to and including {last}" if met else f"and for this child the last day was {last}"
        return f"The child was {age} old when the request arrived on {asked}. Requests are taken {self.until}, {so}."

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return nothing: a date of birth is always known."""
        return ()


def age_up_to(number: str, months: int) -> AgeLimit:
    """From birth up to and including the day the child reaches an age in months."""
    age = dates.age_in_words(months)
    until = f"up to and including the day a child becomes {age} old"
    return AgeLimit(
        number, f"The child is between birth and {age} old when the request arrives, that day included.", until,
        FromBirth(dates.day_after_age, months),
    )  # fmt: skip


def before_funded_place(number: str, start_age_years: int) -> AgeLimit:
    """From birth until the first day of the funded childcare place that follows a birthday."""
    until = f"until a child can have funded childcare for {counted(start_age_years)}-year-olds"
    return AgeLimit(
        number, f"The request arrives between birth and the day the child can have funded childcare for "
        f"{counted(start_age_years)}-year-olds: the 1 January, 1 April or 1 September that follows that birthday.",
        until,
        FromBirth(dates.funded_place_start, start_age_years),
    )  # fmt: skip


def to_the_end_of_reception(number: str, turns: int) -> AgeLimit:
    """From birth to the end of the reception year, or the day that replaces it for this child."""
    until = "to the end of the reception year"
    return AgeLimit(
        number, f"The child is between birth and the end of the reception year: 31 August of the school year in which "
        f"the child turns {counted(turns)}, or another day for a child in another year group.", until,
        FromBirth(dates.after_reception, turns, or_reception=True),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgeBetween(AgeLimit):
    """The child is old enough, and young enough, on the day of the request."""

    first_day_in: DayOf

    def composed(self) -> Test:
        """Compare the day of the request with the first day in and the first day out."""
        young_enough, first_day_in = AgeLimit.composed(self), composed_day(self.first_day_in)
        return lambda facts: first_day_in(facts) <= facts.received_on and young_enough(facts)

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        young_enough, begins = AgeLimit.over(self, columns), day_column(self.first_day_in, columns)
        if young_enough is None or begins is None:
            return None
        return Answers.plain(map(ge, columns.received.places, begins)) & young_enough

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Say from when a child is old enough, else what the limit is."""
        first = self.first_day_in(facts)
        if facts.received_on >= first:
            return AgeLimit.explain(self, facts, met)
        age = dates.age_in_words(dates.completed_months(facts.date_of_birth, facts.received_on))
        return (
            f"The child was {age} old when the request arrived on {dates.in_words(facts.received_on)}. "
            f"Requests for this child are taken from {dates.in_words(first)} on."
        )


@dataclass(frozen=True, slots=True)
class Until:
    """An end of the age for which something is for: its words, and the first day out."""

    words: str  # "until the day before the child becomes 5 years old"
    first_day_out: DayOf
    alone: str = ""  # the whole condition in a sentence, where the age begins at birth and nothing else ends it


def until_age(months: int, *, day_included: bool) -> Until:
    """Until the day a child reaches an age in months, that day included or not."""
    age = dates.age_in_words(months)
    if day_included:
        words = f"up to and including the day a child becomes {age} old"
        return Until(words, FromBirth(dates.day_after_age, months), age_up_to("", months).states)
    words = f"until the day before a child becomes {age} old"
    return Until(words, FromBirth(dates.add_months, months))


def until_funded_place(years: int) -> Until:
    """Until the first day of the funded childcare place that follows a birthday."""
    plain = before_funded_place("", years)
    return Until(plain.until, plain.first_day_out, plain.states)


def until_compulsory_school_age(years: int) -> Until:
    """Until the child is of compulsory school age."""
    words = (
        f"until a child is of compulsory school age: the 31 March, 31 August or 31 December on or after the birthday "
        f"that makes a child {counted(years)}"
    )
    return Until(words, FromBirth(dates.compulsory_school_age, years))


def until_the_end_of_reception(turns: int) -> Until:
    """Until the end of the reception year, or the day that replaces it for this child."""
    plain = to_the_end_of_reception("", turns)
    return Until(
        f"to the end of the reception year, in which a child turns {counted(turns)}, or to another day for a child in "
        f"another year group",
        plain.first_day_out,
        plain.states,
    )


def until_school_year_after(years: int, begins: str) -> Until:
    """Until the 1 September that follows a birthday: the start of a nursery class, or of school."""
    words = f"until {begins}: the 1 September after the birthday that makes a child {counted(years)}"
    return Until(words, FromBirth(dates.after_reception, years))


def _terms_before_school(born: date, number: int) -> date:
    return dates.day_after(dates.terms_before(dates.after_reception(born, _STARTS_SCHOOL), number))


def _months_before_school(born: date, number: int) -> date:
    return dates.day_after(dates.add_months(dates.after_reception(born, _STARTS_SCHOOL), -number))


def _years_before_school(born: date, number: int) -> date:
    return _months_before_school(born, 12 * number)


_BEFORE_SCHOOL = {
    "month": _months_before_school,
    "school term": _terms_before_school,
    "school year": _years_before_school,
}


def until_before_school(number: int, unit: str) -> Until:
    """Until so many months, school terms or school years before a child starts school."""
    several = "" if number == 1 else "s"
    words = f"until {counted(number)} {unit}{several} before the 1 September on which a child can start school"
    return Until(words, FromBirth(_BEFORE_SCHOOL[unit], number))


def age_between(number: str, youngest_months: int | None, ends: tuple[Until, ...]) -> AgeLimit:
    """From birth or an age in months until the first of the ends."""
    first_day_out = ends[0].first_day_out if len(ends) == 1 else Earliest(tuple(end.first_day_out for end in ends))
    until = ", and ".join(end.words for end in ends)
    if not youngest_months:
        alone = ends[0].alone if len(ends) == 1 else ""
        states = alone or f"The request arrives between birth and this: {until}."
        return AgeLimit(number, states, until, first_day_out)
    youngest = dates.age_in_words(youngest_months)
    return AgeBetween(
        number,
        f"The child is {youngest} old or more when the request arrives, {until}.",
        until,
        first_day_out,
        FromBirth(dates.add_months, youngest_months),
    )


def latest_entry(number: str, end: Until) -> AgeLimit:
    """The request arrives long enough before school."""
    return AgeLimit(
        number, f"The request arrives in time: {end.words}, that day included.", end.words, end.first_day_out
    )
