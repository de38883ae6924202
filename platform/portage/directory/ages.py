"""Ages of the children that a service is for, as people write and read them; kept in months."""

import re
from datetime import date

OLDEST = 300  # months: 25 years, the age to which the law on special educational needs reaches
_WRITTEN = re.compile(r"(\d{1,3})(½|[.,]5)?\s*(years?|months?|y|m)?", re.IGNORECASE)


def months_in(written: str) -> int | None:
    """Months from words such as `3`, `2½`, `2.5 years` or `30 months`; a bare number is years. None for anything else.

    A half of a month is none, and nobody over 25 is meant.
    """
    text = written.strip().lower()
    if text in ("birth", "from birth"):
        return 0
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    number, half, unit = found.groups()
    in_months = bool(unit) and unit.startswith("m")
    if in_months and half:
        return None
    months = int(number) if in_months else int(number) * 12 + (6 if half else 0)
    return months if months <= OLDEST else None


def in_words(months: int) -> str:
    """`3 years`, `2½ years` or `30 months`: the shortest words for an age."""
    years, rest = divmod(months, 12)
    if rest == 6 and years:
        return f"{years}½ years"
    if rest or not years:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{years} year{'' if years == 1 else 's'}"


def span(first: int | None, last: int | None) -> str:
    """For which ages a service is, in words; empty when it does not say."""
    if first is None and last is None:
        return ""
    begins = "From birth" if not first else f"From {in_words(first)}"
    return begins if last is None else f"{begins} to {in_words(last)}"


def months_old(born: date, on: date) -> int:
    """How many whole months old a child is."""
    return max(0, (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day))


def last_month(age_to_months: int) -> int:
    """The last month of an age: up to 4 years means until the day before the fifth birthday."""
    return age_to_months + 11 if age_to_months % 12 == 0 else age_to_months
