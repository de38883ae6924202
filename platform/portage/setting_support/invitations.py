"""The letter that invites the parents to the review in the setting."""

from datetime import datetime
from typing import Any

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.families.models import Carer, Child
from portage.families.operations import carers_of
from portage.messages import letters
from portage.messages.council import Sender, sender
from portage.messages.models import Letter
from portage.policy.dates import clock_in_words, in_words
from portage.referrals.models import Referral
from portage.setting_support.models import SettingWork

WHAT_FOR = (
    "to hear how your child gets on, at home and in the setting",
    "to look together at the next steps that were agreed, and what became of them",
    "to agree what comes next",
)


def invite_parents(referral: Referral, child: Child, work: SettingWork, *, by: Actor, at: datetime) -> Letter:
    """Write the invitation to the main contact and send it the way that is safe for them."""
    today = at.astimezone(LONDON).date()
    carers = carers_of(child.id)
    carer = carers[0] if carers else None
    letter = letters.write(
        kind="invitation",
        child_id=child.id,
        referral_id=referral.id,
        carer_id=carer.id if carer else None,
        on=today,
        content=_content(referral, child, carer, work, sender(today, referral.area_id)),
        by=by,
    )
    work.parents_invited_on, work.letter_id = today, letter.id
    db.session.flush()
    letters.deliver(letter, reference=referral.reference, stage=referral.stage, at=at)
    return letter


def _content(
    referral: Referral, child: Child, carer: Carer | None, work: SettingWork, council: Sender
) -> dict[str, Any]:
    address = carer.address if carer and carer.post_is_safe else None
    at = clock_in_words(work.review_at) if work.review_at else ""
    on = in_words(work.review_on) if work.review_on else ""
    return {
        "council": council.council,
        "service": council.service,
        "address": [carer.name, *address.splitlines()] if carer and address else [],
        "reference": referral.reference,
        "greeting": f"Dear {carer.name}," if carer else f"Dear parent or carer of {child.given_name},",
        "title": f"{child.given_name} {child.family_name}: a review of the support at {work.setting_name}",
        "sections": [
            _section("", [f"We would like you to be part of the review. It is on {on} at {at}, {work.review_place}."]),
            _section("What it is for", [], list(WHAT_FOR)),
            _section("Your team", [], council.team.lines),
        ],
        "closing": "Please tell us if you cannot come, or if you need an interpreter or anything else.",
        "signed": [council.service, council.council],
    }


def _section(heading: str, paragraphs: list[str], items: list[str] | None = None) -> dict[str, Any]:
    return {"heading": heading, "paragraphs": paragraphs, "items": items or []}
