"""Terms of which some are wrong, as far as they could be read, so that everything else is still checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields


def partly_read(schema: Any, read: Mapping[str, Any], given: Any) -> Any:
    """Build the shape of a schema from what was read; a wrong term has its default, and None where it has none."""
    given = given if isinstance(given, Mapping) else {}
    values = {
        each.name: _value(schema.fields[each.name], read[each.name], given.get(each.name))
        if each.name in read
        else _left_out(each, given.get(each.name), schema.fields[each.name])
        for each in dataclasses.fields(schema.shape)
    }
    return schema.shape(**values)


def _value(field: fields.Field[Any], read: Any, given: Any) -> Any:
    if (
        isinstance(field, fields.Dict)
        and field.value_field
        and isinstance(read, Mapping)
        and isinstance(given, Mapping)
    ):
        return {key: _value(field.value_field, read.get(key, {}), given[key]) for key in given}
    if isinstance(field, fields.Nested) and isinstance(read, Mapping):
        return partly_read(field.schema, read, given)
    return tuple(read) if isinstance(read, list) else read


def _left_out(each: dataclasses.Field[Any], given: Any, field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Dict) and isinstance(given, Mapping):
        return _value(field, {}, given)
    if each.default is not dataclasses.MISSING:
        return each.default
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    schema: Schema | None = field.schema if isinstance(field, fields.Nested) else None
    return partly_read(schema, {}, given) if schema else None
