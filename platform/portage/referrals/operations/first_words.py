"""What a council writes to the parents as soon as a request arrives: first pointers to help, before any decision."""

from datetime import datetime
from typing import Any

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.families.models import Carer, Child
from portage.messages import letters
from portage.messages.council import Sender, sender
from portage.policy import Edition, Message, Policy
from portage.referrals.models import Referral

FOR_EVERYBODY = ("sendiass", "local-offer")  # of the council's list of help


def write_first_words(
    policy: Policy[Any], edition: Edition, referral: Referral, carers: list[Carer], *, by: Actor, at: datetime
) -> None:
    """Write the letter of each step at which this route's path does so (WNC-13), and send it the way that is safe."""
    steps = {step.key for step in policy.path(edition.terms, referral.route)}
    carer = next((carer for carer in carers if carer.main_contact), carers[0] if carers else None)
    today = at.astimezone(LONDON).date()
    for message in policy.messages(edition.terms, referral.route):
        if message.key in steps:
            letter = letters.write(
                kind="signposting",
                child_id=referral.child_id,
                referral_id=referral.id,
                carer_id=carer.id if carer else None,
                on=today,
                content=_content(message, referral, carer, sender(today, referral.area_id)),
                by=by,
            )
            letters.deliver(letter, reference=referral.reference, stage=referral.stage, at=at)


def _content(message: Message, referral: Referral, carer: Carer | None, council: Sender) -> dict[str, Any]:
    """The letter as it is kept, in plain sentences."""
    child = db.session.get_one(Child, (current_tenant_id(), referral.child_id))
    said = council.profile.get("letters", {})
    sections = [
        {"heading": "", "paragraphs": [message.text], "items": list(message.links)},
        {"heading": "How to reach them", "paragraphs": [], "items": _reached(council)},
        {"heading": "Your team", "paragraphs": [], "items": council.team.lines},
    ]
    return {
        "council": council.council,
        "service": council.service,
        "address": _address(carer),
        "reference": referral.reference,
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
