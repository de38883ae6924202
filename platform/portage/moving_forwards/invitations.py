"""The invitation and the word that there is no meeting: letters to the family, the same words for other guests."""

from datetime import datetime
from typing import Any

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.messages import letters
from portage.messages.council import Sender, sender
from portage.messages.models import Letter
from portage.messages.operations import tell
from portage.moving_forwards import words
from portage.moving_forwards.models import ForwardMeeting
from portage.moving_forwards.operations import guests_of
from portage.policy.dates import when_in_words
from portage.referrals.models import Referral


def invite(referral: Referral, child: Child, meeting: ForwardMeeting, *, by: Actor, at: datetime) -> Letter:
    """Write the invitation to the main contact and send it the way that is safe for them."""
    today = at.astimezone(LONDON).date()
    carers = carers_of(child.id)
    letter = letters.write(
        kind="invitation",
        child_id=child.id,
        referral_id=referral.id,
        carer_id=carers[0].id if carers else None,
        on=today,
        content=content_of(referral, child, meeting, sender(today, referral.area_id)),
        by=by,
    )
    meeting.invited_on, meeting.letter_id = today, letter.id
    db.session.flush()
    letters.deliver(letter, reference=referral.reference, stage=referral.stage, at=at)
    return letter


def ask_for_word(referral: Referral, child: Child, meeting: ForwardMeeting) -> bool:
    """Ask the main contact by e-mail to say when the plan came, where e-mail is safe for them; whether it is."""
    carers = carers_of(child.id)
    if not carers or not carers[0].email or not carers[0].email_is_safe:
        return False
    tell(
        kind="support-plan",
        recipient_kind="carer",
        recipient_id=carers[0].id,
        referral_id=referral.id,
        child_id=child.id,
        reference=referral.reference,
        stage=referral.stage,
        again=f"{meeting.plan_sent_on}",
    )
    return True


def tell_of_cancelling(
    referral: Referral, child: Child, meeting: ForwardMeeting, *, by: Actor, at: datetime
) -> Letter | None:
    """Write to the main contact that the meeting does not take place; None where nobody invited them yet."""
    if meeting.letter_id is None:
        return None
    today = at.astimezone(LONDON).date()
    council = sender(today, referral.area_id)
    carers = carers_of(child.id)
    title = f"{child.given_name} {child.family_name}: your Moving Forwards meeting is cancelled"
    letter = letters.write(
        kind="cancellation",
        child_id=child.id,
        referral_id=referral.id,
        carer_id=carers[0].id if carers else None,
        on=today,
        content=_letter(referral, child, council, title, cancelled_sections(meeting, council)),
        by=by,
    )
    letters.deliver(letter, reference=referral.reference, stage=referral.stage, at=at)
    return letter


def cancelled_sections(meeting: ForwardMeeting, council: Sender) -> list[dict[str, Any]]:
    """What everybody who was invited reads when the meeting does not take place."""
    when = f"The meeting on {when_in_words(meeting.held_on, meeting.held_at)}, {meeting.place}, is cancelled."
    again = "Your request stays open. We get in touch about another day."
    return [
        _section("", [when, meeting.cancelled_because or "", again]),
        _section("Free and independent advice", [], words.sendiass(council)),
        _section("Your team", [], council.team.lines),
    ]


def content_of(referral: Referral, child: Child, meeting: ForwardMeeting, council: Sender) -> dict[str, Any]:
    """The invitation in plain sentences, with both limits and SENDIASS."""
    when = f"It is on {when_in_words(meeting.held_on, meeting.held_at)}, {meeting.place}."
    title = f"{child.given_name} {child.family_name}: your Moving Forwards meeting"
    return {
        **_letter(referral, child, council, title, sections_of(meeting, council, when)),
        "closing": "Please tell us if you cannot come, or if you need an interpreter or anything else.",
    }


def _letter(
    referral: Referral, child: Child, council: Sender, title: str, sections: list[dict[str, Any]]
) -> dict[str, Any]:
    """A letter to the main contact with these sections."""
    carers = carers_of(child.id)
    carer = carers[0] if carers else None
    address = carer.address if carer and carer.post_is_safe else None
    return {
        "council": council.council,
        "service": council.service,
        "address": [carer.name, *address.splitlines()] if carer and address else [],
        "reference": referral.reference,
        "greeting": f"Dear {carer.name}," if carer else f"Dear parent or carer of {child.given_name},",
        "title": title,
        "sections": sections,
        "closing": "If you would like to talk about this, please get in touch.",
        "signed": [council.service, council.council],
    }


def sections_of(meeting: ForwardMeeting, council: Sender, when: str) -> list[dict[str, Any]]:
    """What everybody who is invited reads."""
    invited = [f"{each.name}{f', {each.organisation}' if each.organisation else ''}" for each in guests_of(meeting.id)]
    plan = (
        "You get a copy of the SEND Support Plan before the meeting. Please read it, and tell us what you think of it."
    )
    return [
        _section("", ["You asked for a Moving Forwards meeting.", when]),
        _section("Who is invited", [], invited),
        _section("What the meeting is for", [], list(words.PURPOSE)),
        _section("Before the meeting", [plan]),
        _section("What the meeting cannot do", [words.NO_DECISION, words.NO_HEALTH], words.health_services()),
        _section("Free and independent advice", [], words.sendiass(council)),
        _section("Your team", [], council.team.lines),
    ]


def _section(heading: str, paragraphs: list[str], items: list[str] | None = None) -> dict[str, Any]:
    return {"heading": heading, "paragraphs": paragraphs, "items": items or []}
