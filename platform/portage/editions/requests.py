"""Requests as a file holds them: one JSON object, or one on each line, all checked before any is answered."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from portage.core.json_lines import LineProblem, objects
from portage.editions.folders import TenantPolicy
from portage.policy import Edition, FactErrors, Facts, NoEditionInForce, edition_in_force


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
    for number, obj, wrong in objects(content):
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
