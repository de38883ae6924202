"""The form that publishes a draft: who decided, from which day, what it corrects, who of those who wait is moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text, Tick, Ticks
from portage.editions.models import PolicyEdition
from portage.editions.publishing import Approval, Correction, Publication
from portage.policy.dates import in_words
from portage.settings.terms.kinds import plain

BODIES = {"committee": "A committee", "officer": "An officer with delegated power"}
LOCAL_OFFER = {"updated": "It is updated already", "later": "It will be updated by a later day"}


class PublishForm(FormSchema):
    """Everything that is asked when an edition is published."""

    effective_from = Day("Enter the day from which this edition holds.")
    source = Text("Name the document that families can read.", longest=300)
    source_address = Text(longest=500)
    decided_body = Choice(*BODIES, required="Say whether a committee or an officer decided.")
    decided_by = Text("Name the committee, or the title of the officer.")
    decided_on = Day("Enter the day of the decision.")
    minute_reference = Text("Give the reference of the minute or of the decision record.")
    call_in = Choice("ends", "none", required="Say whether a call-in applies.")
    call_in_ends_on = Day()
    equality_assessment = Text("Give the reference of the equality impact assessment.", longest=300)
    local_offer = Choice(*LOCAL_OFFER, required="Say whether the local offer is updated.")
    local_offer_on = Day()
    kind = Choice("ordinary", "correction", required="Say whether this corrects an earlier edition.")
    corrects = fields.UUID(load_default=None, error_messages={"invalid_uuid": "Choose the edition that it corrects."})
    correction_reason = Text(longest=2000)
    waiting_moves = Ticks()
    seen = Tick()
    listed = Text()
    version = fields.Integer(required=True)

    @validates_schema(skip_on_field_errors=False)
    def answers_that_belong_together(self, data: Mapping[str, Any], **_: Any) -> None:
        """Ask for what an answer makes necessary."""
        wrong = {}
        if data.get("call_in") == "ends" and not data.get("call_in_ends_on"):
            wrong["call_in_ends_on"] = ["Enter the day on which the call-in ends."]
        if data.get("local_offer") == "later" and not data.get("local_offer_on"):
            wrong["local_offer_on"] = ["Enter the day by which the local offer will be updated."]
        if data.get("kind") == "correction":
            if not data.get("corrects"):
                wrong["corrects"] = ["Choose the edition that it corrects."]
            if not data.get("correction_reason"):
                wrong["correction_reason"] = ["Say what was wrong."]
        if data.get("source_address") and not _is_address(data["source_address"]):
            wrong["source_address"] = ["Enter the whole address of a page, beginning with https."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Publication:
        approval = Approval(
            data["decided_body"],
            data["decided_by"],
            data["decided_on"],
            data["minute_reference"],
            data["call_in_ends_on"] if data["call_in"] == "ends" else None,
            data["equality_assessment"],
        )
        correction = None
        if data["kind"] == "correction":
            listed = data["listed"] if data["seen"] else None
            correction = Correction(data["corrects"], data["correction_reason"], listed or "")
        return Publication(
            data["effective_from"],
            data["source"],
            data["source_address"],
            approval,
            data["local_offer"],
            data["local_offer_on"] if data["local_offer"] == "later" else None,
            data["version"],
            tuple(dict.fromkeys(data["waiting_moves"])),
            correction,
        )


def decision_of(edition: PolicyEdition) -> list[tuple[str, str]]:
    """Return who decided on a published edition and where that can be read; nothing for one that a file brought."""
    if edition.published_by is None or edition.decided_on is None:
        return []
    offer = LOCAL_OFFER[edition.local_offer or "updated"]
    rows = [
        ("Decided by", f"{BODIES[edition.decided_body or 'committee']}: {edition.decided_by}"),
        ("Day of the decision", in_words(edition.decided_on)),
        ("Minute or decision record", edition.minute_reference or ""),
        ("Call-in", f"Until {in_words(edition.call_in_ends_on)}" if edition.call_in_ends_on else "None applied"),
        ("Equality impact assessment", edition.equality_assessment or ""),
        ("Document on the web", edition.source_address or "Not given"),
        ("Local offer", f"{offer}: {in_words(edition.local_offer_on)}" if edition.local_offer_on else offer),
        ("Children on the waiting list", _moved(edition)),
    ]
    if edition.corrects is not None:
        rows.append(("Requests received before it was corrected", f"{len(edition.touched)}, each unchanged"))
    return rows


def _moved(edition: PolicyEdition) -> str:
    terms = "; ".join(plain(path.removeprefix("support.")) for path in edition.waiting_moves)
    return f"Moved to this edition: {terms}" if terms else "They stay under the edition of their request"


def _is_address(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in ("https", "http") and bool(found.hostname) and " " not in text


def day_typed(values: Mapping[str, Any]) -> date | None:
    """Return the first day as typed so far, for the list of what a correction reaches; None while it is no day."""
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in str(values.get("effective_from", "")).split("-")))
    except ValueError:
        return None


def corrected_typed(values: Mapping[str, Any]) -> UUID | None:
    """Return the edition that a correction names so far."""
    try:
        return UUID(str(values.get("corrects", ""))) if values.get("kind") == "correction" else None
    except ValueError:
        return None
