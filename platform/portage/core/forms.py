"""From what a browser sent to a frozen command: marshmallow checks, and nothing typed is lost on the way back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, ClassVar, TypeVar

from marshmallow import Schema, ValidationError, fields, missing, validate
from werkzeug.datastructures import MultiDict

Read = TypeVar("Read")


@dataclass(slots=True)
class Form:
    """A form as a page shows it: `values` by field name as typed (text, or a list), `errors` by field name."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, name: str, sentence: str) -> "Form":
        """Add an error that only an operation could find."""
        self.errors.setdefault(name, []).append(sentence)
        return self


class FormSchema(Schema):
    """A schema for a browser's form: texts are trimmed, a blank is a missing answer, unknown fields are refused.

    `many` names the fields that may come several times (tick boxes). Dates come as three inputs: `born-day` and so on.
    """

    many_fields: ClassVar[frozenset[str]] = frozenset()
    ignored: ClassVar[frozenset[str]] = frozenset({"_csrf", "_key"})


class Text(fields.String):
    """Typed text, trimmed; `required` is a sentence that says what to do."""

    def __init__(self, required: str | None = None, *, longest: int = 200, **options: Any) -> None:
        super().__init__(
            required=required is not None,
            allow_none=required is None,
            load_default=None if required is None else missing,
            error_messages={"required": required or "", "null": required or ""},
            validate=[
                validate.Length(max=longest, error=f"Use {longest} characters or fewer."),
                *options.pop("checks", []),
            ],
            **options,
        )


class Choice(Text):
    """One of a closed list of keys."""

    def __init__(self, *choices: str, required: str | None = None, **options: Any) -> None:
        sentence = required or "Choose one of the answers."
        super().__init__(required, checks=[validate.OneOf(choices, error=sentence)], **options)


class Ticks(fields.List[str]):
    """Any number of tick boxes from a closed list; `required` asks for at least one."""

    def __init__(self, *choices: str, required: str | None = None, **options: Any) -> None:
        checks: list[Any] = [validate.Length(min=1, error=required)] if required else []
        inner = fields.String(validate=validate.OneOf(choices, error="Choose from the list.") if choices else None)
        super().__init__(inner, validate=checks, **_answered(required, list), **options)


class Tick(fields.Boolean):
    """One tick box; `required` is the sentence when it must be ticked."""

    def __init__(self, required: str | None = None, **options: Any) -> None:
        checks = [validate.Equal(True, error=required)] if required else []
        super().__init__(validate=checks, **_answered(required, False), **options)


def _answered(required: str | None, otherwise: Any) -> dict[str, Any]:
    """Options of a field that is missing when nothing was ticked: marshmallow checks no default, so none is given."""
    if required is None:
        return {"load_default": otherwise}
    return {"required": True, "error_messages": {"required": required, "null": required}}


class Answer(fields.Field[Read]):
    """One answer that is read in a way of its own; None where it is missing, unless `required` is the sentence."""

    def __init__(self, required: str | None = None, **options: Any) -> None:
        super().__init__(
            required=required is not None,
            load_default=None if required is None else missing,
            allow_none=required is None,
            error_messages={"required": required or "", "null": required or ""},
            **options,
        )


class YesNo(Answer[bool | None]):
    """Yes, no, or not known (None)."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool | None:
        answers = {"yes": True, "no": False, "unknown": None}
        if value not in answers:
            raise ValidationError("Choose one of the answers.")
        return answers[value]


class Day(Answer[date]):
    """A date typed as day, month and year: `NAME-day`, `NAME-month` and `NAME-year` are one value here."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        try:
            year, month, day = (int(part) for part in str(value).split("-"))
            if year < 1900:
                raise ValueError
            return date(year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError("Enter a real date, such as 27 3 2024.") from None


# 14:30, 9.30, 0930, 2pm, 2:30 p.m.; a lone hour needs am or pm, because 2 may be meant for the afternoon.
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?::\d{2})?(?:([ap])\.?m\.?)?", re.ASCII)
_NAMED = {"midday": time(12), "noon": time(12), "midnight": time(0)}


class TimeOfDay(Answer[time]):
    """A wall-clock time as people type it: 10:00, 9.30, 0930, 2pm or midday."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> time:
        typed = "".join(str(value).lower().split())
        if typed in _NAMED:
            return _NAMED[typed]
        found = _CLOCK.fullmatch(typed)
        try:
            if found is None or (found[2] is None and found[3] is None):
                raise ValueError
            hour = int(found[1])
            if found[3] and not 1 <= hour <= 12:
                raise ValueError
            half = 12 if found[3] == "p" else 0
            return time(hour % 12 + half if found[3] else hour, int(found[2] or 0))
        except ValueError:
            raise ValidationError("Enter a time, such as 10:00 or 14:30.") from None


def read(schema: FormSchema, sent: "MultiDict[str, str]") -> tuple[Any | None, Form]:
    """Load what a browser sent. Answers (command, form); the command is None when the form has errors."""
    values = typed(schema, sent)
    form = Form(values=values)
    try:
        return schema.load(_present(schema, values)), form
    except ValidationError as error:
        form.errors = {str(name): _sentences(found) for name, found in _by_field(error.messages).items()}
        return None, form


def typed(schema: FormSchema, sent: "MultiDict[str, str]") -> dict[str, Any]:
    """Every value as it was typed, with the three inputs of a date also joined under the date's own name."""
    values: dict[str, Any] = {}
    for name in sent:
        if name in schema.ignored:
            continue
        declared = schema.fields.get(name)
        several = isinstance(declared, fields.List) or name in schema.many_fields
        values[name] = [_trimmed(value) for value in sent.getlist(name)] if several else _trimmed(sent[name])
    for name, declared in schema.fields.items():
        if isinstance(declared, Day) and any(f"{name}-{part}" in values for part in ("day", "month", "year")):
            parts = [str(values.get(f"{name}-{part}", "")) for part in ("year", "month", "day")]
            values[name] = "-".join(parts) if any(parts) else ""
    return values


def _trimmed(value: str) -> str:
    """A text without blanks at its ends, and without the one sign that the database cannot keep."""
    return value.replace("\0", "").strip()


def _present(schema: FormSchema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Drop blanks (a missing answer) and the parts of dates; keep unknown names so that the schema refuses them."""
    dates = {name for name, declared in schema.fields.items() if isinstance(declared, Day)}
    parts = {f"{name}-{part}" for name in dates for part in ("day", "month", "year")}
    return {name: value for name, value in values.items() if name not in parts and value not in ("", [""])}


def _by_field(messages: Any) -> dict[str, Any]:
    """marshmallow answers a list when the whole form is refused, a dictionary by field otherwise."""
    return messages if isinstance(messages, dict) else {"_form": messages}


def _sentences(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [sentence for inner in found.values() for sentence in _sentences(inner)]
    return [str(sentence) for sentence in found]
