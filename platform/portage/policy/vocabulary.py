"""The words that every council shares: referrers, areas of development, kinds of evidence, outcomes."""

from __future__ import annotations

from typing import Final, Literal

from portage.policy.shapes import Offer, Option

Outcome = Literal["eligible", "panel", "more-information", "not-eligible"]

OUTCOMES: Final[dict[str, str]] = {
    "eligible": "The request meets the published conditions",
    "panel": "The panel looks at the request",
    "more-information": "More information is needed",
    "not-eligible": "The request does not meet the published conditions",
}

REFERRERS: Final[dict[str, str]] = {
    "parent": "Parent or carer",
    "practitioner": "Practitioner who works with the family",
    "health-professional": "Health professional",
    "senco": "SENCo of the child's early years setting",
    "school-admissions": "School admissions team",
}


SIGNPOSTING: Final = Offer(
    "signposting", "Signposting", "We tell you about other services that may help, and how to reach them.",
)  # fmt: skip

AREAS: Final[tuple[Option, ...]] = (
    Option(
        "cognition-and-learning",
        "Learning and play",
        "Cognition and learning",
        "For example solving simple puzzles, remembering, playing with toys",
    ),
    Option(
        "social-communication-and-interaction",
        "Being with other people",
        "Social communication and interaction",
        "For example looking at you, taking turns, showing you things",
    ),
    Option(
        "speech-and-language",
        "Talking and understanding",
        "Speech and language",
        "For example babbling, first words, following what you say",
    ),
    Option(
        "social-emotional-and-mental-health",
        "Feelings and behaviour",
        "Social, emotional and mental health",
        "For example settling, being comforted, coping with change",
    ),
    Option(
        "physical", "Moving and using hands", "Physical development", "For example sitting, walking, picking things up"
    ),
    Option(
        "nursing-medical",
        "Health and medical needs",
        "Nursing and medical needs",
        "For example feeding by tube, fits, breathing",
    ),
    Option("hearing", "Hearing", "Hearing"),
    Option("vision", "Seeing", "Vision"),
    Option(
        "sensory",
        "Senses, such as touch, noise or light",
        "Sensory needs",
        "For example being upset by noises, textures or lights, or not noticing them",
    ),
)
AREA_KEYS: Final = frozenset(area.key for area in AREAS)
AREAS_BY_KEY: Final = {area.key: area for area in AREAS}

EVIDENCE: Final[tuple[Option, ...]] = (
    Option("adpr", "Notes from nursery: what was tried, and how it went", "Assess, Plan, Do, Review (ADPR) records"),
    Option("smart-targets", "Targets that were set for your child", "SMART targets"),
    Option("portage-profile", "A completed Portage developmental profile", "A completed Portage developmental profile"),
    Option("asq", "An Ages and Stages Questionnaire (ASQ)", "An Ages and Stages Questionnaire (ASQ)"),
    Option("report", "A report from a professional", "A professional's report"),
    Option("diagnosis-letter", "A letter about a diagnosis", "A diagnosis letter"),
    Option("other", "Something else", "Another paper"),
)
EVIDENCE_KEYS: Final = frozenset(kind.key for kind in EVIDENCE)
EVIDENCE_BY_KEY: Final = {kind.key: kind for kind in EVIDENCE}


def counted(number: int) -> str:
    """Write a small number in words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if 0 <= number < len(words) else str(number)
