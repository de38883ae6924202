"""What the invitation and the record say of the meeting: its purpose, its two limits, and where advice is."""

from portage.core import clock
from portage.directory import listing
from portage.directory.listing import Wanted
from portage.messages.council import Sender

PURPOSE = (
    "to hear advice on how to carry out or adapt the strategies that were recommended",
    "to agree targeted support, or training for the staff of the school, which the linked professional delivers",
)
NO_DECISION = (
    "The decision not to issue a plan is not talked about in this meeting. If you wish to challenge it, that goes "
    "through mediation or the tribunal. Their time limits are on the letter that told you the outcome, and this "
    "meeting does not stop them."
)
NO_HEALTH = (
    "The meeting gives no health advice. For occupational therapy, speech and language therapy or physiotherapy, "
    "please contact those services directly."
)
GUESTS = {
    "parent": "Parent or carer",
    "child": "The child, where that is right",
    "school": "School staff",
    "educational-psychology": "Educational Psychology Service",
    "specialist-teaching": "Specialist Teaching Service",
    "other": "Somebody else",
}
AGREED = {"advice": "Advice", "support": "Targeted support", "training": "Training for staff"}
_HEALTH = "therap"  # a word of the services in the directory to which the meeting points for health advice


def health_services() -> list[str]:
    """The services of the directory that a family can ask for health advice, a line each."""
    found, _ = listing.public(Wanted(_HEALTH), 1, on=clock.today())
    return [each.line for each in found]


def sendiass(council: Sender) -> list[str]:
    """The council's free and independent advice, with every way to reach it."""
    return [
        " ".join([f"{each['name']}: {each['says']}", *filter(None, map(each.get, ("telephone", "email", "url")))])
        for each in council.profile.get("help", [])
        if each.get("key") == "sendiass"
    ]
