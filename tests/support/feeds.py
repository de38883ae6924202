"""A stand-in for a publisher of an Open Referral UK feed: a real server on this machine that speaks the protocol."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LISTED = ("id", "name", "description", "url", "email", "status", "minimum_age", "maximum_age", "assured_date")


def service(number: int, **said: Any) -> dict[str, Any]:
    """A service of version 3 as its own page tells it whole."""
    return {
        "id": f"0000-{number:04d}",
        "name": f"Toy library {number}",
        "description": "Borrow toys for a fortnight.",
        "status": "active",
        "url": "https://toys.example/",
        "email": "toys@toys.example",
        "minimum_age": 0,
        "maximum_age": 5,
        "assured_date": "2026-05-04",
        "organization": {"id": "o-1", "name": "Toys Together"},
        "phones": [{"id": "p-1", "number": "01632 960 555"}],
        "service_areas": [{"id": "a-1", "name": "The whole county"}],
        **said,
    }


@dataclass
class Publisher:
    """What the server publishes, and how it misbehaves: `old` is the first UK form, `raw` is sent instead of all."""

    services: list[dict[str, Any]] = field(default_factory=list)
    old: bool = False
    raw: bytes | None = None
    status: int = 200
    location: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """The address of its services."""
        return f"http://127.0.0.1:{self.port}/api/services"

    def page(self, number: int, size: int) -> dict[str, Any]:
        """One page of the list, which holds only what a list has to hold."""
        shown = self.services[(number - 1) * size : number * size]
        pages = -(-len(self.services) // size)
        listed = [{name: each[name] for name in LISTED if name in each} for each in shown]
        if self.old:
            return {
                "totalElements": len(self.services), "totalPages": pages, "number": number, "size": len(shown),
                "first": number == 1, "last": number >= pages, "empty": not shown, "content": listed,
            }  # fmt: skip
        return {
            "total_items": len(self.services), "total_pages": pages, "page_number": number, "size": len(shown),
            "first_page": number == 1, "last_page": number >= pages, "empty": not shown, "contents": listed,
        }  # fmt: skip

    def answer(self, path: str) -> Any:
        """What one address answers; None for none."""
        parts = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/api/services":
            return self.page(int(asked.get("page", 1)), int(asked.get("per_page", 10)))
        known = parts.path.removeprefix("/api/services/")
        return next((each for each in self.services if each["id"] == known), None)


class FeedServer(Publisher):
    """The publisher's server; `with FeedServer() as feed:` runs it on a free port of 127.0.0.1."""

    def __enter__(self) -> "FeedServer":
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked.append(self.path)
                found = publisher.answer(self.path) if publisher.raw is None else None
                body = publisher.raw if publisher.raw is not None else json.dumps(found).encode()
                self.send_response(publisher.status if found is not None or publisher.raw is not None else 404)
                if publisher.location:
                    self.send_header("Location", publisher.location)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
