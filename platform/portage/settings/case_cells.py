"""The cells of a workbook of cases: each is read into a value, or refused with a sentence that says what to do."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from portage.core.mailboxes import is_mailbox


class Wrong(ValueError):
    """A cell that cannot be used; the sentence says what to do."""


def blank(value: Any) -> bool:
    """Whether nothing is written in a cell."""
    return value is None or not str(value).strip()


def text(value: Any) -> str:
    """What is written, without blanks at its ends."""
    if blank(value):
        raise Wrong("Fill this in.")
    return str(value).strip()


def maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same reader for a cell that may stay empty."""
    return lambda value: None if blank(value) else read(value)


def day(value: Any) -> date:
    """A date, as Excel keeps it or as people type it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text(value), form).date()  # noqa: DTZ007 - a calendar day has no time zone
        except ValueError as error:
            if isinstance(error, Wrong):
                raise
    raise Wrong("Write a date such as 27/03/2024.")


def email(value: Any) -> str:
    """One e-mail address."""
    found = text(value)
    if not is_mailbox(found):
        raise Wrong("Write one e-mail address.")
    return found


def safe(value: Any) -> bool:
    """Yes, or no; an empty cell is no."""
    word = str(value or "").strip().lower()
    if word not in ("yes", "no", ""):
        raise Wrong("Write yes or no.")
    return word == "yes"


def months(value: Any) -> int:
    """A number of months."""
    try:
        found = int(str(value).strip())
    except ValueError:
        found = 0
    if not 1 <= found <= 72:
        raise Wrong("Write a number of months from 1 to 72.")
    return found


def stage(value: Any) -> str:
    """Where the child stands: support under way, or waiting for it."""
    found = text(value).lower()
    if found not in ("supported", "waiting"):
        raise Wrong("Write supported or waiting. Children whose support has ended are not loaded.")
    return found
