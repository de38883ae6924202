"""A visitor who follows every link and sends every form, as many people would, and writes down what goes wrong."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import psycopg
from flask import Flask
from psycopg.sql import SQL, Identifier
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.ids import new_id
from portage.core.routes import declaration_of
from support.browsers import Browser
from support.forms import Field, FormOnPage, forms_in

MACHINERY = {"_csrf", "_key", "version", "determination_id", "website"}
CHOSEN = ("radio", "checkbox", "select")
LONG = "A sentence that goes on and on. " * 300  # longer than any answer may be
FINE = (200, 303)
REFUSED = (409, 422)
SPENT = (410, "/l/<token>")  # a link that was opened elsewhere: a page that offers a new one
LATER = {"until_on": 30, "booked_for": 3, "starts_on": 3, "planned_on": 3, "reception_ends_on": 900}
PAPER = ("a-letter.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
UNWELCOME = ("a-letter.pdf", b"MZ this is a program")
Sent = MultiDict[str, Any]
_HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
_ID = re.compile(r'\sid="([^"]+)"')
Counts = dict[str, tuple[int, int | None]]
_DAY = re.compile(r"-(day|month|year)$")


@dataclass
class Report:
    """What was reached, what was sent, and what went wrong."""

    pages: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)  # rules of pages
    sent: set[str] = field(default_factory=set)  # rules of forms
    done: set[str] = field(default_factory=set)  # rules of forms that did their work, and did it once
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        """Take another's findings in."""
        self.pages += other.pages
        self.forms += other.forms
        self.reached |= other.reached
        self.sent |= other.sent
        self.done |= other.done
        self.wrong += other.wrong


