"""A notification that came on paper, by e-mail or by telephone, as staff write it down: all questions on one page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from werkzeug.datastructures import MultiDict

from portage.core.forms import Form
from portage.notifications.operations.receive import ReceiveNotification
from portage.notifications.schemas.form import as_notification, pages_of
from portage.notifications.taken import Taken
from portage.referrals.schemas.ask_questions import Answers, Page, Question, read_questions
from portage.referrals.schemas.entry import HOW

# What cannot be left out; anything else that a paper does not say is found out later, or stays a warning.
_NEEDED = frozenset({"body_kind", "referrer_name", "given_name", "family_name", "born"})


def sections_of(taken: Taken) -> tuple[Page, ...]:
    """How it came, and then every question of the form."""
    asked = tuple(
        replace(
            page,
            questions=tuple(q if q.name in _NEEDED else replace(q, required=None) for q in page.questions),
            check=page.check if page.key == "child" else None,
        )
        for page in pages_of(taken)
        if page.questions
    )
    return (_receipt(taken), *asked)


def read_entry(taken: Taken, sent: "MultiDict[str, str]", today: date) -> tuple[ReceiveNotification | None, Form]:
    """The notification that staff wrote down (None when something is wrong), and the form as typed."""
    sections = sections_of(taken)
    questions = tuple(question for section in sections for question in section.questions)
    answers, form = read_questions(questions, sent, today, lambda given, on: _check(sections, given, on))
    if answers is None:
        return None, form
    return _as_command(taken, answers), form


def _as_command(taken: Taken, answers: Answers) -> ReceiveNotification:
    return as_notification(
        taken,
        answers,
        arrived_on=answers["arrived_on"],
        arrived_how=answers["arrived_how"],
        arrived_known_by=answers["arrived_known_by"],
        form_used=answers["form_used"],
    )


def _receipt(taken: Taken) -> Page:
    return Page(
        "receipt",
        "How the notification came",
        (
            Question(
                "arrived_on",
                "date",
                "On which day did it reach the council?",
                hint="The real day, also if that was a while ago. For example, 27 3 2024",
                required="Enter the day on which the notification reached the council.",
                not_later="A notification cannot have come in the future. Check the date.",
            ),
            Question(
                "arrived_known_by",
                "text",
                "How do you know the day?",
                hint="For example the date stamp, the date of the e-mail, your note of the call",
                required="Say how the day is known.",
            ),
            Question("arrived_how", "choice", "How did it come?", required="Choose how it came.", options=HOW),
            Question(
                "form_used",
                "text",
                "On which form did it come?",
                hint=f"Leave this empty if it was: {taken.told.name}. Any other form is taken all the same.",
            ),
        ),
    )


def _check(sections: tuple[Page, ...], answers: Answers, today: date) -> Mapping[str, str]:
    found: dict[str, str] = {}
    if answers["born"] > answers["arrived_on"]:
        found["born"] = "The date of birth is after the day on which the notification came. Check both."
    for section in sections:
        if section.check is not None:
            found |= section.check({question.name: answers[question.name] for question in section.questions}, today)
    return found
