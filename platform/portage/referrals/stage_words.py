"""The stages of a request in words: what it waits for, and whose turn it is."""

from dataclasses import dataclass

from portage.policy import OUTCOMES
from portage.policy.careful import NEEDS_A_PERSON


@dataclass(frozen=True, slots=True)
class StageWords:
    """One stage for a member of staff: its name, what is to happen next, who does it, and the colour of its tag."""

    name: str
    next: str
    turn: str
    colour: str


STAGE_WORDS: dict[str, StageWords] = {
    "new": StageWords("New", "Somebody looks at it for the first time", "The team", "blue"),
    "information": StageWords(
        "Information wanted",
        "Something is still to be found out",
        "The team, the family or the person who asked",
        "yellow",
    ),
    "assessment": StageWords("Assessment", "An assessment is to be booked, and then recorded", "The team", "purple"),
    "panel": StageWords("Panel", "The panel looks at it", "The panel", "purple"),
    "to-decide": StageWords("To decide", "A named person decides", "A manager", "orange"),
    "to-offer": StageWords("Accepted", "The offer is to be made to the family", "A manager", "turquoise"),
    "offered": StageWords("Offered", "The family thinks about the offer", "The family", "turquoise"),
    "waiting": StageWords("Waiting list", "A visitor becomes free", "A manager", "green"),
    "supported": StageWords("Supported", "Support is running", "The visitor", "green"),
    "declined": StageWords("Declined", "Nothing, unless somebody asks for another look", "Nobody", "grey"),
    "signposted": StageWords("Signposted", "Nothing, unless somebody asks for another look", "Nobody", "grey"),
    "closed": StageWords("Closed", "Nothing", "Nobody", "grey"),
}
OPEN_STAGES = ("new", "information", "assessment", "panel", "to-decide", "to-offer", "offered", "waiting")
ENDED_STAGES = ("declined", "signposted", "closed")

DECISIONS = {
    "accepted": "Accepted",
    "declined": "Declined",
    "signposted": "Signposted to other help",
    "information": "More information is wanted first",
}


NO_ANSWER = "A person has to look: the policy gave no answer"


def recommendation(outcome: str | None) -> str:
    """The policy's recommendation in a sentence."""
    return NO_ANSWER if outcome == NEEDS_A_PERSON else OUTCOMES.get(outcome or "", "Not judged yet")
