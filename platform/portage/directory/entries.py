"""One entry of a list as plain values: what a spreadsheet's row or a feed's service says, checked, and as JSON."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from portage.core.mailboxes import is_mailbox
from portage.directory import ages
from portage.directory.operations.keeping import Particulars

LONGEST_NAME, LONGEST_TEXT, LONGEST_ADDRESS = 200, 2000, 500
_TELEPHONE = re.compile(r"[+(]?[0-9][0-9 ()-]{2,30}")
_WEB = re.compile(r"https?://[^\s/?#@]+\.[^\s@]+")


class Wrong(ValueError):
    """Something that cannot be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A service of a list: its particulars, the day on which its source checked it, and its own id in a feed."""

    particulars: Particulars
    last_checked_on: date | None = None
    feed_key: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As a list keeps it."""
        checked = self.last_checked_on.isoformat() if self.last_checked_on else None
        return {**asdict(self.particulars), "last_checked_on": checked, "feed_key": self.feed_key}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Entry":
        """As it was kept."""
        checked = kept["last_checked_on"]
        said = Particulars(**{field.name: kept[field.name] for field in fields(Particulars)})
        return cls(said, date.fromisoformat(checked) if checked else None, kept["feed_key"])


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one row of a list, and what to do."""

    row: int
    column: str
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """As a list keeps it."""
        return asdict(self)


def blank(value: Any) -> bool:
    """Whether nothing is written in a cell."""
    return value is None or not str(value).strip()


def maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same reader for what may be left empty."""
    return lambda value: None if blank(value) else read(value)


def words(longest: int) -> Callable[[Any], str]:
    """A text of at most so many characters."""

    def read(value: Any) -> str:
        if blank(value):
            raise Wrong("Fill this in.")
        found = "\n".join(" ".join(line.split()) for line in str(value).strip().splitlines()).replace("\0", "")
        if len(found) > longest:
            raise Wrong(f"Use {longest} characters or fewer.")
        return found

    return read


def age(value: Any) -> int:
    """An age in months."""
    written = f"{value:g}" if isinstance(value, float) else str(value)
    if (found := ages.months_in(written)) is None:
        raise Wrong("Write an age such as 2, 2½ years or 30 months, up to 25 years.")
    return found


def telephone(value: Any) -> str:
    """One telephone number."""
    found = str(value).strip()
    if not _TELEPHONE.fullmatch(found):
        raise Wrong("Write one telephone number, such as 01632 960 100.")
    return found


def email(value: Any) -> str:
    """One e-mail address."""
    found = str(value).strip()
    if not is_mailbox(found):
        raise Wrong("Write one e-mail address.")
    return found


def web_page(value: Any) -> str:
    """The address of a page, which a family can open."""
    found = str(value).strip()
    if len(found) > LONGEST_ADDRESS or not found.isascii() or not _WEB.fullmatch(found):
        raise Wrong("Write an address that begins with https://")
    return found


def day(value: Any) -> date:
    """A date, as Excel keeps it or as people type it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise Wrong("Write a date such as 27/03/2026.")


def in_order(first: int | None, last: int | None) -> None:
    """Refuse an age that ends before it begins."""
    if first is not None and last is not None and last < first:
        raise Wrong("The last age comes before the first one.")
