"""Rules about the age of a child: from a day, up to a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portage.policy import dates
from portage.policy.vocabulary import counted

if TYPE_CHECKING:
    from portage.policy.facts import Facts

_STARTS_SCHOOL = 4  # school can start on the 1 September after this birthday


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """The child is young enough on the day of the request."""

    number: str
    states: str
    until: str  # "up to and including the day a child becomes 2 years and 6 months old"
    first_day_out: Callable[[Facts], date]  # the first day on which the rule no longer holds

    def test(self, facts: Facts) -> bool:
        """Compare the day of the request with the first day out."""
        return facts.received_on < self.first_day_out(facts)

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
        lambda facts: dates.day_after_age(facts.date_of_birth, months),
    )  # fmt: skip


def before_funded_place(number: str, start_age_years: int) -> AgeLimit:
    """From birth until the first day of the funded childcare place that follows a birthday."""
    until = f"until a child can have funded childcare for {counted(start_age_years)}-year-olds"
    return AgeLimit(
        number, f"The request arrives between birth and the day the child can have funded childcare for "
        f"{counted(start_age_years)}-year-olds: the 1 January, 1 April or 1 September that follows that birthday.",
        until,
        lambda facts: dates.funded_place_start(facts.date_of_birth, start_age_years),
    )  # fmt: skip


def to_the_end_of_reception(number: str, turns: int) -> AgeLimit:
    """From birth to the end of the reception year, or the day that replaces it for this child."""

    def first_day_out(facts: Facts) -> date:
        return (
            dates.day_after(facts.reception_ends_on)
            if facts.reception_ends_on
            else dates.after_reception(facts.date_of_birth, turns)
        )

    until = "to the end of the reception year"
    return AgeLimit(
        number, f"The child is between birth and the end of the reception year: 31 August of the school year in which "
        f"the child turns {counted(turns)}, or another day for a child in another year group.", until, first_day_out,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgeBetween(AgeLimit):
    """The child is old enough, and young enough, on the day of the request."""

    first_day_in: Callable[[Facts], date]

    def test(self, facts: Facts) -> bool:
        """Compare the day of the request with the first day in and the first day out."""
        return self.first_day_in(facts) <= facts.received_on < self.first_day_out(facts)

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
    first_day_out: Callable[[Facts], date]


def until_age(months: int, *, day_included: bool) -> Until:
    """Until the day a child reaches an age in months, that day included or not."""
    age = dates.age_in_words(months)
    if day_included:
        words = f"up to and including the day a child becomes {age} old"
        return Until(words, lambda facts: dates.day_after_age(facts.date_of_birth, months))
    words = f"until the day before a child becomes {age} old"
    return Until(words, lambda facts: dates.add_months(facts.date_of_birth, months))


def until_funded_place(years: int) -> Until:
    """Until the first day of the funded childcare place that follows a birthday."""
    words = f"until a child can have funded childcare for {counted(years)}-year-olds"
    return Until(words, lambda facts: dates.funded_place_start(facts.date_of_birth, years))


def until_compulsory_school_age(years: int) -> Until:
    """Until the child is of compulsory school age."""
    words = (
        f"until a child is of compulsory school age: the 31 March, 31 August or 31 December on or after the birthday "
        f"that makes a child {counted(years)}"
    )
    return Until(words, lambda facts: dates.compulsory_school_age(facts.date_of_birth, years))


def until_the_end_of_reception(turns: int) -> Until:
    """Until the end of the reception year, or the day that replaces it for this child."""
    plain = to_the_end_of_reception("", turns)
    return Until(
        f"to the end of the reception year, in which a child turns {counted(turns)}, or to another day for a child in "
        f"another year group",
        plain.first_day_out,
    )


def until_school_year_after(years: int, begins: str) -> Until:
    """Until the 1 September that follows a birthday: the start of a nursery class, or of school."""
    words = f"until {begins}: the 1 September after the birthday that makes a child {counted(years)}"
    return Until(words, lambda facts: dates.after_reception(facts.date_of_birth, years))


def until_before_school(number: int, unit: str) -> Until:
    """Until so many months, school terms or school years before a child starts school."""
    several = "" if number == 1 else "s"
    words = f"until {counted(number)} {unit}{several} before the 1 September on which a child can start school"

    def first_day_out(facts: Facts) -> date:
        starts = dates.after_reception(facts.date_of_birth, _STARTS_SCHOOL)
        if unit == "school term":
            return dates.day_after(dates.terms_before(starts, number))
        return dates.day_after(dates.add_months(starts, -number * (12 if unit == "school year" else 1)))

    return Until(words, first_day_out)


def age_between(number: str, youngest_months: int | None, ends: tuple[Until, ...]) -> AgeLimit:
    """From birth or an age in months until the first of the ends."""

    def first_day_out(facts: Facts) -> date:
        return min(end.first_day_out(facts) for end in ends)

    until = ", and ".join(end.words for end in ends)
    if not youngest_months:
        return AgeLimit(number, f"The request arrives between birth and this: {until}.", until, first_day_out)
    youngest = dates.age_in_words(youngest_months)
    return AgeBetween(
        number,
        f"The child is {youngest} old or more when the request arrives, {until}.",
        until,
        first_day_out,
        lambda facts: dates.add_months(facts.date_of_birth, youngest_months),
    )


def latest_entry(number: str, end: Until) -> AgeLimit:
    """The request arrives long enough before school."""
    return AgeLimit(
        number, f"The request arrives in time: {end.words}, that day included.", end.words, end.first_day_out
    )
