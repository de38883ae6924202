"""Hands one text to GOV.UK Notify and asks what became of it; says honestly what is known and what is not.

The protocol is Notify's REST API as published: a JSON web token for each call (HS256, `iss` the service's id, `iat`
within 30 seconds), `POST /v2/notifications/sms`, and `GET /v2/notifications` by id or by our own reference.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import OctKey

from portage.accounts.outbound import OutboundFailed, OutboundRefused, Reach, check_address, guard

PUBLIC = "https://api.notifications.service.gov.uk"
PATIENCE = 10.0  # seconds for a whole call
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(rf"(?P<name>\S.*)-(?P<service>{_UUID})-(?P<secret>{_UUID})")
_FAILED = {
    "permanent-failure": "The network does not know this number.",
    "temporary-failure": "The telephone could not be reached: it may be off or without signal.",
    "technical-failure": "GOV.UK Notify could not send it.",
}


class Became(StrEnum):
    """What became of a text."""

    TAKEN = "taken"  # Notify has it and tries
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # Notify tried, for good
    REFUSED = "refused"  # Notify will not take it like this
    LATER = "later"  # trying again may help
    UNKNOWN = "unknown"  # it may have been taken: ask before sending again
    ABSENT = "absent"  # Notify knows of none


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: what became of the text, Notify's own id for it, and why, in a sentence for staff."""

    became: Became
    notify_id: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as Notify gives it out: a name, the service's id and the secret, joined by hyphens."""

    service: str
    secret: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> ApiKey | None:
        """The key in a text; None when it has another form."""
        found = _KEY.fullmatch(text.strip())
        return cls(found["service"], found["secret"]) if found else None


@dataclass(frozen=True, slots=True)
class Notify:
    """One council's service at Notify."""

    key: ApiKey
    template_id: str
    base: str = PUBLIC
    reach: Reach = field(default_factory=lambda: Reach(seconds=PATIENCE))

    def send(self, number: str, words: Mapping[str, str], reference: str) -> Told:
        """Send one text; `number` in international form, `words` what the template names, `reference` our own id."""
        told = {
            "phone_number": number,
            "template_id": self.template_id,
            "personalisation": dict(words),
            "reference": reference,
        }
        answer = self._call("POST", "/v2/notifications/sms", told)
        if isinstance(answer, Told):
            return answer
        return Told(Became.TAKEN, str(answer.get("id", "")) or None)

    def find(self, reference: str) -> Told:
        """What Notify knows under our reference; ABSENT when it has no such text."""
        answer = self._call("GET", "/v2/notifications", {"reference": reference, "template_type": "sms"})
        if isinstance(answer, Told):
            return answer
        found = answer.get("notifications") or []
        return _state(found[0]) if found else Told(Became.ABSENT)

    def look(self, notify_id: str) -> Told:
        """What became of a text that Notify took."""
        answer = self._call("GET", f"/v2/notifications/{notify_id}", {})
        return answer if isinstance(answer, Told) else _state(answer)

    def _call(self, verb: str, path: str, told: Mapping[str, Any]) -> dict[str, Any] | Told:
        url = self.base.rstrip("/") + path
        try:
            check_address(url, self.reach)
            with requests.Session() as session:
                guard(session, self.reach)
                sent: dict[str, Any] = {"json": told} if verb == "POST" else {"params": told}
                answer = session.request(verb, url, headers=self._headers(), allow_redirects=False, **sent)
        except OutboundRefused:
            return Told(Became.REFUSED, because="The address of GOV.UK Notify is set wrongly. Please tell support.")
        except OutboundFailed:
            return Told(Became.UNKNOWN, because="GOV.UK Notify did not answer.")
        return _read(answer)

    def _headers(self) -> dict[str, str]:
        # A token speaks of this very moment, whatever moment the service's clock was stopped at.
        claims = {"iss": self.key.service, "iat": int(time.time())}
        token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(self.key.secret))
        return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def _read(answer: requests.Response) -> dict[str, Any] | Told:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code in (200, 201) and isinstance(body, dict):
        return body
    if answer.status_code == 429:
        return Told(Became.LATER, because="GOV.UK Notify takes no more texts just now: a limit is reached.")
    if 400 <= answer.status_code < 500:
        return Told(Became.REFUSED, because=_refusal(answer.status_code, body))
    return Told(Became.UNKNOWN, because="GOV.UK Notify has a fault just now.")


def _refusal(status: int, body: Any) -> str:
    """A sentence for staff. What Notify says is matched, never shown: it may repeat a number."""
    errors = body.get("errors") if isinstance(body, dict) else None
    said = " ".join(str(each.get("message", "")) for each in errors or () if isinstance(each, dict)).lower()
    if status in (401, 403):
        clock = " The clock of this service may be wrong." if "clock" in said or "expired" in said else ""
        return f"GOV.UK Notify does not accept our key.{clock} Please tell whoever runs the service."
    if "phone_number" in said or "phone number" in said:
        return "GOV.UK Notify says that this is no number for texts."
    if "team-only" in said or "trial mode" in said:
        return "The council's GOV.UK Notify service is still in trial mode and sends to its own team only."
    if "template" in said or "personalisation" in said:
        return "The template at GOV.UK Notify does not fit. Please tell whoever runs the service."
    return "GOV.UK Notify does not take this text. Please tell whoever runs the service."


def _state(notification: Mapping[str, Any]) -> Told:
    status, notify_id = str(notification.get("status", "")), str(notification.get("id", "")) or None
    if status == "delivered":
        return Told(Became.DELIVERED, notify_id)
    if status in _FAILED:
        return Told(Became.UNDELIVERED, notify_id, _FAILED[status])
    return Told(Became.TAKEN, notify_id)
