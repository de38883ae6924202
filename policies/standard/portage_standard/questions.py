"""The questions that forms are made of, the agreements, and the facts that only this policy reads."""

from __future__ import annotations

from typing import Final

from portage.policy import Agreement, Ask, ExtraFact, asks

SIGNED = "agreement.signed"
SIGNED_BY_PROFESSIONAL = "agreement.signed_by_professional"
LEFT_OUT = "child.lives_in_part_left_out"
CONDITION = "child.condition_likely_to_delay"
SENSORY_LOSS = "child.sensory_loss"
EXPECTED_DELAY = "child.expected_delay"
OTHER_SERVICE = "child.other_service_involved"
UNIVERSAL_TRIED = "child.universal_support_tried"
HOURS_WEIGHED = "child.hours_accepted_by_a_person"
SERVICES_WEIGHED = "child.other_service_accepted_by_a_person"
DISCRETION = "child.accepted_at_discretion"

FACTS: Final = (
    ExtraFact(SIGNED, "yes-no", "Whether a parent or carer signed the request"),
    ExtraFact(SIGNED_BY_PROFESSIONAL, "yes-no", "Whether the professional signed the request"),
    ExtraFact("agreement.panel", "yes-no", "Whether the family agrees that a panel looks at the request"),
    ExtraFact("agreement.sharing", "yes-no", "Whether the family agrees that what the request says is shared"),
    ExtraFact(LEFT_OUT, "yes-no", "Whether the family lives in a part of the area that the service leaves out"),
    ExtraFact(CONDITION, "yes-no", "Whether a diagnosed condition or syndrome is likely to delay development"),
    ExtraFact(SENSORY_LOSS, "yes-no", "Whether the child has a hearing or sight loss"),
    ExtraFact(EXPECTED_DELAY, "yes-no", "Whether a professional expects a delay as great as the figure"),
    ExtraFact("child.asq_communication", "number", "ASQ score: communication"),
    ExtraFact("child.asq_gross_motor", "number", "ASQ score: gross motor"),
    ExtraFact("child.asq_fine_motor", "number", "ASQ score: fine motor"),
    ExtraFact("child.asq_problem_solving", "number", "ASQ score: problem solving"),
    ExtraFact("child.asq_personal_social", "number", "ASQ score: personal-social"),
    ExtraFact("child.setting_sessions", "number", "Sessions a week in an early years setting"),
    ExtraFact("child.funded_two_year_old_hours", "number", "How many of the hours a week are funded at the age of two"),
    ExtraFact(OTHER_SERVICE, "yes-no", "Whether a service is involved that this one does not run beside"),
    ExtraFact(UNIVERSAL_TRIED, "yes-no", "Whether support that is open to every family was tried first"),
    ExtraFact(HOURS_WEIGHED, "yes-no", "Whether a named person accepts the hours in a setting"),
    ExtraFact(SERVICES_WEIGHED, "yes-no", "Whether a named person accepts the other service"),
    ExtraFact(DISCRETION, "yes-no", "Whether a named person accepts the request at the service's discretion"),
)


def _yes_no(key: str, question: str, formal: str, fact: str) -> Ask:
    return Ask(key, "yes-no", question, formal, fact=fact)


_ASKS: Final = (
    asks.CONCERNS,
    asks.OWN_WORDS,
    asks.RESIDENCE,
    asks.SIGNIFICANT_NEED,
    asks.CONDITIONS,
    asks.EVIDENCE_KINDS,
    asks.SETTING_NAME,
    asks.SETTING_HOURS,
    asks.RECEPTION_ENDS,
    asks.SCHOOL,
    asks.EARLY_HELP_REFERENCE,
    asks.DISCUSSION_DATE,
    _yes_no(
        "part_left_out", "Do you live in a part of the area that the service does not cover?",
        "Does the family live in a part of the area that the service leaves out?", LEFT_OUT,
    ),
    Ask(
        "sessions", "hours", "How many sessions a week are they there?", "Sessions a week in the setting",
        fact="child.setting_sessions",
    ),
    Ask(
        "funded_hours", "hours", "If your child is two: how many of these hours are funded?",
        "Funded hours a week, for a child of two", fact="child.funded_two_year_old_hours",
    ),
    _yes_no(
        "condition", "Has your child a diagnosis that is likely to slow down their development?",
        "Is a diagnosed condition or syndrome likely to delay the child's development?", CONDITION,
    ),
    _yes_no(
        "sensory_loss", "Does your child have a hearing or sight loss?",
        "Does the child have a hearing or sight loss?", SENSORY_LOSS,
    ),
    _yes_no(
        "expected_delay", "Has a professional told you to expect a delay?",
        "Do you expect a delay as great as the criteria say?", EXPECTED_DELAY,
    ),
    _yes_no(
        "other_service", "Does another service that supports your child's learning already visit you?",
        "Is another service involved that this one does not run beside?", OTHER_SERVICE,
    ),
    _yes_no(
        "universal_support", "Have you tried what is open to every family, such as groups?",
        "Was universal support tried first?", UNIVERSAL_TRIED,
    ),
    Ask("siblings", "text", "Do they have brothers or sisters? How old are they?", "Siblings and their ages"),
    Ask("professionals", "long-text", "Who else helps your child?", "Other professionals who know the child"),
    Ask(
        "at_home", "long-text", "Is there anything that a visitor should know before coming to your home?",
        "Anything a lone visitor should know about the home, such as pets", hint="For example a dog, or many stairs.",
    ),
    Ask("attendance", "text", "On which days does your child go there?", "Days of attendance"),
    Ask(
        "allowances_and_plans", "text", "Does your child have an allowance or a plan?",
        "Allowances and plans: DLA, DAF, EHA, EHCP",
        hint="For example Disability Living Allowance, or an Education, Health and Care Plan.",
    ),
)  # fmt: skip
QUESTIONS: Final = {ask.key.replace("_", "-"): ask for ask in _ASKS}
QUESTION_WORDS: Final = {key: ask.formal for key, ask in QUESTIONS.items()}

AGREEMENTS: Final = {
    "parent": "that the request is made", "home-based": "that support takes place at home",
    "panel": "that a panel looks at it", "sharing": "that what it says is shared",
}  # fmt: skip
_QUESTIONS_OF_AGREEMENT: Final = {
    "panel": (
        "Does the family agree that a panel looks at this request?", "Do you agree that a panel looks at this request?",
    ),
    "sharing": (
        "Does the family agree that what this request says is shared with those who help to decide?",
        "May we share what you tell us here with those who help to decide?",
    ),
}  # fmt: skip


def agreement(key: str, rule: str | None, *, required: bool) -> Agreement:
    """Return the question for one agreement of a route."""
    if key == "parent":
        return asks.parents_agree(rule, required=required)
    if key == "home-based":
        plain = asks.home_based(rule)
        return Agreement(plain.key, plain.question, plain.question_to_parent, rule, required)
    question, to_parent = _QUESTIONS_OF_AGREEMENT[key]
    return Agreement(key, question, to_parent, rule, required)


def signature(who: str, rule: str | None) -> Agreement:
    """Return the question whether somebody signed the request; a yes on our own form is a signature."""
    if who == "parent":
        return Agreement(
            "signed", "Has a parent or carer signed this request?",
            "Do you sign this request? Your answer here counts as your signature.", rule,
        )  # fmt: skip
    return Agreement(
        "signed_by_professional", "Do you sign this request? Your answer here counts as your signature.",
        "Has a professional who knows your child signed this request?", rule,
    )  # fmt: skip
