"""From the inputs of a form back to terms as they are stored, and everything that is wrong, at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError, fields

from portage.policy.said import within
from portage.settings.terms.kinds import (
    ASSUMED,
    KEY,
    LONGEST_TEXT,
    ON,
    Field,
    Typed,
    choices_of,
    inner_of,
    kind_of,
    label_of,
    range_of,
)
from portage.settings.terms.typed import rows_of

Path = tuple[str | int, ...]
_MISSING, _NO_KEY = "Missing data for required field.", "String does not match expected pattern."


@dataclass
class Parsed:
    """A value as an edition holds it, the input behind each part of it, and sentences by the name of the input."""

    value: Any = None
    names: dict[Path, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, name: str, sentence: str) -> None:
        """Add a sentence at an input."""
        said = self.errors.setdefault(name, [])
        if sentence not in said:
            said.append(sentence)


def parse(asked: Field, typed: Typed, name: str, prior: Any) -> Parsed:
    """Read one part of an edition; `prior` is what it says now, so that what nobody touched stays as it is written."""
    found = Parsed()
    found.value = _read(found, asked, typed, name, prior, ())
    if not found.errors:
        _check(found, asked, name)
    return found


def _check(found: Parsed, asked: Field, name: str) -> None:
    """Let the plugin's own schema say what is wrong."""
    if found.value is None:
        if asked.required:
            found.refuse(name, "This part is needed: fill it in.")
        return
    try:
        asked.deserialize(found.value)
    except ValidationError as error:
        for path, at, message in _messages(asked, error.messages, ()):
            known = next(found.names[path[:end]] for end in range(len(path), -1, -1) if path[:end] in found.names)
            found.refuse(known, _sentence(at, path, message))


def _read(found: Parsed, asked: Field, typed: Typed, name: str, prior: Any, path: Path) -> Any:
    kind = kind_of(asked)
    found.names[path] = name
    if kind == "part":
        return _part(found, asked, typed, name, prior, path)
    if kind == "table":
        return _table(found, asked, typed, name, prior, path)
    names = [f"{name}.{place}" for place in range(1, len(_choices(asked)) + 1)] if kind == "ordered" else [name]
    texts = [text.strip() for each in names for text in typed.get(each, [])]
    if any(len(text) > LONGEST_TEXT for text in texts):
        found.refuse(name, f"{label_of(asked, name)}: use {LONGEST_TEXT} characters or fewer.")
    return _LEAVES[kind](asked, texts, prior)


def _choices(asked: Field) -> dict[str, str]:
    return choices_of(asked.inner) if isinstance(asked, fields.List) else {}


def _part(found: Parsed, asked: Field, typed: Typed, name: str, prior: Any, path: Path) -> Any:
    stated = asked.required or typed.get(f"{name}.{ON}") == ["yes"]
    inside = Parsed()
    fresh = {
        key: _read(inside, inner, typed, f"{name}.{key}", (prior or {}).get(key), (*path, key))
        for key, inner in inner_of(asked).items()
    }
    order = dict.fromkeys([*(prior or {}), *fresh])  # as it is written now; new terms follow
    value = {key: fresh[key] for key in order if fresh.get(key) is not None}
    if stated:
        found.names |= inside.names
        for at, sentences in inside.errors.items():
            found.errors.setdefault(at, []).extend(sentences)
        return value
    if prior is None and any(value.values()):
        found.refuse(f"{name}.{ON}", "Tick this box to state what you filled in below it, or clear it.")
    return None


def _table(found: Parsed, asked: Field, typed: Typed, name: str, prior: Any, path: Path) -> Any:
    rows: dict[str, Any] = {}
    for number in rows_of(typed, name):
        at = f"{name}.{number}"
        key = "".join(typed.get(f"{at}.{KEY}", [])).strip()
        before = len(found.errors)
        row = {
            inner_name: _read(
                found, inner, typed, f"{at}.{inner_name}", (prior or {}).get(key, {}).get(inner_name),
                (*path, key, inner_name),
            )
            for inner_name, inner in inner_of(asked).items()
        }  # fmt: skip
        stated = {inner_name: each for inner_name, each in row.items() if each is not None}
        if not key and not any(stated.values()) and len(found.errors) == before:
            continue  # a row that nobody filled in
        found.names[(*path, key)] = found.names[(*path, key, KEY)] = f"{at}.{KEY}"
        if not key:
            found.refuse(f"{at}.{KEY}", "Give this entry a short name, such as home-visits.")
        elif key in rows:
            found.refuse(f"{at}.{KEY}", f"Another entry has the short name {key}. Choose another one.")
        rows[key] = stated
    return rows if rows or prior is not None or asked.required else None


def _text(_: Field, texts: list[str], prior: Any) -> Any:
    given = "".join(texts).replace("\r\n", "\n")
    if isinstance(prior, str) and given.split() == prior.split():
        return prior
    return given or None


