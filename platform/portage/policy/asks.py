"""The questions that requests are made of, in a parent's words and in a professional's."""

from __future__ import annotations

from typing import Final

from portage.policy.shapes import Agreement, Ask
from portage.policy.vocabulary import AREAS, EVIDENCE

CONCERNS: Final = Ask(
    "concerns",
    "areas",
    "Which of these are you worried about?",
    "In which areas does the child have a delay or difficulty?",
    hint="Tick all that apply. Nobody expects you to measure anything.",
    options=AREAS,
    fact="child.delay",
)
OWN_WORDS: Final = Ask(
    "own_words",
    "long-text",
    "Tell us about your child in your own words",
    "Describe the child's needs and strengths",
    hint="What can they do? What do you find hard? What would help?",
)
RESIDENCE: Final = Ask(
    "lives_in_area",
    "yes-no",
    "Do you live in this council's area?",
    "Does the family live in this council's area?",
    hint="We check this against your postcode.",
    fact="child.lives_in_area",
)
SIGNIFICANT_NEED: Final = Ask(
    "significant_need",
    "yes-no",
    "Has a professional told you that your child has significant needs?",
    "In your professional judgement, does the child have significant special educational needs or disabilities?",
    hint="If you are not sure, leave this blank. We can find out together.",
    fact="child.significant_need",
)
CONDITIONS: Final = Ask(
    "conditions",
    "long-text",
    "Does your child have a diagnosis, or a hearing or sight loss?",
    "Diagnosed conditions, or sensory loss",
    hint="Leave this blank if not, or if you do not know yet.",
    fact="child.conditions",
)
EVIDENCE_KINDS: Final = Ask(
    "evidence",
    "evidence",
    "Which of these papers do you have?",
    "Which evidence are you sending with this request?",
    hint="You can add files now or send them later.",
    options=EVIDENCE,
    fact="evidence",
)
SETTING_NAME: Final = Ask(
    "setting_name",
    "text",
    "Does your child go to a nursery, childminder or playgroup? Which one?",
    "Name of the early years setting",
)
SETTING_HOURS: Final = Ask(
    "setting_hours",
    "hours",
    "How many hours a week are they there?",
    "Hours a week in the setting",
    fact="child.setting_hours",
)
EARLY_HELP_REFERENCE: Final = Ask(
    "early_help_reference",
    "text",
    "The reference of your Early Help Assessment and Plan",
    "Reference of the Early Help Assessment and Plan (EHA/EHP)",
    hint="Or attach the assessment and plan itself.",
)
DISCUSSION_DATE: Final = Ask(
    "discussed_on",
    "date",
    "When did you talk about this request?",
    "Date of the discussion with the parent or carer",
    required=True,
)
RECEPTION_ENDS: Final = Ask(
    "reception_ends_on",
    "date",
    "If your child starts school later than usual: when does their reception year end?",
    "If the child is in a deferred or other year group: when does their reception year end?",
    fact="child.reception_ends_on",
)
SCHOOL: Final = Ask(
    "school", "text", "Which school will your child go to, or go to now?", "Name of the school", required=True
)
OUTCOME_LETTER_DATE: Final = Ask(
    "outcome_letter_on",
    "date",
    "What is the date on the letter that told you no plan would be issued?",
    "Date of the letter that told the family no plan would be issued",
)
MEETING_HOPES: Final = Ask(
    "meeting_hopes",
    "long-text",
    "What would you like to talk about at the meeting?",
    "What should the meeting talk about?",
    hint="The decision not to issue a plan cannot be talked about at this meeting.",
)


def parents_agree(rule: str | None, *, required: bool = True) -> Agreement:
    """Return the question whether the parents agree that the request is made."""
    return Agreement(
        "parent",
        "Do the child's parents or carers agree to this request?",
        "Do you agree that we look at this request?",
        rule,
        required,
    )


def home_based(rule: str | None) -> Agreement:
    """Return the question whether the family agrees that support takes place at home."""
    return Agreement(
        "home_based",
        "Does the family agree that the support takes place at home?",
        "Do you agree that the support takes place at your home?",
        rule,
    )
