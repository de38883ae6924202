"""An Open Referral UK feed read page by page: its `/services`, and each service's own page for how to reach it.

Both forms in use are read: version 3 (`contents`, `total_pages`, `last_page`) and the first UK form (`content`,
`totalPages`, `last`). Calls go through `portage.accounts.outbound`: public https addresses alone, never another
address than the one typed, with limits of time and size.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from portage.accounts.outbound import OutboundFailed, OutboundRefused, Reach, check_address, fetch
from portage.core.errors import PortageError
from portage.directory import entries
from portage.directory.entries import Entry, Problem, Wrong
from portage.directory.operations.keeping import Particulars

PER_PAGE, MOST_PAGES, MOST_ROWS = 25, 40, 300
SECONDS = 25.0  # for one page with its services: less than a worker's lease
SCHOOL_AGE = 6  # years: a service for older children alone is left out
_CLOSED = ("inactive", "defunct", "temporarily closed")


class FeedRefused(PortageError):
    """An address that is not called, or whose answer is no feed; the sentence says why."""

    code = "feed-refused"
    message = "{why}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a feed: what can be used, what cannot, how many were left out, and whether there is another page."""

    found: list[Entry]
    problems: list[Problem]
    left_out: int
    more: bool


def services_address(typed: str, reach: Reach) -> str:
    """The address of a feed's services from what a person typed; raises `FeedRefused` for one that is never called."""
    try:
        check_address(typed, reach)
    except OutboundRefused as refused:
        raise FeedRefused(why=f"{refused} Enter a public address, such as https://directory.example/services") from None
    parts = urlsplit(typed)
    path = parts.path.rstrip("/")
    if not path.endswith("/services"):
        path += "/services"
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("page", "per_page")]
    return urlunsplit(parts._replace(path=path, query=urlencode(kept)))


def read_page(address: str, number: int, reach: Reach, *, prefix: str, today: date) -> Page:
    """Read one page and every service on it; raises `FeedRefused` when the feed does not answer as one."""
    ends = time.monotonic() + SECONDS
    parts = urlsplit(address)
    asked = urlencode([*parse_qsl(parts.query), ("page", number), ("per_page", PER_PAGE)])
    answer = _asked(urlunsplit(parts._replace(query=asked)), reach)
    if not isinstance(answer, dict):
        raise FeedRefused(why="The address answers, but not as an Open Referral UK feed.")
    listed = answer.get("contents", answer.get("content"))
    if not isinstance(listed, list):
        raise FeedRefused(why="The address answers, but not as an Open Referral UK feed: it lists no services.")
    page = Page([], [], 0, _has_more(answer, number, len(listed)))
    left_out = 0
    for place, told in enumerate(listed, start=(number - 1) * PER_PAGE + 1):
        if not isinstance(told, dict) or not _for_young_children(told):
            left_out += 1
            continue
        whole = _whole(parts, told, reach) if time.monotonic() < ends else told
        entry = _entry(place, {**told, **whole}, page.problems, prefix, today)
        if entry is not None:
            page.found.append(entry)
    return Page(page.found, page.problems, left_out, page.more)


def _asked(address: str, reach: Reach) -> Any:
    try:
        response = fetch(address, reach)
    except OutboundRefused as refused:
        raise FeedRefused(why=str(refused)) from None
    except OutboundFailed as failed:
        raise FeedRefused(why=f"The feed could not be read. {failed}") from None
    if response.status_code != 200:
        raise FeedRefused(why=f"The feed answers with an error ({response.status_code}).")
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise FeedRefused(why="The address answers, but not as an Open Referral UK feed.") from None


def _has_more(answer: Mapping[str, Any], number: int, listed: int) -> bool:
    if not listed or number >= MOST_PAGES:
        return False
    last = answer.get("last_page", answer.get("last"))
    pages = answer.get("total_pages", answer.get("totalPages"))
    if isinstance(pages, int) and not isinstance(pages, bool):
        return number < pages
    return last is False


