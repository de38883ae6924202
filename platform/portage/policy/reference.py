"""The reference of a policy's terms, made from its schema: path, type, limits, default, an example, what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from portage.policy.plugin import Policy
from portage.policy.terms import schema_for

ANY_KEY = "<key>"


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term that an edition can state."""

    path: str
    kind: str
    unit: str
    limits: str
    default: str
    about: str


def terms_of(policy: Policy[Any]) -> Iterator[TermRow]:
    """Yield every term of a policy in the order in which an edition states them."""
    shape: Any = policy.terms_type
    yield from _rows(schema_for(shape)(), "")


def reference(policy: Policy[Any], example: Mapping[str, Any]) -> str:
    """Return the reference as a Markdown table, with values taken from an edition's terms."""
    lines = ["| term | type | unit | limits | default | example | what it does |", "|" + " --- |" * 7]
    for row in terms_of(policy):
        given = _cell(_example(example, row.path.split(".")))
        cells = (f"`{row.path}`", row.kind, row.unit, row.limits, row.default, given, row.about)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _rows(schema: Schema, at: str) -> Iterator[TermRow]:
    for name, field in schema.fields.items():
        yield from _rows_of(field, f"{at}.{name}" if at else name)


def _rows_of(field: fields.Field[Any], at: str) -> Iterator[TermRow]:
    if isinstance(field, fields.Nested):
        yield from _rows(field.schema, at)
    elif isinstance(field, fields.Dict):
        named = field.value_field
        assert isinstance(named, fields.Nested)  # noqa: S101 - tables of terms hold nothing else
        yield from _rows(named.schema, f"{at}.{ANY_KEY}")
    else:
        about = field.metadata["about"]
        yield TermRow(at, _kind(field), field.metadata.get("unit", ""), _limits(field), _default(field), about)


def _kind(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return f"list of {_kind(field.inner)}s"
    if isinstance(field, fields.Integer):
        return "whole number"
    if isinstance(field, fields.Boolean):
        return "true or false"
    return "choice" if _allowed(field) else "text"


def _allowed(field: fields.Field[Any]) -> list[str]:
    return [str(one) for check in field.validators if isinstance(check, validate.OneOf) for one in check.choices]


def _limits(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        inside = _limits(field.inner)
        return f"{inside}; none twice" if inside else "none twice"
    for check in field.validators:
        if isinstance(check, validate.Range):
            return f"{check.min} to {check.max}"
    return ", ".join(f"`{one}`" for one in _allowed(field))


def _default(field: fields.Field[Any]) -> str:
    if field.required:
        return "to be stated"
    if isinstance(field, fields.Boolean):
        return "false"
    return "none"


def _example(given: Any, names: list[str]) -> Any:
    for name in names:
        if not isinstance(given, Mapping):
            return None
        if name == ANY_KEY:
            rest = names[names.index(name) + 1 :]
            found = (_example(one, rest) for one in given.values())
            return next((value for value in found if value is not None), None)
        given = given.get(name)
    return given


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        more = ", ..." if len(value) > 2 else ""
        return f"`[{', '.join(_quoted(one) for one in value[:2])}{more}]`"
    return f"`{_quoted(value)}`"


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