@dataclass
class Crawler:
    """One person's browser. `tried` is shared, so that each form of a council is tried by the first who sees it."""

    app: Flask
    client: Browser
    who: str
    tried: set[tuple[str, str]]  # (council, rule of a form) that somebody has tried with everything
    counted: "Rows"
    each: int = 2  # how many addresses of one rule are opened
    avoid: frozenset[str] = frozenset()
    report: Report = field(default_factory=Report)
    _later: list[tuple[str, FormOnPage]] = field(default_factory=list)
    _waiting: "deque[tuple[str, str]]" = field(default_factory=deque)
    _known: set[str] = field(default_factory=set)
    _opened: Counter[str] = field(default_factory=Counter)

    def crawl(self, *starts: str) -> Report:
        """Follow every link from here; then send the forms that do something."""
        self._waiting.extend((start, "the beginning") for start in starts)
        self._known |= set(starts)
        while self._waiting or self._later:
            if not self._waiting:
                self.do_twice(*self._later.pop(0))
                continue
            address, source = self._waiting.popleft()
            if (rule := self.rule(address)) is None:
                self._say(f"{source} leads to {address}, which is no page")
                continue
            kind = f"{rule} {sorted(parse_qs(urlsplit(address).query))}"
            if rule in self.avoid or self._opened[kind] >= self.each or self._opened[rule] >= 2 * self.each:
                continue
            self._opened.update((kind, rule))
            self._go_on(self._open(address, rule, source), address)
        return self.report

    def _go_on(self, links: Iterable[str], source: str) -> None:
        for link in links:
            if link not in self._known:
                self._known.add(link)
                self._waiting.append((link, source))

    def rule(self, address: str, method: str = "GET") -> str | None:
        """The rule behind an address of this host; None when there is none."""
        try:
            found, _ = self.app.url_map.bind(self.client.host).match(
                urlsplit(address).path, method=method, return_rule=True
            )
        except RequestRedirect as redirect:
            return self.rule(redirect.new_url, method)
        except HTTPException:
            return None
        return found.rule

    def _open(self, address: str, rule: str, source: str) -> Iterator[str]:
        answer = self.client.get(address, buffered=True)
        self.report.pages[self.who] += 1
        self.report.reached.add(rule)
        if answer.status_code in (301, 302, 303, 308):
            yield from self._links([answer.headers["Location"]], address)
            return
        if answer.status_code == 422 and urlsplit(address).query:
            return  # answers in an address that did not fit, such as a visit planned for a day without visits
        if answer.status_code != 200 and (answer.status_code, rule) != SPENT:
            self._say(f"{source} leads to {address}: {answer.status_code}")
            return
        if answer.mimetype != "text/html":
            return
        page = answer.text
        self._look_at_anchors(address, page)
        yield from self._links((unescape(href) for href in _HREF.findall(page)), address)
        for form in forms_in(page):
            yield from self._meet(address, form)

    def _meet(self, address: str, form: FormOnPage) -> Iterator[str]:
        """Try a form that nobody of this council tried; what does something is kept for the end."""
        action = urljoin(address, form.action)
        if form.method == "get":
            yield from self._search(address, action, form)
            return
        rule = self.rule(action, "POST")
        if rule is None:
            self._say(f"{address} has a form to {action}, which takes none")
            return
        if rule in self.avoid or (self.client.host, rule) in self.tried:
            return
        self.tried.add((self.client.host, rule))
        if visible(form):
            for values in (nothing(form), wrong(form, days=False), wrong(form, days=True)):
                answer = self.send(action, values)
                self.judge(answer, f"POST {rule}", values, form, address)
                if answer.status_code == 303:
                    yield from self._links([answer.headers["Location"]], address)
        self._later.append((address, form))

    def _search(self, address: str, action: str, form: FormOnPage) -> Iterator[str]:
        """Ask a list for nothing and for nonsense, where nobody of this council did; and follow a good question."""
        path = urlsplit(action).path
        mark = (self.client.host, f"GET {self.rule(path)} {sorted(form.fields)}")
        nonsense = nothing(form), wrong(form, days=False), wrong(form, days=True)
        for values in nonsense if mark not in self.tried else ():
            answer = self.client.get(path, query_string=values)  # in place of the page's own
            self.judge(answer, f"GET {action}", values, form, address)
        self.tried.add(mark)
        yield from self._links([f"{path}?{urlencode(list(right(form).items(multi=True)))}"], address)

    def send(self, action: str, values: Sent) -> TestResponse:
        """Send a form; files are opened anew for each sending."""
        self.report.forms[self.who] += 1
        self.report.sent.add(self.rule(action, "POST") or action)
        opened = [
            (name, (BytesIO(value[1]), value[0]) if isinstance(value, tuple) else value)
            for name, value in values.items(multi=True)
        ]
        return self.client.post(action, data=MultiDict(opened))

    def judge(self, answer: TestResponse, what: str, sent: Sent, form: FormOnPage, on: str) -> None:
        if answer.status_code not in (*FINE, *REFUSED):
            self._say(f"{what} from {on}: {answer.status_code}")
        if answer.status_code == 422:
            self._look_at_anchors(what, answer.text)
        lost = kept_nothing_of(answer, form, sent)
        if lost:
            self._say(f"{what} from {on}: {answer.status_code} lost what was typed in {', '.join(lost)}")

    def do_twice(self, address: str, old: FormOnPage) -> None:
        """Send a form with good answers, and again as a double tap does: the work is done once."""
        page = self.client.get(address)
        form = next((each for each in forms_in(page.text) if each.action == old.action), None)
        if page.status_code not in (200, SPENT[0]) or form is None:
            return  # another form of this person's has changed what the page offers
        action = urljoin(address, form.action)
        rule = self.rule(action, "POST") or action
        what = f"POST {rule} from {address}"
        values = right(form)
        before = self.counted.now()
        first = self.send(action, values)
        if first.status_code != 303:
            self.judge(first, what, values, form, address)
            return
        between = self.counted.now()
        if before != between:
            self.report.done.add(rule)
        self._tap_again(action, what, values, first, between)
        for link in self._links([first.headers["Location"]], address):
            if (leads := self.rule(link)) is None:
                self._say(f"{what} leads to {link}, which is no page")
            elif leads not in self.avoid:
                self._go_on(self._open(link, leads, what), link)

    def _tap_again(self, action: str, what: str, values: Sent, first: TestResponse, between: Counts) -> None:
        second = self.send(action, values)
        after = self.counted.now()
        # Saving the same answers into a draft again is no second deed, and its route says so.
        seen = 2 if self._is_once(action) else 1
        if more := [name for name in after if after[name][:seen] != between[name][:seen]]:
            self._say(f"{what}: sent twice, it worked twice, in {', '.join(more)}")
        if (second.status_code, second.headers.get("Location")) != (303, first.headers["Location"]):
            self._say(f"{what}: sent twice, the second answer is {second.status_code}")

    def _is_once(self, action: str) -> bool:
        endpoint, _ = self.app.url_map.bind(self.client.host).match(urlsplit(action).path, method="POST")
        declared = declaration_of(self.app, str(endpoint))
        return declared is None or declared.once

    def _links(self, hrefs: Iterable[str], page: str) -> Iterator[str]:
        """The addresses of this host among links."""
        for href in hrefs:
            found = urlsplit(urljoin(f"http://{self.client.host}{page}", href))
            if found.scheme == "http" and found.hostname == self.client.host:
                yield found._replace(scheme="", netloc="", fragment="").geturl() or "/"

    def _look_at_anchors(self, address: str, page: str) -> None:
        ids = set(_ID.findall(page))
        dead = {href for href in _HREF.findall(page) if href.startswith("#") and href[1:] and href[1:] not in ids}
        if dead:
            self._say(f"{address} has links to places that it does not have: {', '.join(sorted(dead))}")

    def _say(self, sentence: str) -> None:
        self.report.wrong.append(f"{self.who}: {sentence}")


