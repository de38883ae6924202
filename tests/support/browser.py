"""A real Chromium for tests: a phone, a desktop and a browser without JavaScript, each watched for complaints."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

from support import programs

# A parent's small telephone, held upright, and a desktop at the office.
PHONE = {
    "viewport": {"width": 320, "height": 640},
    "has_touch": True,
    "locale": "en-GB",
    "timezone_id": "Europe/London",
}
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "timezone_id": "Europe/London"}
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OURS = ("localhost", "127.0.0.1")
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, else the driver's own; root may not use its sandbox."""
    chromium = os.environ.get("CHROMIUM") or programs.found("BROWSER")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    found = {"executable_path": chromium} if chromium else {}
    return {**browser_type_launch_args, **found, "args": [*QUIET, *root]}


@dataclass
class Watch:
    """Collects what a browser complains of; a test fails on what is left at its end."""

    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, part: str) -> None:
        """Expect complaints that hold these words, such as the 409 of a page that tests a conflict."""
        self.allowed.append(part)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a browser context."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def left(self) -> list[str]:
        """The complaints that nobody expected."""
        return [said for said in self.complaints if not any(part in said for part in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx with its page; that is the service's answer, not the browser's complaint.
        asked = message.location["url"]
        answered = "Failed to load resource" in message.text and asked == _address_of(message.page)
        if message.type in ("error", "warning") and not answered:
            self.complaints.append(f"console {message.type}: {message.text} at {message.location['url']}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"script error: {error.error}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if urlsplit(request.url).scheme.startswith("http") and not (host in OURS or host.endswith(".localhost")):
            self.complaints.append(f"request to another site: {request.url}")
        if request.resource_type == "font":
            self.complaints.append(f"request for a font: {request.url}")

    def _response(self, response: Response) -> None:
        part_of_page = response.request.resource_type in ("stylesheet", "script", "image", "font", "manifest")
        if response.status >= 500 or (response.status >= 400 and part_of_page):
            self.complaints.append(f"{response.status} from {response.url}")


_FETCH = """async address => {
  const got = await fetch(address || location.href, { redirect: "manual" });
  return got.type === "opaqueredirect" ? [303, ""] : [got.status, await got.text()];
}"""


def fetched(page: Page, address: str = "") -> tuple[int, str]:
    """Status and text of an address of the page's own site, asked for by the page: only browsers know *.localhost.

    A redirect is not followed and counts as 303, for it may lead to another site.
    """
    status, text = page.evaluate(_FETCH, address)
    return int(status), str(text)


def _address_of(page: Page | None) -> str:
    return page.url.partition("#")[0] if page else ""


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The complaints of this test's browsers: policy violations, script errors, failed loads, fonts, other sites."""
    watching = Watch()
    yield watching
    assert not watching.left(), "\n".join(watching.left())


@pytest.fixture
def visitor(new_context: NewContext, watch: Watch) -> Callable[..., Page]:
    """`visitor()` is somebody with a browser of their own on a phone; `visitor(**DESKTOP)` at a desk."""

    def arrive(**options: Any) -> Page:
        context = new_context(**{**PHONE, **options})
        context.set_default_timeout(30_000)
        watch.over(context)
        return context.new_page()

    return arrive


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Page:
    """A page 320 pixels wide."""
    return visitor()


@pytest.fixture
def desktop(visitor: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide."""
    return visitor(**DESKTOP, has_touch=False)


@pytest.fixture
def without_scripts(visitor: Callable[..., Page]) -> Page:
    """A phone whose browser runs no JavaScript."""
    return visitor(java_script_enabled=False)
