"""The fields of a part of an edition, ready for a page: label, help, unit, limits, what is typed, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import fields

from portage.policy.said import about
from portage.settings.terms.kinds import KEY, ON, Field, Typed, choices_of, inner_of, kind_of, label_of, range_of
from portage.settings.terms.typed import rows_of

Errors = Mapping[str, list[str]]


@dataclass
class Row:
    """One entry of a table."""

    name: str
    key: str
    new: bool
    title: str
    nodes: list[Node]
    errors: list[str]


@dataclass
class Node:
    """One field, part or table of a form."""

    kind: str
    name: str
    label: str
    hint: str = ""
    values: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    optional: bool = False
    on: bool = True  # of a part that may be left out
    long: bool = False
    nodes: list[Node] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    fixed: bool = False  # a table whose entries the policy draws itself


def shown(asked: Field, typed: Typed, name: str, errors: Errors, *, known: Any = None, fixed: bool = False) -> Node:
    """Return a field with everything below it; `known` is what is stored, so that new entries may be named."""
    kind = kind_of(asked)
    node = Node(
        kind, name, label_of(asked, name.rpartition(".")[2]), errors=errors.get(name, []), optional=not asked.required
    )
    if kind == "part":
        node.hint, node.errors = about(asked), errors.get(f"{name}.{ON}", node.errors)
        node.on = typed.get(f"{name}.{ON}") == ["yes"]
        node.nodes = _inner(asked, typed, name, errors, known)
    elif kind == "table":
        node.hint, node.fixed = about(asked), fixed
        node.rows = [_row(asked, typed, f"{name}.{row}", errors, known) for row in rows_of(typed, name)]
    else:
        _fill(node, asked, typed)
    return node


def _inner(asked: Field, typed: Typed, name: str, errors: Errors, known: Any) -> list[Node]:
    return [
        shown(inner, typed, f"{name}.{key}", errors, known=(known or {}).get(key))
        for key, inner in inner_of(asked).items()
    ]


def _row(asked: Field, typed: Typed, name: str, errors: Errors, known: Any) -> Row:
    key = "".join(typed.get(f"{name}.{KEY}", []))
    titles = (typed.get(f"{name}.{each}") for each in ("name", "title", "party"))
    title = next(("".join(each) for each in titles if each), "")
    nodes = _inner(asked, typed, name, errors, (known or {}).get(key))
    return Row(name, key, key not in (known or {}), title, nodes, errors.get(f"{name}.{KEY}", []))


def _fill(node: Node, asked: Field, typed: Typed) -> None:
    node.values = typed.get(node.name, [])
    if node.kind == "ordered" and isinstance(asked, fields.List):
        places = range(1, len(choices_of(asked.inner)) + 1)
        node.values = ["".join(typed.get(f"{node.name}.{place}", [])) for place in places]
    node.unit = asked.metadata.get("unit", "")
    if "see" in node.unit.split():
        node.unit = ""  # another field says it
    inner = asked.inner if isinstance(asked, fields.List) else asked
    node.choices, limits = choices_of(inner), range_of(inner)
    if node.kind == "number" and limits:
        node.hint = f"A whole number from {limits[0]} to {limits[1]}."
    elif node.kind == "numbers" and limits:
        node.hint = f"Whole numbers from {limits[0]} to {limits[1]}, with commas between them."
    elif node.kind == "lines":
        node.hint = "One on each line."
    elif node.kind == "ordered":
        node.hint = "The first choice comes first. Leave out what does not count."
    node.long = len("".join(node.values)) > 30
