"""A request that came on paper, by e-mail or by telephone, as staff write it down: all questions on one page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from portage.core.forms import Form
from portage.policy import Route
from portage.referrals.operations.receive import ReceiveReferral
from portage.referrals.schemas.ask_answers import as_request
from portage.referrals.schemas.ask_journey import missing_papers
from portage.referrals.schemas.ask_pages import PARENT, sections_for_staff
from portage.referrals.schemas.ask_questions import Answers, Page, Question, read_questions

THIS_FORM, NO_FORM, OTHER_FORM = "this-form", "no-form", "other-form"
HOW = (("paper", "On paper", ""), ("email", "By e-mail", ""), ("telephone", "By telephone", ""))
# What a request cannot be taken in without. Anything else that a paper form leaves out is found out later.
_NEEDED = frozenset({"given_name", "family_name", "born", "referrer_name"})
_NEEDED_OF_PARENT = _NEEDED | {"carer_name"}
_KEPT_CHECKS = frozenset({"child", "other-carer"})


@dataclass(frozen=True, slots=True)
class Entry:
    """The page for one route and one kind of person who asked."""

    route: Route
    referrer: str
    sections: tuple[Page, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in order."""
        return tuple(question for section in self.sections for question in section.questions)


def entry_for(route: Route, referrer: str, others: tuple[Route, ...]) -> Entry:
    """The page on which staff enter such a request; `others` are the other routes, whose forms get mixed up."""
    needed = _NEEDED_OF_PARENT if referrer == PARENT else _NEEDED
    asked = tuple(
        replace(
            page,
            questions=tuple(q if q.name in needed else replace(q, required=None) for q in page.questions),
            check=page.check if page.key in _KEPT_CHECKS else None,
        )
        for page in sections_for_staff(route, referrer)
    )
    return Entry(route, referrer, (_receipt(route, others), *asked))


def read_entry(entry: Entry, sent: "MultiDict[str, str]", today: date) -> tuple[ReceiveReferral | None, Form]:
    """The request that staff wrote down (None when something is wrong), and the form with all that was typed."""
    answers, form = read_questions(entry.questions, sent, today, lambda given, on: _check(entry, given, on))
    if answers is None:
        return None, form
    return _as_command(entry, answers), form


def _receipt(route: Route, others: tuple[Route, ...]) -> Page:
    """When and how the request came, and on which form."""
    forms = (
        (THIS_FORM, route.form_name, "The form of this way to ask"),
        *((other.key, other.form_name, "") for other in others if other.form_name != route.form_name),
        (NO_FORM, "No form: a letter, an e-mail or a conversation", ""),
        (OTHER_FORM, "Another form", ""),
    )
    return Page(
        "receipt",
        "How the request came",
        (
            Question(
                "received_on",
                "date",
                "On which day did the request reach the council?",
                hint="The real day, also if that was a while ago: the rules of that day apply. For example, 27 3 2024",
                required="Enter the day on which the request reached the council.",
                not_later="A request cannot have come in the future. Check the date.",
            ),
            Question(
                "received_known_by",
                "text",
                "How do you know the day?",
                hint="For example the date stamp, the postmark, the date of the e-mail, your note of the call",
                required="Say how the day is known.",
            ),
            Question("received_how", "choice", "How did it come?", required="Choose how it came.", options=HOW),
            Question(
                "form_used",
                "choice",
                "On which form did it come?",
                hint="A request on another form is taken all the same.",
                required="Choose the form that it came on.",
                options=forms,
            ),
            Question("form_other", "text", "Name of the other form, if it was one"),
        ),
    )


def _check(entry: Entry, answers: Answers, today: date) -> Mapping[str, str]:
    found: dict[str, str] = {}
    if answers["form_used"] == OTHER_FORM and not answers["form_other"]:
        found["form_other"] = "Enter the name of the form that it came on."
    if answers["born"] > answers["received_on"]:
        found["born"] = "The date of birth is after the day on which the request came. Check both."
    for section in entry.sections:
        if section.check is not None:
            found |= section.check({question.name: answers[question.name] for question in section.questions}, today)
    return found


def _as_command(entry: Entry, answers: Answers) -> ReceiveReferral:
    return as_request(
        entry.route,
        {**answers, "referrer": entry.referrer},
        received_on=answers["received_on"],
        received_how=answers["received_how"],
        received_known_by=answers["received_known_by"],
        form_used=_form_used(entry, answers),
        flags=missing_papers(entry.route, answers, ()),
    )


def _form_used(entry: Entry, answers: Mapping[str, Any]) -> str | None:
    """The form it really came on, by name; None when that was the route's own."""
    chosen = answers["form_used"]
    if chosen == THIS_FORM:
        return None
    if chosen == OTHER_FORM:
        return str(answers["form_other"])
    receipt = entry.sections[0].questions
    return next(label for question in receipt for key, label, _ in question.options if key == chosen)
