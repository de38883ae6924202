"""People who go through the service in a browser: they fill in what a page asks, and every page is looked at."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Locator, Page, expect

from support.asking import filled
from support.axe import look_at_every_width
from support.browser import fetched
from support.forms import forms_in
from support.live import Live
from support.nu import Nu

PICTURES = "PORTAGE_TEST_PICTURES"  # a folder: every page is photographed at both widths
PATIENCE = 60.0
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/l/)[\w-]+")
ASQ = FilePayload(name="asq.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
Answers = Mapping[str, str | list[str]]


@dataclass
class Looking:
    """Looks at each kind of page once, as axe and the Nu checker see it, and keeps what they find until the end."""

    nu: Nu
    name: str
    found: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def at(self, page: Page, state: str = "") -> None:
        """Look at the page as it is now, at the width of a phone and of a desk; `state` names what was opened on it."""
        heading = page.get_by_role("heading", level=1).first.inner_text() if page.locator("h1").count() else ""
        shape = _IDS.sub("…", urlsplit(page.url).path)
        refused = page.locator(".govuk-error-summary").count() > 0
        if (mark := f"{shape} {heading} {refused} {state}") in self.seen:
            return
        self.seen.add(mark)
        markup, found = look_at_every_width(page, self._photograph)
        self.found += found
        if markup:
            status, sent = fetched(page)
            self._say(page, (self.nu.errors(sent) if status < 400 else []) + self.nu.errors(page.content()))

    def _say(self, page: Page, found: list[str]) -> None:
        self.found += [f"{page.url} at {page.viewport_size}: {each}" for each in found]

    def _photograph(self, page: Page, width: int) -> None:
        if folder := os.environ.get(PICTURES):
            name = f"{self.name}-{len(self.seen):02}-{urlsplit(page.url).path.rpartition('/')[2][:12]}-{width}.png"
            page.screenshot(path=str(Path(folder) / name), full_page=True)


@dataclass
class Walker:
    """One person with a browser at one council's host."""

    page: Page
    live: Live
    slug: str
    looking: Looking

    def sign_in(self, role: str, *, provider: str = "") -> str:
        """Sign in by the council's provider, or the one of that name; answers the name that the page shows."""
        self.live.sign_in(self.page, self.slug, role, provider=provider)
        self.looking.at(self.page)
        return self.page.locator(".portage-header__who").inner_text().strip()

    def go(self, path: str) -> None:
        """Open a page of the council."""
        answer = self.page.goto(path if path.startswith("http") else self.live.address(self.slug, path))
        assert answer is not None
        assert answer.status == 200, f"{answer.status} for {path}"
        self.looking.at(self.page)

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.get_by_role("main")

    @property
    def path(self) -> str:
        """Where the browser is."""
        return urlsplit(self.page.url).path

    def follow(self, name: str) -> None:
        """Follow a link of the page, by its whole name or a part of it."""
        whole = self.main.get_by_role("link", name=name, exact=True)
        self.open(whole if whole.count() else self.main.get_by_role("link", name=name))

    def open(self, leads_on: Locator) -> None:
        """Click what leads to another page, and look at that page once it is there.

        A click answers before the next page has begun: whoever looks then, looks at the page that is going away.
        """
        with self.page.expect_navigation():
            leads_on.first.click()
        self.looking.at(self.page)

    def press(self, name: str, *, refused: bool = False) -> None:
        """Press a button, and arrive without an error unless one is expected."""
        self.open(self.main.get_by_role("button", name=name, exact=True))
        problem = self.page.locator(".govuk-error-summary")
        expect(problem).to_have_count(1 if refused else 0)

    def fill(self, answers: Answers) -> None:
        """Answer the questions of the page, each by its field."""
        for name, answer in answers.items():
            for value in [answer] if isinstance(answer, str) else answer:
                self._answer(name, value)

    def on(self, name: str, day: date) -> None:
        """Answer with a day."""
        self.fill({f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)})

    def _answer(self, name: str, value: str) -> None:
        control = self.main.locator(f'[name="{name}"]')
        kind = control.first.evaluate("it => it.type")
        if kind in ("radio", "checkbox"):
            self.main.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            control.select_option(value)
        else:
            control.fill(value)

    def ask(self, route: str, referrer: str, given: Answers) -> str:
        """Ask for support on the public pages; answers the reference."""
        return self.send_form(f"/ask/{route}", "Send the request", referrer, given)

    def send_form(
        self, address: str, button: str, referrer: str, given: Answers, paper: FilePayload | None = None
    ) -> str:
        """Go through the pages of a form, with a paper of a kind named in `given` if there is one; the reference."""
        self.go(address)
        self.press("Start now")
        while not self.path.endswith("/check"):
            if self.path.endswith("/papers") and paper is not None:
                self.fill({"kind": given["paper_kind"]})
                self.main.get_by_label("Choose one or more files").set_input_files(paper)
                self.press("Add these files")
            if not self.path.endswith("/papers"):
                form = next(each for each in forms_in(self.page.content()) if urlsplit(each.action).path == self.path)
                self.fill({name: typed for name, typed in filled(form, given, referrer).items() if typed})
            self.press("Continue")
        self.press(button)
        return self.page.locator("#reference").inner_text()

    def mail(self, reference: str, words: str) -> EmailMessage:
        """The e-mail about a request that holds these words; it is on its way, so wait for it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for file in self.live.mails:
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                assert isinstance(mail, EmailMessage)
                if reference in (text := text_of(mail)) and words in text:
                    return mail
            time.sleep(0.3)
        raise AssertionError(f"no e-mail about {reference} says {words!r}; {len(self.live.mails)} others were sent")


def text_of(mail: EmailMessage) -> str:
    """Every word of an e-mail that somebody could read over a shoulder: headers and text."""
    body = mail.get_body(("plain", "html"))
    assert body is not None
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), str(body.get_content())])


def link_in(mail: EmailMessage) -> str:
    """The one-time link that an e-mail holds."""
    found = re.search(r"http://\S+/l/\S+", text_of(mail))
    assert found is not None, text_of(mail)
    return found[0]
