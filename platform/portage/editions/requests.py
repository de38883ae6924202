"""Requests as a file holds them: one JSON object, or one on each line, all checked before any is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from portage.editions.folders import TenantPolicy
from portage.policy import Edition, FactErrors, Facts, NoEditionInForce, edition_in_force


class LineProblem(NamedTuple):
    """One wrong field of one line."""

    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.sentence}"


class Request(NamedTuple):
    """Facts that were read, with the edition that judges them."""

    edition: Edition
    facts: Facts


def read_requests(
    council: TenantPolicy, chosen: Edition | None, content: bytes
) -> tuple[list[Request], list[LineProblem]]:
    """Read every request of a file, and everything that is wrong with it; judge by one edition, or each by its day."""
    requests: list[Request] = []
    problems: list[LineProblem] = []
    known = {edition.plugin: council.extra_facts(council.policy_of(edition)) for edition in council.editions}
    for number, obj, wrong in _objects(content):
        if wrong:
            problems.append(LineProblem(number, "request", wrong))
            continue
        try:
            edition = chosen or _edition_of_day(council, obj)
            facts = Facts.parse(council.policy_of(edition), obj, edition.terms, extra=known[edition.plugin])
            requests.append(Request(chosen or edition_in_force(council.published, facts.received_on), facts))
        except FactErrors as errors:
            problems.extend(LineProblem(number, path, sentence) for path, sentence in errors.problems)
        except NoEditionInForce as error:
            problems.append(LineProblem(number, "received_on", str(error)))
    return requests, problems


def _edition_of_day(council: TenantPolicy, obj: object) -> Edition:
    """Return the edition whose routes are to be read: that of the day, or the first where there is none."""
    try:
        return edition_in_force(council.published, date.fromisoformat(obj["received_on"]))  # type: ignore[index] # any JSON
    except (LookupError, TypeError, ValueError):  # what is wrong with the day is said when the facts are read
        return (council.published or council.editions)[0]


def _objects(content: bytes) -> Iterator[tuple[int, object, str]]:
    """Yield line number, object, and what is wrong with the line; a file that is one object is one request."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    whole, wrong = _parsed(content)
    if not wrong and isinstance(whole, dict):
        yield 1, whole, ""
        return
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, *_parsed(line)


def _parsed(line: bytes) -> tuple[object, str]:
    """Parse one object; decimals stay as they were written, so that a limit is met exactly or not at all."""
    try:
        return json.loads(line.decode("utf-8"), parse_float=Decimal), ""
    except UnicodeDecodeError:
        return None, "is not written in UTF-8"
    except (ValueError, RecursionError):
        return None, "is not a JSON object"
