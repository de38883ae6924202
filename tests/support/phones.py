"""A phone of a visitor as the service sees one: what the app's scripts ask and send, without a browser."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.csrf import HEADER
from portage.core.ids import new_id


@dataclass(slots=True)
class Handset:
    """One phone: its id, and the browser in it."""

    client: FlaskClient
    id: UUID = field(default_factory=new_id)
    token: str = ""

    def contact(self) -> dict[str, Any]:
        """What the service says about this phone and its session."""
        told: dict[str, Any] = self.client.get(f"/app/contact?phone={self.id}").get_json()
        self.token = told.get("token", self.token)
        return told

    def post(self, path: str, sent: object) -> TestResponse:
        """Send JSON as the app does."""
        return self.client.post(path, json=sent, headers={HEADER: self.token})

    def fill(self) -> TestResponse:
        """Open the phone and get the visits."""
        if not self.token:
            self.token = self.client.get("/app/contact").get_json().get("token", "")
        return self.post("/app/phones", {"phone": str(self.id)})

    def thing(
        self, visit_id: UUID, kind: str = "record", *, written: datetime | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Something as the phone keeps it until it is sent."""
        return {
            "key": str(new_id()),
            "phone": str(self.id),
            "kind": kind,
            "visit": str(visit_id),
            "written": (written or clock.now()).isoformat(),
            "fields": fields,
        }

    def send(self, thing: object) -> TestResponse:
        """Send one thing."""
        return self.post("/app/records", thing)


def done(version: int = 1, **more: Any) -> dict[str, Any]:
    """The fields of a visit that took place today."""
    return {
        "status": "done",
        "done_on": clock.today().isoformat(),
        "how_it_went": "We played with water.",
        "version": version,
        **more,
    }
