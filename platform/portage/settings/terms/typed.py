"""Terms as they are stored, written into the inputs of a form; and what a button of a table does to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from portage.settings.terms.kinds import ASSUMED, KEY, ON, ROWS, Field, Typed, inner_of, kind_of

MOST_ROWS = 100


def typed_of(field: Field, value: Any, name: str) -> Typed:
    """Return the inputs of a field that hold a stored value; None is a term that is not stated."""
    return {key: texts for key, texts in _typed(field, value, name) if texts}


def _typed(field: Field, value: Any, name: str) -> Iterator[tuple[str, list[str]]]:
    kind = kind_of(field)
    if kind == "part":
        yield f"{name}.{ON}", ["yes"] if value is not None else []
        for key, inner in inner_of(field).items():
            yield from _typed(inner, (value or {}).get(key), f"{name}.{key}")
    elif kind == "table":
        yield f"{name}.{ROWS}", [" ".join(str(number) for number in range(len(value or {})))]
        for number, (key, row) in enumerate((value or {}).items()):
            yield f"{name}.{number}.{KEY}", [key]
            for inner_name, inner in inner_of(field).items():
                yield from _typed(inner, row.get(inner_name), f"{name}.{number}.{inner_name}")
    elif kind == "ordered":
        yield from ((f"{name}.{place}", [each]) for place, each in enumerate(value or (), 1))
    else:
        yield name, _leaf(kind, value)


def _leaf(kind: str, value: Any) -> list[str]:
    if kind == "yes-no":
        return ["yes" if value else "no"]
    if value is None:
        return []
    if kind == "lines":
        return ["\n".join(value)]
    if kind == "numbers":
        return [", ".join(map(str, value))]
    return [str(each) for each in value] if kind == "ticks" else [str(value)]


def typed_assumptions(assumed: Mapping[str, str]) -> Typed:
    """Return the inputs that hold what is marked as assumed, by the path of the term."""
    typed: Typed = {f"{ASSUMED}.{ROWS}": [" ".join(str(number) for number in range(len(assumed)))]}
    for number, (term, says) in enumerate(assumed.items()):
        typed |= {f"{ASSUMED}.{number}.term": [term], f"{ASSUMED}.{number}.says": [says]}
    return typed


def typed_by(sent: MultiDict[str, str]) -> Typed:
    """Return what a browser sent, as it was typed."""
    return {name: list(texts) for name, texts in sent.lists()}


def rows_of(typed: Typed, name: str) -> list[str]:
    """Return the rows of a table in their order: numbers that its inputs carry; anything else is no row."""
    listed = " ".join(typed.get(f"{name}.{ROWS}", [])).split()
    found = [row for row in listed if row.isdecimal() and len(row) < 5]
    return list(dict.fromkeys(found))[:MOST_ROWS]


def pressed(typed: Typed, button: str) -> Typed:
    """Return the inputs after a button of a table: `add:NAME`, `drop:NAME.ROW` or `up:NAME.ROW`."""
    verb, _, target = button.partition(":")
    name, _, row = target.rpartition(".") if verb != "add" else (target, "", "")
    rows = rows_of(typed, name)
    if verb == "add" and len(rows) < MOST_ROWS:
        rows = [*rows, str(max(map(int, rows), default=-1) + 1)]
    elif verb == "drop":
        rows = [each for each in rows if each != row]
    elif verb == "up" and row in rows[1:]:
        at = rows.index(row)
        rows[at - 1 : at + 1] = [rows[at], rows[at - 1]]
    return {**typed, f"{name}.{ROWS}": [" ".join(rows)]}
