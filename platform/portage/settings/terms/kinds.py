"""What kind of field a term is on a page: drawn from the schema of the plugin, never from code that somebody typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from marshmallow import fields, validate

from portage.policy.said import about
from portage.policy.terms import MODES

Field = fields.Field[Any]
Typed = dict[str, list[str]]  # name of an input to what was typed or chosen there
Kind = Literal["text", "number", "yes-no", "choice", "ticks", "ordered", "lines", "numbers", "part", "table"]

LONGEST_TEXT = 2000
ROWS, KEY, ON = "_rows", "_key", "_on"  # the inputs that hold a table's rows, a row's key, and whether a part is stated
ASSUMED = "_assumed"


def kind_of(field: Field) -> Kind:
    """Say how a field is filled in."""
    if isinstance(field, fields.Nested):
        return "part"
    if isinstance(field, fields.Dict):
        return "table"
    if isinstance(field, fields.List):
        return _kind_of_list(field)
    if isinstance(field, fields.Boolean):
        return "yes-no"
    if isinstance(field, fields.Integer):
        return "number"
    return "choice" if choices_of(field) else "text"


def _kind_of_list(field: fields.List[Any]) -> Kind:
    if isinstance(field.inner, fields.Integer):
        return "numbers"
    if not choices_of(field.inner):
        return "lines"
    return "ordered" if field.metadata.get("ordered") else "ticks"


def choices_of(field: Field) -> dict[str, str]:
    """Return the closed list of a field with the words that people read; nothing where any text may stand."""
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            words: Mapping[str, str] = {**MODES, **field.metadata.get("words", {})}
            return {str(key): words.get(str(key), plain(str(key))) for key in check.choices}
    return {}


def range_of(field: Field) -> tuple[int, int] | None:
    """Return the least and the greatest whole number that a field takes."""
    for check in field.validators:
        if isinstance(check, validate.Range):
            return int(check.min), int(check.max)
    return None


def inner_of(field: Field) -> Mapping[str, Field]:
    """Return the fields of a part, or of each row of a table."""
    nested: Any = field.value_field if isinstance(field, fields.Dict) else field
    found: Mapping[str, Field] = nested.schema.fields
    return found


def label_of(field: Field, name: str) -> str:
    """Return what a field is called on a page: its own words, or for a part its name."""
    if kind_of(field) in ("part", "table"):
        return plain(name)
    return about(field)


def plain(name: str) -> str:
    """Write a key as words."""
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]
