"""The few questions of "Could this be right for us?": none has to be answered, and nothing of an answer is kept."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from portage.core.forms import Form
from portage.policy import Ask
from portage.policy.fitting import NOT_TOLD, PARENT, Told
from portage.referrals.schemas.ask_questions import Answers, Kind, Question, read_questions

BORN = Question(
    "born",
    "birthday",
    "When was your child born?",
    hint="For example, 27 3 2024. Leave it empty if you would rather not say.",
    not_later="This date is in the future. Check the year. If your baby is not born yet, please call us instead.",
)
_OLDEST = 25  # years; a form that says more was filled in about somebody else
_KINDS: dict[str, Kind] = {"areas": "ticks", "evidence": "ticks"}
_NOT_SURE = "I am not sure"
# Questions of the form that lean on the one before them there, in words that stand alone; by the fact.
_ALONE: dict[str, tuple[str, str]] = {
    "child.setting_hours": (
        "How many hours a week is your child at a nursery, with a childminder or at a playgroup?",
        "Write 0 if they do not go. Leave it empty if you are not sure.",
    ),
    "child.setting_sessions": (
        "How many sessions a week is your child at a nursery or playgroup?",
        "A morning or an afternoon is one session. Leave it empty if you are not sure.",
    ),
    "child.lives_in_area": ("Do you live in this council's area?", ""),
    "child.delay": (
        "Which of these are you worried about?",
        "Tick all that apply, or none. Nobody expects you to measure anything.",
    ),
    "evidence": ("Which of these papers do you have?", "Tick all that apply, or none. You do not need any to ask."),
}


def questions_of(asks: tuple[Ask, ...]) -> tuple[Question, ...]:
    """The date of birth, and what the policy's conditions want that a parent knows."""
    return (BORN, *_questions(asks))


def _questions(asks: tuple[Ask, ...]) -> Iterator[Question]:
    for ask in asks:
        label, hint = _ALONE.get(ask.fact or "", (ask.question, ask.hint))
        kind: Kind = _KINDS.get(ask.kind, ask.kind)  # type: ignore[arg-type]  # the kinds that are not renamed are ours too
        yield Question(
            ask.key,
            kind,
            label,
            hint=hint,
            options=tuple((option.key, option.label_for(PARENT), option.hint) for option in ask.options),
            unknown=_NOT_SURE if kind == "yes-no" else None,
        )


def read_told(asks: tuple[Ask, ...], sent: "MultiDict[str, str]", today: date) -> tuple[Told | None, Form]:
    """What a parent said, None when a date or a number cannot be read; the form shows again whatever was typed."""
    answers, form = read_questions(questions_of(asks), sent, today, _a_child)
    if answers is None:
        return None, form
    facts = {ask.fact: value for ask in asks if ask.fact and (value := _as_fact(ask, answers)) is not None}
    return Told(answers["born"], facts), form


def _as_fact(ask: Ask, answers: Answers) -> Any:
    """An answer as a fact; an empty one, and a no where nobody has told the parent, say nothing."""
    answer = answers.get(ask.key)
    if answer in (None, "", []) or (ask.fact in NOT_TOLD and answer is False):
        return None
    return dict.fromkeys(answer) if ask.kind == "areas" else answer


def _a_child(answers: Answers, today: date) -> Mapping[str, str]:
    born = answers["born"]
    if born is not None and today.year - born.year > _OLDEST:
        return {"born": "Check the year: this date of birth is of a grown-up."}
    return {}
