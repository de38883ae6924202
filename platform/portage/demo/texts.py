"""Stands in for GOV.UK Notify: checks each call as its documentation says, sends nothing, keeps what would be sent.

It answers with the documented bodies of errors, and knows the telephone numbers that Notify keeps for trying failures.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from portage.core.telephones import NotANumber, international, read_mobile
from portage.messages.notify import ApiKey

BOUND = 30  # seconds that a token may be off
TEMPLATE = "Portage: something waits for you. Reference ((reference)). Sign in: ((link))"
FAILING = {"+447700900002": "permanent-failure", "+447700900003": "temporary-failure"}
FIELDS = {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id"}
_TOKEN = "Error: Your system clock must be accurate to within 30 seconds"  # noqa: S105 - a sentence of Notify's
Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """A call that Notify would refuse: the status and its documented error."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message

    def answer(self) -> Answer:
        """The documented body."""
        return self.status, {"status_code": self.status, "errors": [{"error": self.error, "message": self.message}]}


@dataclass
class StandIn:
    """One service at Notify. `mode` is take, limit or daily (429), broken (500), hang, or drop (takes and hangs up).

    `on_sent(number, body)` is called for each text that would go out; `sent` keeps what Notify would know of each.
    """

    key: ApiKey
    template_id: str
    mode: str = "take"
    team_only: bool = False
    on_sent: Callable[[str, str], None] = lambda number, body: None
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    delivered: bool = True  # whether texts arrive; else they stay on their way
    address: str = ""  # where it listens, once it does

    def handle(self, verb: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one call."""
        parts = urlsplit(address)
        self.calls.append(f"{verb} {parts.path}")
        try:
            self._check_token(headers.get("Authorization", ""))
            if self.mode == "broken":
                raise Refused(500, "Exception", "Internal server error")
            if verb == "POST" and parts.path == "/v2/notifications/sms":
                return 201, self._take(body)
            if verb == "GET" and parts.path == "/v2/notifications":
                return 200, self._listed(parse_qs(parts.query))
            if verb == "GET" and (found := re.fullmatch(r"/v2/notifications/([^/]+)", parts.path)):
                return 200, self._one(found[1])
            raise Refused(404, "NoResultFound", "No result found")
        except Refused as refused:
            return refused.answer()

    def _check_token(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer":
            raise Refused(401, "AuthError", "Unauthorized, authentication token must be provided")
        try:
            read = jwt.decode(token, OctKey.import_key(self.key.secret), algorithms=["HS256"])
        except (JoseError, ValueError):
            raise Refused(403, "AuthError", "Invalid token: API key not found") from None
        if read.header.get("typ") != "JWT" or read.claims.get("iss") != self.key.service:
            raise Refused(403, "AuthError", "Invalid token: service not found")
        issued = read.claims.get("iat")
        if not isinstance(issued, int) or abs(time.time() - issued) > BOUND:
            raise Refused(403, "AuthError", _TOKEN)

    def _take(self, body: bytes) -> dict[str, Any]:
        told = self._checked(body)
        if self.mode == "limit":
            limit = "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
            raise Refused(429, "RateLimitError", limit)
        if self.mode == "daily":
            raise Refused(429, "TooManyRequestsError", "Exceeded send limits (sms: 250000) for today")
        number = international(told["phone_number"])
        words = told.get("personalisation") or {}
        text = re.sub(r"\(\((\w+)\)\)", lambda found: str(words[found[1]]), TEMPLATE)
        made = {
            "id": str(uuid4()),
            "reference": told.get("reference"),
            "phone_number": number,
            "type": "sms",
            "status": FAILING.get(number, "delivered" if self.delivered else "sending"),
            "template": {"id": self.template_id, "version": 1},
            "body": text,
            "created_at": datetime.now(UTC).isoformat(),
        }
        self.sent.append(made)
        self.on_sent(number, text)
        content = {"body": text, "from_number": "PORTAGE"}
        return {**{key: made[key] for key in ("id", "reference", "template")}, "content": content, "uri": made["id"]}

    def _checked(self, body: bytes) -> dict[str, Any]:
        try:
            told = json.loads(body)
        except ValueError:
            raise Refused(400, "BadRequestError", "Invalid JSON supplied in POST data") from None
        if not isinstance(told, dict):
            raise Refused(400, "ValidationError", "is not of type object")
        for name in ("phone_number", "template_id"):
            if not isinstance(told.get(name), str):
                raise Refused(400, "ValidationError", f"{name} is a required property")
        if extra := set(told) - FIELDS:
            raise Refused(400, "ValidationError", f"Additional properties are not allowed ({sorted(extra)[0]})")
        self._check_template(told)
        try:
            read_mobile(told["phone_number"])
        except NotANumber:
            raise Refused(400, "ValidationError", "phone_number Not a UK mobile number") from None
        if self.team_only:
            raise Refused(400, "BadRequestError", "Can’t send to this recipient using a team-only API key")
        return told

    def _check_template(self, told: dict[str, Any]) -> None:
        try:
            UUID(told["template_id"])
        except ValueError:
            raise Refused(400, "ValidationError", "template_id is not a valid UUID") from None
        if told["template_id"] != self.template_id:
            raise Refused(400, "BadRequestError", "Template not found")
        wanted = re.findall(r"\(\((\w+)\)\)", TEMPLATE)
        missing = [name for name in wanted if not (told.get("personalisation") or {}).get(name)]
        if missing:
            raise Refused(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")

    def _listed(self, asked: Mapping[str, list[str]]) -> dict[str, Any]:
        reference = asked.get("reference", [None])[0]
        found = [each for each in reversed(self.sent) if reference is None or each["reference"] == reference]
        return {"notifications": found, "links": {"current": "/v2/notifications"}}

    def _one(self, notify_id: str) -> dict[str, Any]:
        try:
            UUID(notify_id)
        except ValueError:
            raise Refused(400, "ValidationError", "id is not a valid UUID") from None
        for each in self.sent:
            if each["id"] == notify_id:
                return each
        raise Refused(404, "NoResultFound", "No result found")


@dataclass
class Desk:
    """Several services at Notify behind one address, as it has them; the key in a token says whose call it is."""

    services: list[StandIn]

    @property
    def mode(self) -> str:
        """How the first service behaves."""
        return self.services[0].mode if self.services else "take"

    def handle(self, verb: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one call by the service that knows the key."""
        answer = Refused(403, "AuthError", "Invalid token: service not found").answer()
        for service in self.services:
            answer = service.handle(verb, address, headers, body)
            if answer[0] != 403:
                break
        return answer


def desk_of(file: Path, on_sent: Callable[[str, str], None]) -> Desk:
    """The services that a file names, a list of `key` and `template_id`; none where there is no file."""
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    services = []
    for each in told:
        key = ApiKey.read(each["key"])
        if key is not None:
            services.append(StandIn(key, each["template_id"], on_sent=on_sent))
    return Desk(services)


def server(stand_in: StandIn | Desk, port: int) -> ThreadingHTTPServer:
    """The stand-in behind HTTP on this machine alone; the caller serves and ends it."""

    class Calls(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _answer(self, verb: str, sent: bytes) -> None:
            if stand_in.mode == "hang":
                time.sleep(30)
            status, told = stand_in.handle(verb, self.path, dict(self.headers), sent)
            if stand_in.mode == "drop" and verb == "POST":
                self.connection.close()
                return
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write nothing: the addresses of calls are of no interest."""

    return ThreadingHTTPServer(("127.0.0.1", port), Calls)


def in_background(stand_in: StandIn | Desk, port: int) -> ThreadingHTTPServer:
    """Serve beside what else the process does."""
    serving = server(stand_in, port)
    if isinstance(stand_in, StandIn):
        stand_in.address = f"http://127.0.0.1:{port}"
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    return serving
