"""Forms: a blank is a missing answer, each mistake has its sentence, and nothing typed is lost."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from marshmallow import post_load
from werkzeug.datastructures import MultiDict

from portage.core.forms import Choice, Day, FormSchema, Text, Tick, Ticks, TimeOfDay, YesNo, read


@dataclass(frozen=True)
class Answers:
    """What the form below loads into."""

    name: str
    note: str | None
    born: date
    at: time | None
    areas: list[str]
    agreed: bool
    known: bool | None
    route: str


class AnswersSchema(FormSchema):
    """One field of each kind."""

    name = Text("Enter a name.", longest=10)
    note = Text()
    born = Day("Enter the date of birth.")
    at = TimeOfDay()
    areas = Ticks("hearing", "vision", required="Choose at least one area.")
    agreed = Tick("Tick the box if you agree.")
    known = YesNo("Say whether you know.")
    route = Choice("a", "b")

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Answers:
        return Answers(**data)


RIGHT: list[tuple[str, str]] = [
    ("name", " Sam "),
    ("note", ""),
    ("born-day", "3"),
    ("born-month", "2"),
    ("born-year", "2024"),
    ("at", "9.30"),
    ("areas", "hearing"),
    ("areas", "vision"),
    ("agreed", "yes"),
    ("known", "unknown"),
    ("route", "a"),
]


def sent(**changed: str | None) -> MultiDict[str, str]:
    pairs = [(name, value) for name, value in RIGHT if name not in changed]
    return MultiDict(pairs + [(name, value) for name, value in changed.items() if value is not None])


def test_right_answers_become_a_frozen_command() -> None:
    command, form = read(AnswersSchema(), sent())
    assert command == Answers("Sam", None, date(2024, 2, 3), time(9, 30), ["hearing", "vision"], True, None, "a")
    assert form.errors == {}


@pytest.mark.parametrize(
    ("field", "changed", "sentence"),
    [
        ("name", {"name": ""}, "Enter a name."),
        ("name", {"name": None}, "Enter a name."),
        ("name", {"name": "x" * 11}, "Use 10 characters or fewer."),
        ("born", {"born-day": "31"}, "Enter a real date, such as 27 3 2024."),
        ("born", {"born-day": "", "born-month": "", "born-year": ""}, "Enter the date of birth."),
        ("born", {"born-year": ""}, "Enter a real date, such as 27 3 2024."),
        ("at", {"at": "25:00"}, "Enter a time, such as 10:00 or 14:30."),
        ("areas", {"areas": None}, "Choose at least one area."),
        ("areas", {"areas": "smell"}, "Choose from the list."),
        ("agreed", {"agreed": None}, "Tick the box if you agree."),
        ("known", {"known": None}, "Say whether you know."),
        ("known", {"known": "perhaps"}, "Choose one of the answers."),
        ("route", {"route": "z"}, "Choose one of the answers."),
    ],
)
def test_each_mistake_has_its_sentence_and_keeps_what_was_typed(
    field: str, changed: dict[str, str | None], sentence: str
) -> None:
    command, form = read(AnswersSchema(), sent(**changed))
    assert command is None
    assert form.errors[field] == [sentence]
    assert form.values["at"] == changed.get("at", "9.30")
    for name, value in changed.items():
        assert form.values.get(name) in (value, [value])


def test_an_unknown_field_is_refused() -> None:
    command, form = read(AnswersSchema(), sent(tenant_id="another"))
    assert command is None
    assert "tenant_id" in form.errors


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("10:00", (10, 0)),
        ("9.30", (9, 30)),
        ("0930", (9, 30)),
        ("14:30:00", (14, 30)),
        ("2pm", (14, 0)),
        (" 2:30 p.m. ", (14, 30)),
        ("9.30AM", (9, 30)),
        ("12am", (0, 0)),
        ("12 pm", (12, 0)),
        ("Midday", (12, 0)),
        ("midnight", (0, 0)),
    ],
)
def test_a_time_is_read_as_people_type_it_and_as_pages_show_it(said: str, meant: tuple[int, int]) -> None:
    command, _ = read(AnswersSchema(), sent(at=said))
    assert command is not None
    assert command.at == time(*meant)


@pytest.mark.parametrize("said", ["2", "13pm", "0am", "24:00", "ten", "10:60", "1:2:3", "pm", "²pm", "10:00 or so"])
def test_what_may_mean_two_times_or_none_is_asked_again(said: str) -> None:
    command, form = read(AnswersSchema(), sent(at=said))
    assert command is None
    assert form.values["at"] == said
    assert form.errors == {"at": ["Enter a time, such as 10:00 or 14:30."]}