class Rows:
    """What stands in the database, table by table: how many rows, and the last transaction that wrote one."""

    ASIDE = ("audit%", "outbox%", "%session", "idempotency%", "alembic%", "trail%")

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        names = connection.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace "
            "and not relname like any(%s) order by 1",
            (list(self.ASIDE),),
        ).fetchall()
        self._question = SQL(" union all ").join(
            SQL("select {}, count(*), max(xmin::text::bigint) from {}").format(name, Identifier(name))
            for (name,) in names
        )

    def now(self) -> Counts:
        """Look."""
        return {name: (count, last) for name, count, last in self._connection.execute(self._question).fetchall()}


def visible(form: FormOnPage) -> list[Field]:
    """What a person can answer."""
    return [each for each in form.fields.values() if each.name not in MACHINERY and each.kind != "hidden"]


def _hidden(form: FormOnPage) -> Sent:
    hidden = [each for each in form.fields.values() if each.name in MACHINERY or each.kind == "hidden"]
    sent = MultiDict([(each.name, value) for each in hidden for value in each.values])
    if "_key" in sent:
        sent["_key"] = str(new_id())  # as if the page had been opened anew
    return sent


def nothing(form: FormOnPage) -> Sent:
    """The form with every answer taken out."""
    sent = _hidden(form)
    for each in visible(form):
        if each.kind not in ("radio", "checkbox", "file"):
            sent.add(each.name, "")
    return sent


def wrong(form: FormOnPage, *, days: bool) -> Sent:
    """Unknown choices and text without end, or with `days` letters for numbers and days far in the future."""
    sent = _hidden(form)
    for each in visible(form):
        if each.kind == "file":
            sent.add(each.name, UNWELCOME)
        elif each.kind in CHOSEN:
            for value in each.values if days else ["no-such-choice"]:
                sent.add(each.name, value)
        elif part := _DAY.search(each.name):
            future = {"day": "31", "month": "12", "year": "2099"} if days else {}
            sent.add(each.name, future.get(part[1], "soon"))
        else:
            sent.add(each.name, "letters" if days else LONG)
    return sent


def right(form: FormOnPage) -> Sent:
    """Answers that most forms take."""
    sent = _hidden(form)
    for each in visible(form):
        if each.kind == "file":
            sent.add(each.name, PAPER)
        elif each.kind in CHOSEN:
            if chosen := next((option for option in [*each.values, *each.options] if option), ""):
                sent.add(each.name, chosen)
        else:
            sent.add(each.name, (each.values and each.values[0]) or _good(each.name))
    return sent


def _good(name: str) -> str:
    if part := _DAY.search(name):
        return str(getattr(_good_day(name.removesuffix(part[0])), part[1]))
    fitting = {"at": "10:00", "booked_time": "10:00", "planned_at": "10:00", "happened_time": "0:00", "amount": "50"}
    fitting |= {"count": "2", "visits": "1", "minutes": "60", "setting_hours": "10", "every_weeks": "2"}
    if "postcode" in name or "email" in name or "telephone" in name:
        return ""
    return fitting.get(name, f"Something about {name.replace('_', ' ')}, in my own words and at some length")


def _good_day(name: str) -> date:
    today = clock.today()
    if name == "born":
        return today - timedelta(days=700)
    return today + timedelta(days=LATER.get(name, 0))


def kept_nothing_of(answer: TestResponse, form: FormOnPage, sent: Sent) -> list[str]:
    """The fields whose typed text a refusal does not show again."""
    if answer.status_code != 422:
        return []
    typed = [each.name for each in visible(form) if each.kind not in (*CHOSEN, "file") and sent.get(each.name)]
    same = [each for each in forms_in(answer.text) if urlsplit(each.action).path == urlsplit(form.action).path]
    kept = {name: value for each in same for name in each.fields for value in each.typed(name)}
    return [name for name in typed if _plain(kept.get(name, "")) != _plain(sent[name])]


def _plain(text: str) -> str:
    return " ".join(text.split())
