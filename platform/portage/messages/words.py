"""What e-mails say: that there is news, of which request, at which stage. Nothing of a child, nothing of a family."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portage.messages.council import Sender

# For families and referrers. What was decided is never in an e-mail, so every decided stage has the same word.
STAGES = {
    "new": "received",
    "information": "we are finding out more, and ask you if we need anything",
    "assessment": "an assessment comes next",
    "panel": "a panel looks at it next",
    "to-decide": "a decision comes next",
    "to-offer": "decided",
    "offered": "decided",
    "waiting": "on our waiting list",
    "supported": "support has been arranged",
    "declined": "decided",
    "signposted": "decided",
    "closed": "closed",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """The subject and the first sentence of one kind of e-mail; `{reference}` may stand in both."""

    subject: str
    says: str


NEWS = Mail("About request {reference}", "There is news about the request {reference}.")
MAILS = {
    "receipt": Mail("We have received request {reference}", "Thank you. We have received the request {reference}."),
    "notification-receipt": Mail(
        "We have received notification {reference}",
        "Thank you. We have received the notification {reference}. Please open the page below now: that confirms your "
        "work address. Later the page tells you what became of the notification. If you did not send it, please do not "
        "open the page, and tell us.",
    ),
    "notification-news": Mail("About notification {reference}", "There is news about the notification {reference}."),
    "first-signposting": Mail("About request {reference}", "We have some first information for you."),
    "outcome": Mail("About request {reference}", "We have written you a letter about the request {reference}."),
    "letter": Mail("About request {reference}", "We have written you a letter about the request {reference}."),
    "offer": Mail("About request {reference}", "There is something to tell you about the request {reference}."),
    "still-wanted": Mail(
        "About request {reference}",
        "Papers that belong to the request {reference} may still follow. The page says until when, and who helps.",
    ),
    "support-plan": Mail(
        "About request {reference}",
        "A paper about the request {reference} is on its way to you. Please open the page below, and tell us there "
        "when you have it.",
    ),
    "closed": Mail("About request {reference}", "The request {reference} is closed."),
    "family-space": Mail("Something to read: {reference}", "There is something new for you to read and to answer."),
    "pack": Mail("Something to read", "There is information for you to read. The page says more."),
    "plan": Mail("About request {reference}", "There is something for you to read, and a place where you can answer."),
    "visit": Mail("About request {reference}", "There is something for you to read."),
    "new-link": Mail("Your new link for {reference}", "Here is the new link that you asked for."),
    "clock": Mail("A date to keep: {reference}", "A date that the policy sets for {reference} is near or has passed."),
    "draft": Mail("Ready for a second person: {reference}", "A draft is ready for a second person."),
    "alert": Mail("Something waits for you: {reference}", "Something waits for you in the service."),
}
PRIVATE = "To keep your information private, this e-mail says no more than this."
HOW_LINKS_WORK = (
    "The link waits for you for 30 days. It opens once, in one browser; there you can read the page for 24 hours. "
    "If it no longer opens, the page offers you a new one."
)


Adds = Callable[[Sender], list[str]]
_adds: dict[str, Adds] = {}


def adds_words(kind: str) -> Callable[[Adds], Adds]:
    """Register what e-mails of one kind say besides: public contacts of the council, never a word about a family."""

    def keep(adds: Adds) -> Adds:
        _adds[kind] = adds
        return adds

    return keep


def more_of(kind: str, council: Sender) -> list[str]:
    """What such an e-mail says besides, paragraph by paragraph."""
    adds = _adds.get(kind)
    return adds(council) if adds else []


def subject_of(kind: str, reference: str | None) -> str:
    """A neutral subject."""
    return MAILS.get(kind, NEWS).subject.format(reference=reference or "your request").strip()


def text_of(
    kind: str,
    *,
    reference: str | None,
    stage: str | None,
    address: str,
    staff: bool,
    signature: list[str],
    more: Sequence[str] = (),
) -> str:
    """The whole text of an e-mail; `address` is the link, `signature` the council's lines at the end."""
    parts = ["Hello,", MAILS.get(kind, NEWS).says.format(reference=reference or "")]
    if stage in STAGES and not staff:
        parts.append(f"Reference: {reference or 'none'}\nStage: {STAGES[stage]}")
    elif reference:
        parts.append(f"Reference: {reference}")
    parts += more
    if staff:
        parts += [f"Sign in to see it:\n{address}"]
    else:
        parts += [f"To read it, open this page and press the button:\n{address}", HOW_LINKS_WORK]
    return "\n\n".join([*parts, PRIVATE, "\n".join(signature)]) + "\n"
