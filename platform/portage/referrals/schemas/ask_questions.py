"""Questions and pages of a form: one description for the fields, what is checked, and how answers are shown."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from portage.core.forms import Choice, Day, Form, FormSchema, Text, Ticks, YesNo, read
from portage.core.mailboxes import is_mailbox
from portage.families.operations import is_postcode

Kind = Literal[
    "text",
    "name",
    "email",
    "telephone",
    "postcode",
    "long-text",
    "date",
    "birthday",
    "yes-no",
    "choice",
    "ticks",
    "hours",
]
Answers = dict[str, Any]
Sent = Mapping[str, Any]
Check = Callable[[Answers, date], Mapping[str, str]]
Options = tuple[tuple[str, str, str], ...]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TELEPHONE = re.compile(r"\+?[0-9 ()./-]*(\s?(ext|x)\.? ?[0-9]{1,6})?", re.IGNORECASE)
LONGEST = {"long-text": 4000, "text": 200, "name": 100, "email": 254, "telephone": 40, "postcode": 12}


@dataclass(frozen=True, slots=True)
class Question:
    """One field. `required` is the sentence that says what to do when it is left out; None where it may be."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    required: str | None = None
    options: Options = ()
    unknown: str | None = None  # the third answer beside yes and no
    autocomplete: str | None = None
    rows: int = 5
    not_later: str | None = None  # the sentence for a date after today

    @property
    def longest(self) -> int:
        """How many characters fit."""
        return LONGEST.get(self.kind, 200)


@dataclass(frozen=True, slots=True)
class Page:
    """What one page asks. `check` finds what no single field can; it gives sentences by field."""

    key: str
    title: str
    questions: tuple[Question, ...]
    intro: tuple[str, ...] = ()
    check: Check | None = None
    papers: bool = False
    optional: bool = False  # the whole page may be left empty

    @property
    def single(self) -> bool:
        """Whether the only question is the page's heading."""
        return len(self.questions) == 1 and not self.intro


class Hours(fields.Field[float]):
    """Hours a week: a number from 0 to 168, halves allowed."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        try:
            hours = float(str(value).replace(",", "."))
        except ValueError:
            raise ValidationError("Enter the hours as a number, such as 15 or 7.5.") from None
        if not 0 <= hours <= 168:
            raise ValidationError("Enter between 0 and 168 hours: a week has no more.")
        return int(hours) if hours == int(hours) else hours


@lru_cache(maxsize=512)
def schema_of(questions: tuple[Question, ...]) -> FormSchema:
    """The schema that reads these questions from a browser's form; every page reads those of the pages before it."""
    made = FormSchema.from_dict({question.name: _field(question) for question in questions}, name="Asked")
    schema = made()
    if not isinstance(schema, FormSchema):
        raise TypeError("a schema of questions is a form's schema")
    return schema


def read_questions(
    questions: Sequence[Question], sent: "MultiDict[str, str]", today: date, check: Check | None = None
) -> tuple[Answers | None, Form]:
    """Answers (None when something is wrong) and the form as the page shows it again, with every value as typed."""
    answers, form = read(schema_of(tuple(questions)), sent)
    for question in questions:
        given = (answers or {}).get(question.name)
        if question.not_later and isinstance(given, date) and given > today:
            form.refuse(question.name, question.not_later)
    if answers is not None and check is not None:
        for name, sentence in check(answers, today).items():
            form.refuse(name, sentence)
    return (None if form.errors else answers), form


def as_sent(values: Sent) -> "MultiDict[str, str]":
    """Values that were kept as typed, in the form in which a browser sends them."""
    return MultiDict(
        (name, each) for name, value in values.items() for each in (value if isinstance(value, list) else [value])
    )


def shown(question: Question, answer: Any) -> str | list[str]:
    """An answer in words, for the page that shows all of them."""
    if answer is None or answer == "" or answer == []:
        return question.unknown or "" if question.kind == "yes-no" else ""
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    if isinstance(answer, date):
        return f"{answer.day} {answer:%B %Y}"
    labels = {key: label for key, label, _ in question.options}
    if isinstance(answer, list):
        return [labels.get(str(each), str(each)) for each in answer]
    return labels.get(answer, str(answer))


def _field(question: Question) -> fields.Field[Any]:
    required = question.required
    if question.kind == "choice":
        return Choice(*(key for key, _, _ in question.options), required=required)
    if question.kind == "ticks":
        return Ticks(*(key for key, _, _ in question.options), required=required)
    if question.kind == "yes-no":
        return YesNo(required)
    if question.kind in ("date", "birthday"):
        return Day(required)
    if question.kind == "hours":
        return Hours(required=False, load_default=None, allow_none=True)
    return Text(required, longest=question.longest, checks=[_readable, *_CHECKS.get(question.kind, ())])


def _readable(text: str) -> None:
    if _CONTROL.search(text):
        raise ValidationError("Take out the characters that cannot be printed, and type the words again.")


def _email(text: str) -> None:
    if not is_mailbox(text):
        raise ValidationError("Enter an e-mail address in full, such as name@example.com.")


def _telephone(text: str) -> None:
    if not _TELEPHONE.fullmatch(text) or not 6 <= sum(sign.isdigit() for sign in text) <= 20:
        raise ValidationError("Enter a telephone number, such as 01632 960 001 or 07700 900 982.")


def _postcode(text: str) -> None:
    if not is_postcode(text):
        raise ValidationError("Enter a full postcode, such as SW1A 2AA.")


_CHECKS: dict[str, tuple[Callable[[str], None], ...]] = {
    "email": (_email,),
    "telephone": (_telephone,),
    "postcode": (_postcode,),
}
