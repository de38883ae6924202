"""Requests as a file holds them: one JSON object, or one on each line, all checked before any is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from portage.policy import Edition, FactErrors, Facts, NoEditionInForce, Policy


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
    policy: Policy[Any], edition_for: Callable[[Facts], Edition], content: bytes
) -> tuple[list[Request], list[LineProblem]]:
    """Read every request of a file, and everything that is wrong with it."""
    requests: list[Request] = []
    problems: list[LineProblem] = []
    for number, obj, wrong in _objects(content):
        if wrong:
            problems.append(LineProblem(number, "request", wrong))
            continue
        try:
            facts = Facts.parse(policy, obj)
            requests.append(Request(edition_for(facts), facts))
        except FactErrors as errors:
            problems.extend(LineProblem(number, path, sentence) for path, sentence in errors.problems)
        except NoEditionInForce as error:
            problems.append(LineProblem(number, "received_on", str(error)))
    return requests, problems


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