def _for_young_children(told: Mapping[str, Any]) -> bool:
    """Whether a service is open, and for children who have not long started school, as far as the feed says."""
    status = str(told.get("status") or "active").casefold()
    youngest = _number(told.get("minimum_age"))
    return status not in _CLOSED and (youngest is None or youngest < SCHOOL_AGE)


def _whole(parts: Any, told: Mapping[str, Any], reach: Reach) -> Mapping[str, Any]:
    """A service's own page, which says how to reach it; what the list says is enough where that page does not come."""
    path = f"{parts.path}/{quote(str(told.get('id', '')), safe='')}"
    try:
        found = _asked(urlunsplit(parts._replace(path=path, query="")), reach)
    except FeedRefused:
        return {}
    return found if isinstance(found, dict) and found.get("id") == told.get("id") else {}


def _entry(place: int, told: Mapping[str, Any], problems: list[Problem], prefix: str, today: date) -> Entry | None:
    known = str(told.get("id") or "").strip()
    try:
        if not known or len(known) > 200:
            raise Wrong("The feed gives no id for this service.")
        first, last = _ages(told)
        said = Particulars(
            name=entries.words(entries.LONGEST_NAME)(told.get("name")),
            what_for=_shortened(told.get("description") or told.get("name")),
            age_from_months=first,
            age_to_months=last,
            telephone=_first(entries.telephone, _numbers(told)),
            email=_first(entries.email, [told.get("email"), *_of(told.get("contacts"), "email")]),
            web_page=_first(entries.web_page, [told.get("url")]),
            area=_first(entries.words(entries.LONGEST_NAME), _areas(told)),
        )
    except Wrong as wrong:
        problems.append(Problem(place, "Name", f"{told.get('name') or 'A service without a name'}: {wrong}"[:300]))
        return None
    checked = _first(entries.day, [str(told.get("assured_date") or "")[:10]])
    return Entry(said, checked if checked and checked <= today else None, f"{prefix}{known}")


def _ages(told: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """First and last age in months; the first UK form has a list of its own for them. Over 25 years is no limit."""
    listed = told.get("eligibilitys")
    limits = next((each for each in listed if isinstance(each, dict)), {}) if isinstance(listed, list) else {}
    first, last = (
        _number(told.get(name)) if told.get(name) is not None else _number(limits.get(name))
        for name in ("minimum_age", "maximum_age")
    )
    months = [None if years is None or not 0 <= years <= 25 else round(years * 12) for years in (first, last)]
    if months[0] is not None and months[1] is not None and months[1] < months[0]:
        return None, None
    return months[0], months[1]


def _numbers(told: Mapping[str, Any]) -> list[Any]:
    contacts = told.get("contacts")
    within = [each.get("phones") for each in contacts if isinstance(each, dict)] if isinstance(contacts, list) else []
    return [number for phones in [told.get("phones"), *within] for number in _of(phones, "number")]


def _areas(told: Mapping[str, Any]) -> list[Any]:
    areas = told.get("service_areas")
    return [*_of(areas, "name"), *_of(areas, "service_area")]


def _of(listed: Any, name: str) -> list[Any]:
    return [each.get(name) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _first(read: Callable[[Any], Any], values: list[Any]) -> Any:
    """The first value that can be used, None when none can: a directory's slip is no reason to leave a service out."""
    for value in values:
        if isinstance(value, str) and not entries.blank(value):
            try:
                return read(value)
            except Wrong:
                continue
    return None


def _number(value: Any) -> float | None:
    try:
        return float(value) if value is not None and not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _shortened(value: Any) -> str:
    words = " ".join(str(value or "").split()).replace("\0", "")
    if not words:
        raise Wrong("The feed says neither a name nor what it is for.")
    return words if len(words) <= 600 else f"{words[:600].rsplit(' ', 1)[0]} …"
