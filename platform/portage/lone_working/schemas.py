"""From the forms of lone working to the commands of its operations."""

from datetime import time
from typing import Any, cast

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from portage.core.forms import Choice, FormSchema, Text, Tick, TimeOfDay
from portage.core.telephones import NotANumber, read_number
from portage.lone_working.models import OUTCOMES, WHOM
from portage.lone_working.operations.answering import Call, Numbers
from portage.lone_working.operations.watch import Watch
from portage.lone_working.words import WEEKDAYS


def _number(least: int, most: int, sentence: str) -> fields.Integer:
    return fields.Integer(
        required=True,
        error_messages={"required": sentence, "null": sentence, "invalid": sentence},
        validate=validate.Range(least, most, error=sentence),
    )


def _person(required: str | None = None) -> fields.UUID:
    wrong: dict[str, Any] = {"invalid_uuid": "Choose a person from the list.", "required": required or ""}
    return fields.UUID(required=required is not None, error_messages=wrong)


class _WatchForm(FormSchema):
    """Who is told, when and how soon; `watch_form` adds two times for each weekday."""

    first_id = _person("Choose the first person.")
    second_id = _person("Choose the second person.")
    out_first_id = _person()
    out_second_id = _person()
    grace_minutes = _number(5, 240, "Enter how many minutes after the planned end, from 5 to 240.")
    remind_minutes = _number(0, 60, "Enter how many minutes before, from 0 to 60.")
    again_minutes = _number(5, 120, "Enter after how many minutes, from 5 to 120.")
    staff_after_arrival = Tick()
    duty_name = Text(longest=100)
    duty_number = Text(longest=40)
    seen = fields.Integer(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=False)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """A day has both times in order or none, the duty number can be dialled, nobody is asked before the end."""
        wrong = {}
        for day, name in enumerate(WEEKDAYS):
            opens, closes = data.get(f"opens_{day}"), data.get(f"closes_{day}")
            if (opens is None) != (closes is None):
                wrong[f"closes_{day}"] = [f"Enter both times for {name}, or none."]
            elif opens is not None and closes is not None and closes <= opens:
                wrong[f"closes_{day}"] = [
                    f"The time until which {name} counts comes after the time from which it does."
                ]
        if data.get("duty_number") and not _dials(data["duty_number"]):
            wrong["duty_number"] = ["Enter a UK telephone number, such as 01632 960 001."]
        if data.get("remind_minutes", 0) > data.get("grace_minutes", 240):
            wrong["remind_minutes"] = ["Enter no more minutes than others wait after the planned end."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Watch:
        hours = [_hours(data.pop(f"opens_{day}", None), data.pop(f"closes_{day}", None)) for day in range(7)]
        number = data.get("duty_number")
        return Watch(**{**data, "hours": hours, "duty_number": read_number(number) if number else None})


def watch_form() -> FormSchema:
    """The form of the settings, with two times for each weekday."""
    times = {f"{which}_{day}": TimeOfDay() for day in range(7) for which in ("opens", "closes")}
    return cast(type[_WatchForm], _WatchForm.from_dict(dict(times), name="WatchFormWithHours"))()


def _hours(opens: time | None, closes: time | None) -> list[str] | None:
    return [opens.isoformat("minutes"), closes.isoformat("minutes")] if opens and closes else None


def _dials(typed: str) -> bool:
    try:
        return bool(read_number(typed))
    except NotANumber:
        return False


class NumbersForm(FormSchema):
    """Somebody's own numbers."""

    telephone = Text(longest=40)
    other_telephone = Text(longest=40)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Numbers:
        return Numbers(**data)


class CallForm(FormSchema):
    """A call, and what came of it."""

    whom = Choice(*WHOM, required="Choose whom you rang.")
    outcome = Choice(*OUTCOMES, required="Choose what came of the call.")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Call:
        return Call(**data)
