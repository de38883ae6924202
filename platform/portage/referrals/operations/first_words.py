"""What a council writes to the parents as soon as a request arrives: first pointers to help, before any decision."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.directory import listing
from portage.families.models import Carer, Child
from portage.messages import letters
from portage.messages.council import Sender, sender
from portage.messages.models import Letter
from portage.policy import Edition, Message, Policy
from portage.referrals.models import Referral

FOR_EVERYBODY = ("sendiass", "local-offer")  # of the council's list of help


@dataclass(frozen=True, slots=True)
class About:
    """What a first letter is about: a child, the reference that is read aloud, and the request if there is one."""

    child_id: UUID
    area_id: UUID | None
    reference: str
    referral_id: UUID | None = None


def first_messages(policy: Policy[Any], edition: Edition, route: str) -> tuple[Message, ...]:
    """The letters that this route's path writes before anything is decided (WNC-13)."""
    steps = {step.key for step in policy.path(edition.terms, route)}
    return tuple(message for message in policy.messages(edition.terms, route) if message.key in steps)


def write_first_words(
    policy: Policy[Any], edition: Edition, referral: Referral, carers: list[Carer], *, by: Actor, at: datetime
) -> None:
    """Write the letter of each step at which this route's path does so, and send it the way that is safe."""
    carer = next((carer for carer in carers if carer.main_contact), carers[0] if carers else None)
    about = About(referral.child_id, referral.area_id, referral.reference, referral.id)
    for message in first_messages(policy, edition, referral.route):
        letter = first_letter(message, about, carer, by=by, on=at.astimezone(LONDON).date())
        letters.deliver(letter, reference=referral.reference, stage=referral.stage, at=at)


def first_letter(message: Message, about: About, carer: Carer | None, *, by: Actor, on: date) -> Letter:
    """Write one such letter and keep it; sending is the caller's."""
    return letters.write(
        kind="signposting",
        child_id=about.child_id,
        referral_id=about.referral_id,
        carer_id=carer.id if carer else None,
        on=on,
        content=_content(message, about, carer, sender(on, about.area_id)),
        by=by,
    )


def pointers(council: Sender) -> list[str]:
    """Whom parents can turn to at once: what the council puts first (WNC-15), its list of help for everybody, services.

    The services are those of its directory that it marked so; they are the same for every family.
    """
    first = council.profile.get("notifications", {}).get("first_of_all")
    services = [service.line for service in listing.first_of_all() if service.ways]
    return [*([first] if first else []), *_reached(council), *services]


def _content(message: Message, about: About, carer: Carer | None, council: Sender) -> dict[str, Any]:
    """The letter as it is kept, in plain sentences."""
    child = db.session.get_one(Child, (current_tenant_id(), about.child_id))
    said = council.profile.get("letters", {})
    sections = [
        {"heading": "", "paragraphs": [message.text], "items": []},
        {"heading": "Whom to turn to first", "paragraphs": [], "items": pointers(council)},
        {"heading": "What may help", "paragraphs": [], "items": list(message.links)},
        {"heading": "Your team", "paragraphs": [], "items": council.team.lines},
    ]
    return {
        "council": council.council,
        "service": council.service,
        "address": _address(carer),
        "reference": about.reference,
        "greeting": f"Dear {carer.name}," if carer else f"Dear parent or carer of {child.given_name},",
        "title": message.title,
        "sections": [section for section in sections if section["paragraphs"] or section["items"]],
        "closing": said.get("closing", "If you would like to talk about this letter, please get in touch."),
        "signed": [said.get("sign_off") or f"{council.service}, {council.council}"],
    }


def _reached(council: Sender) -> list[str]:
    """The council's own list of help for everybody, each entry a line."""
    named = [entry for entry in council.profile.get("help", []) if entry.get("key") in FOR_EVERYBODY]
    return [
        f"{entry['name']}: {', '.join(way for way in map(entry.get, ('telephone', 'email', 'url')) if way)}"
        for entry in named
        if any(entry.get(way) for way in ("telephone", "email", "url"))
    ]


def _address(carer: Carer | None) -> list[str]:
    if carer is None or not carer.post_is_safe or not carer.address:
        return []
    return [carer.name, *(line.strip() for line in carer.address.splitlines() if line.strip())]
