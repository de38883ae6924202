"""What a schema says to a person: what each field does, what it may hold, and what is wrong with what was given."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from marshmallow import Schema, fields, validate

Asked = Schema | fields.Field[Any] | None


class Said(NamedTuple):
    """What is wrong with one field: its path, names joined by dots and list items counted from 0, and a sentence."""

    path: str
    sentence: str


_PLAINLY = {
    "Not a valid string.": "must be a text in quotation marks",
    "Not a valid integer.": "must be a whole number",
    "Not a valid boolean.": "must be true or false",
    "Not a valid date.": "must be a date written as 2026-09-01",
    "Not a valid list.": "must be a list in square brackets",
    "Not a valid mapping type.": "must be a table",
    "Invalid input type.": "must be a table",
    "Shorter than minimum length 1.": "must not be empty",
    "Names something twice.": "names something twice",
}
_MISSING, _UNKNOWN, _NO_KEY = (
    "Missing data for required field.",
    "Unknown field.",
    "String does not match expected pattern.",
)


def said(asked: Asked, messages: Any, path: str = "") -> Iterator[Said]:
    """Turn marshmallow's nested messages about what a schema was given into one sentence for each wrong field."""
    if not isinstance(messages, Mapping):
        yield from (Said(path, _sentence(asked, message)) for message in messages)
        return
    for key, inner in messages.items():
        if key == "_schema":
            yield from said(asked, inner, path)
            continue
        below = f"{path}.{key}" if path else str(key)
        held = within(asked, key)
        if isinstance(asked, fields.Dict) and isinstance(inner, Mapping):
            yield from (Said(below, _sentence(None, message)) for message in inner.get("key", ()))
            yield from said(held, inner.get("value", {}), below)
        elif held is None and inner == [_UNKNOWN]:
            yield Said(below, _unknown(str(key), asked))
        else:
            yield from said(held, inner, below)


def within(asked: Asked, key: str | int) -> Asked:
    """Return what a schema, a table or a list asks of one name or item; None where it knows no such name."""
    if isinstance(asked, fields.Nested):
        asked = asked.schema
    if isinstance(asked, Schema):
        return asked.fields.get(str(key))
    if isinstance(asked, fields.Dict):
        return asked.value_field
    return asked.inner if isinstance(asked, fields.List) else None


def field_at(schema: Schema, path: Sequence[str | int]) -> Asked:
    """Return the field at a path of names and list items, or None."""
    asked: Asked = schema
    for key in path:
        asked = within(asked, key)
    return asked


def about(asked: Asked) -> str:
    """Say what a field does: its own words, or for a table the sentence that its shape begins with."""
    if isinstance(asked, fields.Nested):
        asked = asked.schema
    if isinstance(asked, Schema):
        shape = getattr(asked, "shape", None)
        return (
            inspect.cleandoc(shape.__doc__ or "").partition("\n\n")[0].replace("\n", " ").rstrip(".") if shape else ""
        )
    if asked is None:
        return ""
    inner = within(asked, 0) if isinstance(asked, fields.List | fields.Dict) else None
    return str(asked.metadata.get("about") or about(inner))


def kind(asked: Asked) -> str:
    """Say what a field may hold, in the words of somebody who fills it in."""
    if isinstance(asked, fields.List):
        return f"a list; each item is {kind(asked.inner)}"
    if not isinstance(asked, fields.Field) or isinstance(asked, fields.Nested | fields.Dict):
        return "a table"
    if isinstance(asked, fields.Boolean):
        return "true or false"
    if isinstance(asked, fields.Date):
        return "a date such as 2026-09-01"
    for check in asked.validators:
        if isinstance(check, validate.OneOf):
            return f"one of: {', '.join(map(str, check.choices))}"
        if isinstance(check, validate.Range):
            return f"a whole number from {check.min} to {check.max}"
    return str(asked.metadata.get("kind", "a text in quotation marks"))


def asked_for(asked: Asked) -> str:
    """Say what a field does and what it may hold, in two sentences."""
    held = kind(asked)
    return f"{about(asked)}. {held[0].upper()}{held[1:]}."


def _sentence(asked: Asked, message: str) -> str:
    means = about(asked)
    meant = f" ({means})" if means else ""
    if message == _MISSING:
        return f"is missing. {asked_for(asked)}"
    if message == _NO_KEY:
        return "must be made of small letters and digits, with single hyphens between them."
    if message.startswith("Must be greater"):
        return f"must be {kind(asked)}{meant}."
    plain = _PLAINLY.get(message, message.rstrip("."))
    return f"{plain[0].lower()}{plain[1:]}{meant}."


def _unknown(key: str, asked: Asked) -> str:
    schema = asked.schema if isinstance(asked, fields.Nested) else asked
    known = list(schema.fields) if isinstance(schema, Schema) else []
    near = get_close_matches(key, known, 1)
    return (
        f"is not known here. Did you mean {near[0]}?" if near else f"is not known here. Known are: {', '.join(known)}."
    )
