"""Terms as plain lines: each with what it means, its value in words, its source and whether it is assumed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import fields

from portage.policy.shapes import Line
from portage.policy.terms import declared_types

WriteLine = Callable[[str, str, str], Line]  # label, text, path of the term


def stated(shape: Any, at: str, title: str, line: WriteLine, *, leaving_out: tuple[str, ...] = ()) -> Iterator[Line]:
    """Write each term that a table states; what is left out, false or empty states nothing."""
    declared = declared_types(type(shape))
    for each in dataclasses.fields(shape):
        value = getattr(shape, each.name)
        if each.name in leaving_out or value is None or value is False or value == ():
            continue
        path = f"{at}.{each.name}"
        named = f"{title}, {_plain(each.name)}"
        if dataclasses.is_dataclass(value):
            yield from list(stated(value, path, named, line)) or [line(named, "Yes", path)]
        elif isinstance(value, Mapping):
            for key, one in value.items():
                yield from stated(one, f"{path}.{key}", f"{named} ({_plain(key)})", line)
        else:
            term: fields.Field[Any] = declared[each.name].__metadata__[0]
            yield line(f"{title}: {term.metadata['about']}", in_words(term, value), path)


def in_words(term: fields.Field[Any], value: Any) -> str:
    """Write the value of one term as people read it, with its unit."""
    words: Mapping[str, str] = term.metadata.get("words", {})
    if value is True:
        return "Yes"
    if isinstance(value, tuple):
        return "; ".join(words.get(one, str(one)) for one in value)
    unit = term.metadata.get("unit", "")
    return f"{words.get(value, value)}{f' {unit}' if unit and 'see' not in unit else ''}"


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
