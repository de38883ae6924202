"""How pages write dates, times and a council's own texts."""

import re
from datetime import date, datetime, time

from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from portage.core.clock import LONDON
from portage.policy.dates import clock_in_words

# HTML is off: a council's administrator writes words, and a page never runs what somebody typed.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_NUMBER = re.compile(r"(?<![\w+/.-])(?:\+44 ?|0)\d(?: ?\d){8,9}(?![\w-])")  # ten or eleven digits, spaced as people do


def install_words(app: Flask) -> None:
    """Make the filters known to every template."""
    app.jinja_env.filters.update(
        long_date=long_date,
        short_date=short_date,
        clock_time=clock_time,
        moment=moment,
        age=age,
        markdown=markdown,
        tappable=tappable,
        dialable=dialable,
    )


def long_date(day: date | datetime | None) -> str:
    """27 March 2024."""
    if day is None:
        return ""
    local = _local(day)
    return f"{local.day} {local:%B %Y}"


def short_date(day: date | datetime | None) -> str:
    """27 Mar 2024."""
    if day is None:
        return ""
    local = _local(day)
    return f"{local.day} {local:%b %Y}"


def clock_time(at: time | datetime | None) -> str:
    """9:30am; midday and midnight by name."""
    if at is None:
        return ""
    return clock_in_words(at.astimezone(LONDON).time() if isinstance(at, datetime) else at)


def moment(at: datetime | None) -> str:
    """27 March 2024 at 9:30am, as clocks in England showed it."""
    return f"{long_date(at)} at {clock_time(at)}" if at else ""


def age(born: date, on: date) -> str:
    """A young child's age as families say it: months up to two years, then years and months."""
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 1:
        return _counted(max((on - born).days // 7, 0), "week")
    if months < 24:
        return _counted(months, "month")
    years, rest = divmod(months, 12)
    return _counted(years, "year") + (f" and {_counted(rest, 'month')}" if rest else "")


def tappable(text: str, phone: str | None, email: str | None) -> Markup:
    """A sentence in which the council's telephone number and address can be tapped."""
    found = escape(text)
    if phone:
        found = found.replace(
            escape(phone), Markup('<a class="govuk-link" href="tel:{}">{}</a>').format(phone.replace(" ", ""), phone)
        )
    if email:
        found = found.replace(escape(email), Markup('<a class="govuk-link" href="mailto:{0}">{0}</a>').format(email))
    return found


def dialable(text: str) -> Markup:
    """A sentence in which every British telephone number can be tapped; it reads the same."""
    parts: list[Markup] = []
    end = 0
    for found in _NUMBER.finditer(text):
        link = Markup('<a class="govuk-link" href="tel:{}">{}</a>').format(found[0].replace(" ", ""), found[0])
        parts += [escape(text[end : found.start()]), link]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def markdown(text: str | None) -> Markup:
    """A council's own text as safe HTML: headings, lists, links, emphasis and tables, nothing else."""
    # The renderer escapes what it does not build itself, and refuses javascript:, vbscript:, file: and data: links.
    return Markup(_MARKDOWN.render(text or ""))  # noqa: S704 - HTML is disabled in the renderer; tests/web/test_words.py


def _local(day: date | datetime) -> date:
    return day.astimezone(LONDON).date() if isinstance(day, datetime) else day


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