def _number(_: Field, texts: list[str], __: Any) -> Any:
    given = "".join(texts)
    return (_whole(given) if given else None) if texts else None


def _whole(text: str) -> int | str:
    """Read a whole number; anything else stays a text, which the schema refuses."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else text


def _yes_no(asked: Field, texts: list[str], prior: Any) -> Any:
    given = "".join(texts)
    if given in ("no", ""):
        return False if asked.required or prior is False else None
    return True if given == "yes" else given


def _choice(_: Field, texts: list[str], __: Any) -> Any:
    return "".join(texts) or None


def _list(asked: Field, items: list[Any], prior: Any) -> Any:
    return items if items or asked.required or prior == [] else None


def _lines(asked: Field, texts: list[str], prior: Any) -> Any:
    return _list(asked, [line.strip() for line in "\n".join(texts).splitlines() if line.strip()], prior)


def _numbers(asked: Field, texts: list[str], prior: Any) -> Any:
    return _list(asked, [_whole(each) for each in " ".join(texts).replace(",", " ").split()], prior)


def _ticks(asked: Field, texts: list[str], prior: Any) -> Any:
    """Keep the order in which the list stood; what is new follows in the order of the choices."""
    assert isinstance(asked, fields.List)  # noqa: S101 - of this kind are lists alone
    order = [*(prior or []), *choices_of(asked.inner)]
    known = [each for each in dict.fromkeys(order) if each in texts]
    return _list(asked, [*known, *(each for each in texts if each and each not in order)], prior)


def _ordered(asked: Field, texts: list[str], prior: Any) -> Any:
    return _list(asked, [each for each in texts if each], prior)


_LEAVES = {
    "text": _text,
    "number": _number,
    "yes-no": _yes_no,
    "choice": _choice,
    "lines": _lines,
    "numbers": _numbers,
    "ticks": _ticks,
    "ordered": _ordered,
}


def _messages(asked: Any, messages: Any, path: Path) -> Iterator[tuple[Path, Any, str]]:
    """Yield each message of the schema with its path and the field that it is about."""
    if not isinstance(messages, Mapping):
        yield from ((path, asked, str(message)) for message in messages)
        return
    for key, inner in messages.items():
        if key == "_schema":
            yield from _messages(asked, inner, path)
        elif isinstance(asked, fields.Dict) and isinstance(inner, Mapping):
            yield from (((*path, str(key), KEY), None, str(message)) for message in inner.get("key", ()))
            yield from _messages(asked.value_field, inner.get("value", {}), (*path, str(key)))
        else:
            yield from _messages(within(asked, key), inner, (*path, key))


def _sentence(asked: Any, path: Path, message: str) -> str:
    """Say what to do, in words for somebody at a form."""
    if asked is None:
        return "Use small letters and digits, with single hyphens between them." if message == _NO_KEY else message
    label = label_of(asked, str(path[-1]) if path else "")
    kind = kind_of(asked)
    if message == _MISSING:
        return f"{'Choose an answer' if kind in ('choice', 'yes-no') else 'Fill this in'}: {label}."
    if kind == "number" and (limits := range_of(asked)):
        return f"{label}: enter a whole number from {limits[0]} to {limits[1]}."
    if kind in ("choice", "yes-no") or message.startswith("Must be one of"):
        return f"{label}: choose one of the answers."
    if message == "Names something twice.":
        return f"{label}: something stands there twice."
    return f"{label}: {message[:1].lower()}{message[1:]}"


def parse_assumptions(found: Parsed, typed: Typed, part: str) -> dict[str, str]:
    """Read what is marked as assumed, by the path of the term; wrong ones are added to what was found."""
    paths = {term for term, _ in terms_within(found, part)}
    assumed: dict[str, str] = {}
    for number in rows_of(typed, ASSUMED):
        at = f"{ASSUMED}.{number}"
        term, says = ("".join(typed.get(f"{at}.{each}", [])).strip() for each in ("term", "says"))
        if not says:
            continue  # cleared
        if len(says) > LONGEST_TEXT:
            found.refuse(f"{at}.says", f"Use {LONGEST_TEXT} characters or fewer.")
        if not term:
            found.refuse(f"{at}.term", "Choose the term that no source states.")
        elif term in assumed:
            found.refuse(f"{at}.term", "This term is marked twice. Put both reasons into one.")
        elif term not in paths and not found.errors:
            found.refuse(f"{at}.term", "Choose a term that this part states.")
        assumed[term] = says
    return assumed


def terms_within(found: Parsed, part: str) -> list[tuple[str, str]]:
    """Return every term that a part states, by its path, with the name of its input."""
    stated = []
    for path, name in found.names.items():
        at: Any = found.value
        for key in path:
            at = at.get(key) if isinstance(at, Mapping) else None
        if at is not None and (not path or path[-1] != KEY):
            stated.append((".".join((part, *map(str, path))), name))
    return stated
