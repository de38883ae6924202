"""The pages of a request by one route for one kind of person, in order; the policy says what is asked."""

from collections.abc import Iterator, Mapping
from datetime import date

from portage.policy import REFERRERS, Ask, Route
from portage.referrals.schemas.ask_people import (
    about_a_professional,
    about_a_second_carer,
    about_the_asker,
    about_the_child,
    about_the_family,
    about_the_parent,
)
from portage.referrals.schemas.ask_questions import Answers, Kind, Options, Page, Question

PARENT = "parent"
STAFF = "staff"  # who write down what others asked
_TOGETHER = {  # questions that make one page between them
    "setting_name": "setting",
    "setting_hours": "setting",
    "early_help_reference": "early-help",
    "discussed_on": "early-help",
}
_TITLES = {"setting": "Nursery, childminder or playgroup", "early-help": "Early Help Assessment and Plan"}
_KINDS: dict[str, Kind] = {"areas": "ticks", "evidence": "ticks"}
_LATER = "This date is in the future. Enter the day on which it happened."
HOW_AGREED: Options = (
    ("in-person", "In person", ""),
    ("telephone", "By telephone", ""),
    ("video", "By video call", ""),
    ("in-writing", "In writing, on paper or by e-mail", ""),
)


def pages_for(route: Route, referrer: str | None) -> tuple[Page, ...]:
    """Every page before the answers are checked; the first alone while it is not known who asks."""
    if referrer is None:
        return (who_page(route),) if len(route.referrers) > 1 else pages_for(route, route.referrers[0])
    first = (who_page(route),) if len(route.referrers) > 1 else ()
    people = about_the_parent() if referrer == PARENT else (about_a_professional(),)
    family = () if referrer == PARENT else about_the_family()
    return (
        *first,
        *people,
        *about_the_child(referrer),
        *asked_pages(route, referrer, judges=referrer != PARENT),
        *family,
        about_a_second_carer(referrer),
        *_agreed(route, referrer),
        *_told(route),
        Page("papers", "Papers that help us understand", (), papers=True),
    )


def sections_for_staff(route: Route, referrer: str) -> tuple[Page, ...]:
    """The same questions about others, for staff who write down what somebody asked."""
    asker = () if referrer == PARENT else (about_the_asker(),)
    return (
        *asker,
        *about_the_child(STAFF),
        *asked_pages(route, STAFF, judges=referrer != PARENT),
        *about_the_family(),
        about_a_second_carer(STAFF),
        *_agreed(route, referrer),
        *_told(route),
    )


def who_page(route: Route) -> Page:
    """Who asks, where a route is for several."""
    options = tuple((key, REFERRERS[key], "") for key in route.referrers)
    return Page(
        "who", "Who are you?", (Question("referrer", "choice", "Who are you?", required=_CHOOSE, options=options),)
    )


_CHOOSE = "Choose the answer that fits you best."


def asked_pages(route: Route, referrer: str, *, judges: bool) -> Iterator[Page]:
    """What the policy asks, one question on a page, or a few that belong together."""
    grouped: dict[str, list[Ask]] = {}
    for ask in route.asks:
        grouped.setdefault(_TOGETHER.get(ask.key, ask.key.replace("_", "-")), []).append(ask)
    for key, asks in grouped.items():
        questions = [question for ask in asks for question in _questions(ask, referrer, judges)]
        judged = any(question.name == "significant_need_reason" for question in questions)
        title = "Your professional judgement" if judged else _TITLES.get(key, questions[0].label)
        yield Page(key, title, tuple(questions), check=_reason_for_judgement if judged else None)


