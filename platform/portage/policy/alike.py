"""Whether two rules answer alike for every request, told from what they are made of and never from their words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import FunctionType
from typing import Any

from portage.policy.rules.ages import AgeBetween, AgeLimit, Until
from portage.policy.rules.answers import AskedByParent, Known
from portage.policy.rules.combined import AllOf, AnyOf, ForAPerson

_PLAIN = (bool, int, float, str, bytes, date, Decimal, Fraction, set, frozenset, type(None))
# What each block tests by where some of its fields are words; of any other dataclass every field counts.
_TESTS_BY: dict[type, tuple[str, ...]] = {
    AgeLimit: ("first_day_out",),
    AgeBetween: ("first_day_in", "first_day_out"),
    Known: ("read",),
    AskedByParent: ("otherwise",),
    AllOf: ("parts",),
    AnyOf: ("parts",),
    ForAPerson: ("part", "weighed"),
    Until: ("first_day_out",),
}


def alike(one: Any, other: Any) -> bool:
    """Say whether two rules, or two values that rules are made of, are sure to answer alike; False where unsure.

    Functions are alike that have the same code over the same values: a rule is a pure function, so they answer alike.
    """
    return _alike(one, other, set())


def _alike(one: Any, other: Any, within: set[tuple[int, int]]) -> bool:
    pair = (id(one), id(other))
    if one is other or pair in within:  # a function that names itself is met again inside itself
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, _PLAIN):
        return bool(one == other)
    within.add(pair)
    try:
        parts, others = _made_of(one), _made_of(other)
        if parts is None or others is None or parts.keys() != others.keys():
            return False
        return all(_alike(parts[name], others[name], within) for name in parts)
    finally:
        within.discard(pair)


def _made_of(value: Any) -> dict[Any, Any] | None:
    """Return what a value rests on, by name; None for a kind of thing that nothing is known of."""
    if isinstance(value, FunctionType):
        return _of_function(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    names = _TESTS_BY.get(type(value)) or [each.name for each in dataclasses.fields(value)]
    return {name: getattr(value, name) for name in names}


def _of_function(function: FunctionType) -> dict[Any, Any]:
    """Return the code of a function, which is alike to itself alone, and every value that it holds."""
    found: dict[Any, Any] = {"code": function.__code__, "defaults": function.__defaults__ or ()}
    found["named"] = function.__kwdefaults__ or {}
    for number, cell in enumerate(function.__closure__ or ()):
        found[number] = cell.cell_contents
    return found
