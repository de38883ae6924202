"""What one version of a part says and another does not, as labels and values for a page that shows both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portage.settings.terms.kinds import plain


def differing(one: Any, other: Any) -> list[tuple[str, str]]:
    """Return the terms of one version that the other has not, or has with another value."""
    known = dict(_flat(other, ()))
    mine = dict(_flat(one, ()))
    rows = [(_label(path), text) for path, text in mine.items() if known.get(path) != text]
    rows += [(_label(path), "Not stated") for path in known if path not in mine]
    if not rows and repr(one) != repr(other):
        rows = [("Order of the entries", ", ".join(map(plain, one or {})))]
    return rows


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    elif isinstance(value, list):
        yield path, "\n".join(map(str, value))
    elif value is not None:
        yield path, {True: "Yes", False: "No"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _label(path: tuple[str, ...]) -> str:
    return ": ".join(map(plain, path)) or "This part"
