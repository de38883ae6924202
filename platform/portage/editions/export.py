"""Editions written as the same TOML that they are seeded from, term by term in the order the policy declares."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, get_args, get_type_hints

import tomli_w

from portage.editions.folders import TenantPolicy
from portage.policy import Edition
from portage.policy.record import as_table


def editions_as_toml(council: TenantPolicy) -> str:
    """Return the text of a `policy.toml`: dated editions in their order, drafts last.

    An edition names its policy where that is not the council's, and tells who decided, what it corrects and whether
    it was withdrawn.
    """
    ordered = sorted(
        council.editions,
        key=lambda each: (each.draft, each.effective_from or date.max, each.withdrawn, each.record.revision),
    )
    return tomli_w.dumps({"edition": [_as_table(council, edition) for edition in ordered]})


def _as_table(council: TenantPolicy, edition: Edition) -> dict[str, Any]:
    given = edition.given
    head = {key: given[key] for key in ("effective_from", "source") if given.get(key) is not None}
    if edition.plugin != council.policy.name:
        head["plugin"] = edition.plugin
    head |= as_table(edition.record)
    if given.get("assumptions"):
        head["assumptions"] = [{"term": each["term"], "says": each["says"]} for each in given["assumptions"]]
    return {**head, "terms": in_order(council.policy_of(edition).terms_type, given["terms"])}


def in_order(shape: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put terms into the order in which their shape declares them; keys of a table keep theirs."""
    hints = _plain_types(shape)
    ordered: dict[str, Any] = {}
    for each in dataclasses.fields(shape):
        if (value := given.get(each.name)) is None:
            continue
        if isinstance(value, Mapping):
            inner = _shape_within(hints[each.name])
            whole = dataclasses.is_dataclass(hints[each.name]) or type(None) in get_args(hints[each.name])
            value = in_order(inner, value) if whole else {key: in_order(inner, one) for key, one in value.items()}
        ordered[each.name] = value
    return ordered


@cache
def _plain_types(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)


def _shape_within(hint: Any) -> Any:
    """Return the dataclass inside `X`, `X | None` or `Mapping[str, X]`."""
    return next(one for one in (hint, *get_args(hint)) if dataclasses.is_dataclass(one))