def _questions(ask: Ask, referrer: str, judges: bool) -> Iterator[Question]:
    options = tuple(
        (option.key, option.label_for(referrer), option.hint if referrer == PARENT else "") for option in ask.options
    )
    kind: Kind = _KINDS.get(ask.kind, ask.kind)  # type: ignore[arg-type]  # the kinds that are not renamed are ours too
    yield Question(
        ask.key,
        kind,
        ask.question_for(referrer),
        hint=ask.hint if referrer == PARENT or ask.kind != "areas" else "Tick all that apply.",
        required=_wanted(kind) if ask.required else None,
        options=options,
        unknown=_unknown(referrer) if kind == "yes-no" else None,
        rows=8 if ask.key == "own_words" else 5,
        not_later=_LATER if kind == "date" and ask.fact is None else None,
    )
    if ask.fact == "child.significant_need" and judges:
        yield Question(
            "significant_need_reason",
            "long-text",
            "What is your judgement based on?",
            hint="Name what you saw or measured, and when. A sentence or two is enough.",
        )


def _unknown(referrer: str) -> str:
    return "I am not sure" if referrer == PARENT else "Not known"


def _wanted(kind: Kind) -> str:
    return {
        "date": "Enter the date.",
        "yes-no": "Choose one of the answers.",
        "choice": "Choose one of the answers.",
    }.get(kind, "Answer this question. If you do not know, say so in your own words.")


def _reason_for_judgement(answers: Answers, _today: date) -> Mapping[str, str]:
    if answers["significant_need"] is not None and not answers["significant_need_reason"]:
        return {"significant_need_reason": "Say what your judgement is based on."}
    return {}


def _agreed(route: Route, referrer: str) -> Iterator[Page]:
    """Who agreed, when and how; a parent who asks agrees by asking, so only what else there is to agree is asked."""
    wanted = [each for each in route.agreements if not (referrer == PARENT and each.key == "parent")]
    if not wanted:
        return
    unknown = "I am not sure" if referrer == PARENT else "Not asked yet"
    questions = tuple(
        Question(
            f"agreement_{each.key}",
            "yes-no",
            each.question_for(referrer),
            required="Choose one of the answers.",
            unknown=unknown,
        )
        for each in wanted
    )
    if referrer == PARENT:
        yield Page("agreement", "Your agreement", questions)
        return
    yield Page("agreement", "The family's agreement", (*questions, *AGREED), check=_who_agreed)


AGREED = (
    Question("agreed_by", "name", "Who agreed?", hint="Their name. Leave this and the next three empty if nobody has."),
    Question(
        "agreed_relationship", "name", "What are they to the child?", hint="For example mother, father, foster carer"
    ),
    Question(
        "agreed_on",
        "date",
        "When did they agree?",
        not_later="This date is in the future. Enter the day on which they agreed.",
    ),
    Question("agreed_how", "choice", "How did they agree?", options=HOW_AGREED),
)


def _who_agreed(answers: Answers, _today: date) -> Mapping[str, str]:
    if not any(value is True for name, value in answers.items() if name.startswith("agreement_")):
        return {}
    wanted = {
        "agreed_by": "Enter the name of the person who agreed.",
        "agreed_relationship": "Say what the person who agreed is to the child.",
        "agreed_on": "Enter the day on which they agreed.",
        "agreed_how": "Choose how they agreed.",
    }
    return {name: sentence for name, sentence in wanted.items() if not answers[name]}


def _told(route: Route) -> Iterator[Page]:
    """A notification that the law asks for needs no agreement, but the parents are told first."""
    if not route.statutory:
        return
    yield Page(
        "told-parents",
        "What the parents were told",
        (
            Question(
                "parents_informed_on",
                "date",
                "When were the parents told about this notification?",
                not_later=_LATER,
            ),
            Question("parents_discussed_on", "date", "When could they talk about it?", not_later=_LATER),
            Question("parents_views", "long-text", "What did they say?", hint="Leave this empty if they said nothing."),
        ),
        intro=(
            "The law asks you to tell us about this child. You do not need the parents' agreement, but you tell them "
            "first and give them a chance to talk about it.",
        ),
    )
