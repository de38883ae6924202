"""The form by which a health professional notifies the council: a few pages, and the command that they make."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portage.core.files import Kept
from portage.notifications.operations.receive import ReceiveNotification, Sender, Steps
from portage.notifications.taken import Taken
from portage.notifications.words import BODY_NAMES, HOW_AGREED, ORGANISATION_NAMES
from portage.referrals.operations.receive import AgreedBy
from portage.referrals.schemas.ask_answers import (
    answers_beside,
    carers_of_answers,
    child_of_answers,
    facts_of_answers,
)
from portage.referrals.schemas.ask_journey import TOO_FAST, Journey, journey_through
from portage.referrals.schemas.ask_pages import AGREED, asked_pages
from portage.referrals.schemas.ask_people import about_a_professional, about_the_child, about_the_family
from portage.referrals.schemas.ask_questions import Answers, Options, Page, Question

_LATER = "This date is in the future. Enter the day on which it happened."
_OWN = {"lives_in_area", "parents_informed_on", "parents_discussed_on", "parents_views"}
_CHOOSE = "Choose one of the answers."
AREA_OF_HOME = Question(
    "lives_in_area",
    "yes-no",
    "Does the child live in this council's area?",
    hint="If not, or if you are not sure, send it all the same. We pass it on to the right authority.",
    required=_CHOOSE,
    unknown="I am not sure",
)


def pages_of(taken: Taken) -> tuple[Page, ...]:
    """Every page before the answers are checked."""
    return (
        _about_the_sender(),
        _about_the_child(),
        _about_the_family(),
        _what_is_needed(taken),
        _told_the_parents(),
        *_agreement(taken),
        _safety(),
        Page("papers", "Papers that show what you saw", (), papers=True),
    )


def journey_of(taken: Taken, draft: Mapping[str, Any], today: date) -> Journey:
    """How far a draft of this form has come."""
    route = replace(taken.route, referrers=(taken.referrer,))
    return journey_through(pages_of(taken), route, draft, today)


def flags_of(*, trap: str, took: timedelta) -> tuple[str, ...]:
    """What a person should look at; a flag keeps nothing out."""
    found = {"hidden-field-filled": bool(trap.strip()), "sent-very-fast": took < TOO_FAST}
    return tuple(key for key, holds in found.items() if holds)


def as_notification(
    taken: Taken,
    answers: Answers,
    *,
    arrived_on: date,
    papers: Iterable[tuple[Kept, str]] = (),
    flags: tuple[str, ...] = (),
    **arrived: Any,
) -> ReceiveNotification:
    """The notification that these answers make; `arrived` says how it came, when not on our own form."""
    held = tuple(papers)
    facts = facts_of_answers(taken.route, taken.referrer, answers, tuple(kind for _, kind in held))
    if answers.get("lives_in_area") is not None:
        facts["child"]["lives_in_area"] = answers["lives_in_area"]
    beside = answers_beside(taken.route, answers)
    return ReceiveNotification(
        arrived_on=arrived_on,
        sender=_sender(answers),
        steps=_steps(answers),
        child=child_of_answers(answers),
        carers=carers_of_answers(answers),
        lives_in_area=answers.get("lives_in_area"),
        safeguarding=answers.get("safeguarding"),
        safeguarding_note=answers.get("safeguarding_note"),
        agreement=answers.get("agreement_parent"),
        agreed=_agreed(answers),
        in_their_words=answers.get("own_words"),
        facts=facts,
        answers={key: value for key, value in beside.items() if key not in _OWN},
        papers=held,
        flags=flags,
        **arrived,
    )


def _sender(answers: Answers) -> Sender:
    return Sender(
        body_kind=answers["body_kind"],
        body=answers["referrer_organisation"] or BODY_NAMES[answers["body_kind"]],
        professional=answers["referrer_name"],
        role=answers.get("referrer_role"),
        email=answers.get("referrer_email"),
        telephone=answers.get("referrer_telephone"),
    )


def _steps(answers: Answers) -> Steps:
    return Steps(
        informed=answers.get("parents_informed"),
        informed_on=answers.get("parents_informed_on"),
        discussed=answers.get("parents_discussed"),
        discussed_on=answers.get("parents_discussed_on"),
        organisation_told=answers.get("organisation_told"),
        organisation=answers.get("organisation"),
        parents_views=answers.get("parents_views"),
    )


def _agreed(answers: Answers) -> AgreedBy:
    how = answers.get("agreed_how")
    return AgreedBy(
        answers.get("agreed_by"),
        answers.get("agreed_relationship"),
        answers.get("agreed_on"),
        HOW_AGREED.get(how) if how else None,
    )


def _about_the_sender() -> Page:
    bodies: Options = tuple((key, name, "") for key, name in BODY_NAMES.items())
    name, role, _, email, telephone = about_a_professional().questions
    return Page(
        "you",
        "About you and where you work",
        (
            Question("body_kind", "choice", "Which kind of body do you notify for?", required=_CHOOSE, options=bodies),
            Question(
                "referrer_organisation",
                "text",
                "Name of the body",
                hint="For example the trust, the board or the practice",
                required="Enter the name of the body.",
                autocomplete="organization",
            ),
            name,
            role,
            replace(
                email,
                hint="We send a link there. When you open it we know that the address is yours, and what became of "
                "the notification is told there.",
            ),
            telephone,
        ),
        check=about_a_professional().check,
    )


def _about_the_child() -> Page:
    child, home = about_the_child("health-professional")
    return Page("child", "About the child", (*child.questions, *home.questions, AREA_OF_HOME), check=child.check)


def _about_the_family() -> Page:
    who, contact, needs = about_the_family()
    questions = (*who.questions, *contact.questions, needs.questions[0])
    return Page("family", "The child's parent or carer", questions, check=contact.check)


def _what_is_needed(taken: Taken) -> Page:
    """What the policy asks of the child by this route, on one page."""
    pages = asked_pages(taken.route, taken.referrer, judges=True)
    questions = tuple(question for page in pages for question in page.questions if question.name not in _OWN)
    return Page("needs", "What you have seen", questions)


def _told_the_parents() -> Page:
    return Page(
        "told-parents",
        "What the parents were told",
        (
            Question("parents_informed", "yes-no", "Have you told the parents of this notification?", required=_CHOOSE),
            Question("parents_informed_on", "date", "On which day?", not_later=_LATER),
            Question(
                "parents_discussed", "yes-no", "Have you offered them an opportunity to talk about it?",
                required=_CHOOSE,
            ),
            Question("parents_discussed_on", "date", "On which day did they have it?", not_later=_LATER),
            Question(
                "organisation_told",
                "choice",
                "Have you named a voluntary organisation that may help them?",
                required=_CHOOSE,
                options=tuple((key, name, "") for key, name in ORGANISATION_NAMES.items()),
            ),
            Question("organisation", "text", "Which one?"),
            Question("parents_views", "long-text", "What did the parents say?", rows=3),
        ),
        intro=(
            "The law asks for these steps before you notify us. If one of them has not happened yet, say so and send "
            "the notification all the same: we do not turn it away.",
        ),
        check=_steps_fit,
    )  # fmt: skip


def _steps_fit(answers: Answers, _today: date) -> Mapping[str, str]:
    found = {}
    if answers["parents_informed"] and not answers["parents_informed_on"]:
        found["parents_informed_on"] = "Enter the day on which you told the parents."
    if answers["organisation_told"] == "named" and not answers["organisation"]:
        found["organisation"] = "Enter the name of the organisation."
    return found


def _agreement(taken: Taken) -> Iterator[Page]:
    """Asked only where something waits for it; a notification itself needs nobody's agreement."""
    if not taken.told.agreement_first and not taken.route.agreements:
        return
    wanted = next((each for each in taken.route.agreements if each.key == "parent"), None)
    label = wanted.question if wanted else "Do the child's parents or carers agree to a request for support?"
    question = Question("agreement_parent", "yes-no", label, required=_CHOOSE, unknown="Not asked yet")
    yield Page(
        "agreement",
        "The parents' agreement",
        (question, *AGREED),
        intro=(
            "You notify us whether or not they agree. A request for support begins only once they do; if they have "
            "not been asked yet, we ask them.",
        ),
        check=_who_agreed,
    )


def _who_agreed(answers: Answers, _today: date) -> Mapping[str, str]:
    if answers["agreement_parent"] is not True:
        return {}
    wanted = {
        "agreed_by": "Enter the name of the person who agreed.",
        "agreed_on": "Enter the day on which they agreed.",
        "agreed_how": "Choose how they agreed.",
    }
    return {name: sentence for name, sentence in wanted.items() if not answers[name]}


def _safety() -> Page:
    return Page(
        "safety",
        "Safety",
        (
            Question(
                "safeguarding",
                "yes-no",
                "Is there a safeguarding concern about the child or the family?",
                hint="With a yes, or with a note on how to make contact, nothing goes to the family by itself: a "
                "person reads this first.",
                required=_CHOOSE,
                unknown="Not known",
            ),
            Question(
                "safeguarding_note",
                "long-text",
                "What should the team know about it?",
                hint="Only those who handle such concerns read this.",
            ),
        ),
        intro=("If a child is in danger right now, call 999. This form is not watched at every hour.",),
    )
