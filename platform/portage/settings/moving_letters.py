"""A draft letter to a family that waits, about the terms that a new edition would change for them; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.tenancy import current_tenant_id
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_by_id
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.messages.council import sender
from portage.policy.dates import in_words
from portage.settings.touched import label_of, movable_terms, value_at
from portage.support.operations import entry_here, referral_here


@dataclass(frozen=True, slots=True)
class Drafted:
    """A letter as its page shows it, and the child whom it is about."""

    child_id: UUID
    content: dict[str, Any]


def letter_about(edition: PolicyEdition, entry_id: UUID, chosen: tuple[str, ...]) -> Drafted:
    """Write to the family of one place on the list about the chosen terms; raise NotHere for any other term."""
    entry = entry_here(entry_id)
    if entry.referral_id is None:
        raise NotHere  # from before the recorded policy: no edition judged the request
    referral = referral_here(entry.referral_id)
    _, later = edition_by_id(edition.id)
    _, judged = edition_by_id(referral.edition_id)
    if not set(chosen) <= {term.path for term in movable_terms(edition.id, only=chosen)} or not _known(later, chosen):
        raise NotHere
    child = db.session.get_one(Child, (current_tenant_id(), entry.child_id))
    council = sender(clock.today(), entry.area_id)
    carers = carers_of(entry.child_id)
    day = in_words(edition.effective_from) if edition.effective_from else "a day that we tell you in time"
    changed = [
        f"{label_of(later, path)}: until now {value_at(judged, path)}; from then on {value_at(later, path)}."
        for path in chosen
        if value_at(judged, path) != value_at(later, path)
    ]
    opening = f"{child.given_name} is on our waiting list. We are writing because our policy changes from {day}."
    stays = "Nothing changes for you by it: what we told you when we accepted your request still holds."
    content = {
        "council": council.council,
        "service": council.service,
        "address": [carers[0].name, *(carers[0].address or "").splitlines()] if _may_post(carers) else [],
        "reference": referral.reference,
        "greeting": f"Dear {carers[0].name}," if carers else f"Dear parent or carer of {child.given_name},",
        "title": f"{child.given_name} {child.family_name}: a change of our policy while you wait",
        "sections": [
            {"heading": "", "paragraphs": [opening], "items": []},
            {"heading": "What changes for you", "paragraphs": [] if changed else [stays], "items": changed},
            {"heading": "What stays", "paragraphs": [_STAYS], "items": []},
            {"heading": "Your team", "paragraphs": [], "items": council.team.lines},
        ],
        "closing": "If you would like to talk about this letter, please get in touch.",
        "signed": [f"{council.service}, {council.council}"],
    }
    return Drafted(entry.child_id, content)


_STAYS = (
    "Your place on the list and the decision about your request stay as they are. "
    "You need not do anything, and you need not ask again."
)


def _known(later: Any, chosen: tuple[str, ...]) -> bool:
    return all(hasattr(later.terms, path.partition(".")[0]) for path in chosen)


def _may_post(carers: list[Any]) -> bool:
    return bool(carers) and carers[0].post_is_safe and bool(carers[0].address)
