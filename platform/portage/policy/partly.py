"""Terms of which some are wrong, as far as they could be read, so that the rest can still be checked.

A wrong term is neither what was given nor a default: whoever uses it is stopped. So nothing is said of what follows
from a mistake that is told already.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NoReturn

from marshmallow import fields


class TermNotRead(LookupError):
    """A term was used that could not be read."""


class _Unread:
    """Stands for a term that could not be read; only `is` may be asked of it."""

    def _used(self, *_: object) -> NoReturn:
        raise TermNotRead("this term could not be read")

    __getattr__ = __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __hash__ = _used
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __str__ = _used


_UNREAD = _Unread()


def partly_read(schema: Any, read: Mapping[str, Any], wrong: Mapping[str, Any]) -> Any:
    """Build the shape of a schema from what was read; `wrong` holds marshmallow's messages about the rest."""
    values = {
        each.name: _value(schema.fields[each.name], read.get(each.name), wrong[each.name])
        for each in dataclasses.fields(schema.shape)
        if each.name in wrong
    }
    whole = {name: tuple(one) if isinstance(one, list) else one for name, one in read.items() if name not in values}
    return schema.shape(**whole, **values)


def _value(field: fields.Field[Any], read: Any, wrong: Any) -> Any:
    if not isinstance(wrong, Mapping) or "_schema" in wrong:
        return _UNREAD
    read = read if isinstance(read, Mapping) else {}
    if isinstance(field, fields.Nested):
        return partly_read(field.schema, read, wrong)
    if isinstance(field, fields.Dict) and field.value_field:
        inner = {key: told["value"] for key, told in wrong.items() if "value" in told}
        return {**read, **{key: _value(field.value_field, read.get(key), told) for key, told in inner.items()}}
    return _UNREAD
