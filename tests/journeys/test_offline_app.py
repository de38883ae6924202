"""A visitor's phone without signal: what was written there arrives once each, in order, and signing out leaves nothing.

LDS-08 and LAN-06 are the parts of a visit that the record asks for.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from support.axe import sideways, violations
from support.browser import Watch
from support.handset import SLUG, App, app_of, visits_of_today
from support.lengths import AT_LENGTH
from support.live import Live
from support.live_visits import SURNAME
from support.run import Servers
from support.skeleton import what_is_new

pytestmark = pytest.mark.browser
Sound = Callable[[Page], None]
INTERRUPTIONS = 200 if AT_LENGTH else 6
numbers = count(1)
stock: list[str] = []


@pytest.fixture
def rows(servers: Servers, worker_name: str) -> Iterator[psycopg.Connection]:
    """What the service has, of every council."""
    at = urlsplit(servers.superuser)._replace(path=f"/portage_live_{worker_name}").geturl()
    with psycopg.connect(at, autocommit=True) as connection:
        yield connection


def arrived(rows: psycopg.Connection, *visits: str) -> list[tuple[str, str]]:
    """The records that came of these visits in the order of arrival: the visit and how it went."""
    found = rows.execute(
        "select v.id::text, v.how_it_went from sent_from_phone s join visit v on v.id = s.visit_id "
        "where v.id = any(%s::uuid[]) and s.kind = 'record' order by s.created_at, s.id",
        (list(visits),),
    )
    return found.fetchall()


def assert_accessible(page: Page) -> None:
    """Fail when axe finds anything, or the page scrolls sideways, at the size of this phone."""
    found = violations(page, what_is_new(page)) + sideways(page)
    assert not found, "\n".join(found)


def plan(live: Live, how_many: int) -> list[str]:
    """The ids of new visits of today; planned for several tests at once, because each planning starts a process."""
    if len(stock) < how_many:
        stock[:] = [each["id"] for each in visits_of_today(live, next(numbers) * 100, max(how_many, 16))]
    return [stock.pop(0) for _ in range(how_many)]


def test_three_visits_recorded_without_signal_arrive_once_each_in_order(
    live: Live, visitor: Callable[..., Page], watch: Watch, rows: psycopg.Connection, sound: Sound
) -> None:
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    visits = plan(live, 3)
    app = app_of(live, visitor)
    sound(app.page)
    app.context.set_offline(True)
    for number, visit_id in enumerate(visits):
        app.open(f"visit/{visit_id}")
        expect(app.main).to_contain_text("Hidden Lane")
        expect(app.main).to_contain_text("A large dog.")
        expect(app.main).to_contain_text("01632 960 001")
        app.page.get_by_role("button", name="I am there").click()
        expect(app.main).to_contain_text("that you are there")
        if number == 0:
            assert_accessible(app.page)
            ordinary(app)
        else:
            app.record(visit_id, f"Number {number}: we played with water.")
    expect(app.main).to_contain_text("7 things are not sent yet")
    app.reopen()
    expect(app.main).to_contain_text("7 things are not sent yet")
    expect(app.main).to_contain_text("on this phone")
    assert_accessible(app.page)
    app.open("outbox")
    expect(app.main).to_contain_text("On this phone")
    assert_accessible(app.page)
    assert arrived(rows, *visits) == []
    app.page.evaluate(LOSE)
    app.context.set_offline(False)
    expect(app.main.get_by_text("Sent", exact=True)).to_have_count(7, timeout=30_000)
    assert arrived(rows, *visits) == [(key, f"Number {n}: we played with water.") for n, key in enumerate(visits)]
    app.page.reload()
    app.open("")
    expect(app.main).to_contain_text("Kept on this phone until")
    assert len(arrived(rows, *visits)) == 3
    times = rows.execute("select arrived_at, left_at from visit where id = %s", (visits[0],)).fetchone()
    assert times is not None
    assert None not in times
    kept = rows.execute(
        "select v.who_was_there, v.next_activity, v.time_in is not null and v.time_out is not null, "
        "jsonb_array_length(v.elements), v.parents_words, "
        "(select array_agg(result) from target_tried t where t.visit_id = v.id), "
        "(select array_agg(words) from family_note n where n.visit_id = v.id) from visit v where v.id = %s",
        (visits[0],),
    ).fetchone()
    assert kept == ("Robin and the baby", "Blow bubbles.", True, 2, None, ["with-help"], ["She waited twice!"])


def ordinary(app: App) -> None:
    """Leave, and record an ordinary visit: ten taps, a sentence of the visitor's and one of the family's."""
    for name in ("I am out and safe", "Record this visit"):
        app.page.get_by_role("button", name=name).or_(app.page.get_by_role("link", name=name)).tap()
    expect(app.page.get_by_label("It took place")).to_be_checked()  # who came there will hardly say otherwise
    expect(app.page.get_by_label("Time in")).not_to_have_value("")
    expect(app.page.get_by_label("Time out")).not_to_have_value("")
    form = app.page.locator("#record-form")
    for name in ("The same people", "Structured teaching", "Family focus", "With help", "Go on with it"):
        form.get_by_role("button", name=name).or_(form.get_by_label(name, exact=True)).tap()
    app.page.get_by_label("How did it go?").fill("Number 0: we played with water.")
    app.page.get_by_label("What did they see: Wait with the spoon").fill("She waited twice!")
    expect(app.main).to_contain_text("Not saved yet.")  # and kept on this phone, as one types
    assert_accessible(app.page)
    low = app.page.evaluate(LOW)
    assert low == [], low
    app.page.get_by_role("button", name="Save the record").tap()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Visits")


# Whatever a thumb must hit and is lower than 44 pixels; links within a sentence may be.
LOW = """() => [...document.querySelectorAll(
    '#view :is(button, summary, input, textarea, .portage-tap, .govuk-radios__label, .portage-pick__label)'
  )].filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
  .map((each) => `${each.localName} ${each.name ?? ''} ${each.textContent.slice(0, 40)}`)"""


def test_what_the_phone_holds_is_unreadable_and_signing_out_leaves_nothing_but_what_its_person_wanted_kept(
    live: Live, visitor: Callable[..., Page], watch: Watch, rows: psycopg.Connection, sound: Sound
) -> None:
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    first, second = plan(live, 2)
    app = app_of(live, visitor)
    app.context.set_offline(True)
    app.open(f"worry/{first}")
    app.page.get_by_role("button", name="Save and alert").click()
    expect(app.main).to_contain_text("There is a problem")
    assert_accessible(app.page)
    app.open("worried")
    expect(app.page.locator("#worry-form")).to_have_count(0)
    app.record(first, "Sealedwords of the first")
    app.write(second, "Sealedwords that are being typed")
    expect(app.main).to_contain_text("Not saved yet.")
    held = app.held()
    assert len(held.databases) >= 4
    assert "CryptoKey(false)" in held.text
    for word in SECRETS:
        assert word not in held.text, word
    app.reopen()
    app.open(f"record/{second}")
    expect(app.page.get_by_label("How did it go?")).to_have_value("Sealedwords that are being typed")
    app.page.get_by_role("button", name="Sign out").click()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Sign out?")
    expect(app.main).to_contain_text("only on this phone")
    expect(app.main).to_contain_text("One record that you began is not saved yet.")
    assert_accessible(app.page)
    app.page.get_by_role("button", name="Keep it locked here, and sign out").click()
    expect(app.main).to_contain_text("What was not sent stays here, locked")
    locked = app.held()
    assert len(locked.databases) == 4, "the mark that somebody left, whose it was, the record, the draft"
    for word in (*SECRETS, "CryptoKey"):
        assert word not in locked.text, word
    app.context.set_offline(False)
    app.page.goto(live.address(SLUG, "/app"))
    expect(app.page.get_by_role("heading", level=1)).to_have_text("You are signed out", timeout=30_000)
    live.sign_in(app.page, SLUG, "Service manager", then="/app")
    expect(app.main).to_contain_text("Kept on this phone until")
    assert "Sealed" not in app.main.inner_text()
    app.open("outbox")
    expect(app.main).to_contain_text("Another person’s notes wait on this phone too.")
    assert_accessible(app.page)
    app.page.get_by_role("button", name="Sign out").click()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("You are signed out", timeout=30_000)
    assert arrived(rows, first) == [], "nobody sends for another"
    app.page.goto(live.address(SLUG, "/app"))
    expect(app.main).to_contain_text("Something that was written has not been sent yet.")
    live.sign_in(app.page, SLUG, "Home visitor", then="/app#outbox")
    app.open("outbox")
    expect(app.main.get_by_text("Sent", exact=True)).to_have_count(1, timeout=30_000)
    assert [words for _, words in arrived(rows, first)] == ["Sealedwords of the first"]
    app.open(f"record/{second}")
    expect(app.page.get_by_label("How did it go?")).to_have_value("Sealedwords that are being typed")
    app.page.get_by_role("button", name="Sign out").click()
    sound(app.page)
    app.page.once("dialog", lambda dialog: dialog.accept())
    app.page.get_by_role("button", name="Delete it, and sign out").click()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("You are signed out", timeout=30_000)
    app.page.goto(live.address(SLUG, "/accessibility"))
    held = app.held()
    assert (held.databases, held.caches, held.storages) == ([], [], "[{},{}]")


SECRETS = (SURNAME, "Hidden Lane", "Sealedwords", "large dog", "01632 960 001", "Blow bubbles", "Wait with the spoon")
SAFE = "safe on this phone"
REFUSALS = {  # what the service may answer, and what the person reads
    400: "could not read it", 403: SAFE, 404: SAFE, 409: SAFE, 413: "too long", 415: SAFE, 422: "do not fit",
}  # fmt: skip
PAUSES = {401: "You are signed out.", 429: "not your phone", 500: "not your phone", 503: "not your phone"}


def test_whatever_the_service_answers_and_the_browser_does_is_said_plainly_and_loses_nothing(
    live: Live, visitor: Callable[..., Page], watch: Watch, rows: psycopg.Connection
) -> None:
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    watch.allow("the server responded with a status of")
    watch.allow("from http")
    first, second, third = plan(live, 3)
    app = app_of(live, visitor)
    page, answer = app.page, {"status": 401}
    page.route("**/app/records", lambda route: route.fulfill(status=answer["status"], body="no page of ours"))
    app.record(first, "Bubbles.")
    app.open("outbox")
    for answer["status"], words in PAUSES.items():
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#state")).to_contain_text(words)
        expect(app.main).to_contain_text("On this phone")
    for answer["status"], words in REFUSALS.items():
        page.get_by_role("button", name="Send now").or_(page.get_by_role("button", name="Try again as it is")).click()
        expect(app.main).to_contain_text(words)
        expect(app.main).to_contain_text("Needs you")
    page.get_by_text("What you wrote").last.click()
    expect(app.main).to_contain_text("Bubbles.")
    assert_accessible(page)
    page.unroute("**/app/records")
    page.get_by_role("link", name="Open it and send it again").click()
    expect(page.get_by_label("How did it go?")).to_have_value("Bubbles.")
    page.get_by_role("button", name="Save the record").click()
    expect(app.main).to_contain_text("Recorded, sent")
    assert arrived(rows, first) == [(first, "Bubbles.")]

    app.write(second, "Words on a full phone.")
    page.evaluate("navigator.serviceWorker.register('/app/sw.js?next', {scope: '/app'})")  # a new release meanwhile
    app.context.set_offline(True)
    page.evaluate(FULL)
    page.get_by_role("button", name="Save the record").click()
    expect(app.main).to_contain_text("Not saved: this phone has no room.")
    assert_accessible(page)
    expect(page.get_by_label("How did it go?")).to_have_value("Words on a full phone.")
    app.context.set_offline(False)
    page.get_by_role("button", name="Save the record").click()  # with signal it is sent at once
    expect(page.get_by_role("heading", level=1)).to_have_text("Visits")
    assert arrived(rows, second) == [(second, "Words on a full phone.")]
    page.reload()

    expect(app.main).to_contain_text("Kept on this phone until")
    page.evaluate("new Promise(done => { indexedDB.deleteDatabase('portage').onsuccess = done })")
    app.record(third, "Words after the browser forgot.")
    expect(page.locator("#state")).to_contain_text("browser deleted what the app had kept")
    app.open("outbox")
    expect(app.main.get_by_text("Sent", exact=True)).to_have_count(1, timeout=30_000)
    assert arrived(rows, third) == [(third, "Words after the browser forgot.")]

    app.context.set_offline(True)
    page.evaluate(PAST)
    page.reload()
    expect(app.main).to_contain_text("The visits were deleted from this phone")
    assert_accessible(page)
    app.open("worried")
    expect(app.main).to_contain_text("First, call")
    assert_accessible(page)


FULL = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); };
}"""
PAST = """() => new Promise((done) => {
  indexedDB.open("portage").onsuccess = ({target: {result}}) => {
    const change = result.transaction("phone", "readwrite");
    const rows = change.objectStore("phone");
    rows.get("phone").onsuccess = ({target}) => rows.put({...target.result, until: 1});
    change.oncomplete = () => { result.close(); done(); };
  };
})"""


LOSE = """() => {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (!String(asked[0]).endsWith("/app/records")) return answer;
    window.fetch = real;
    throw new TypeError("the answer was lost");
  };
}"""


@dataclass
class Trouble:
    """What can happen to a phone while it sends, drawn at random."""

    app: App
    live: Live
    draw: random.Random
    happened: Counter[str] = field(default_factory=Counter)

    def strike(self) -> None:
        """One interruption."""
        kinds = [self.no_signal, self.lost_answer, self.killed_tab, self.twice, self.killed_service]
        kind = self.draw.choices(kinds, weights=[4, 4, 4, 3, 1])[0]
        self.happened[kind.__name__] += 1
        kind()

    def no_signal(self) -> None:
        """The network goes for a moment."""
        self.app.context.set_offline(True)
        self.app.page.wait_for_timeout(self.draw.randrange(0, 300))
        self.app.context.set_offline(False)

    def lost_answer(self) -> None:
        """The next thing reaches the service, and its answer never reaches the phone."""
        self.app.page.evaluate(LOSE)
        self.app.page.wait_for_timeout(self.draw.randrange(0, 300))

    def killed_tab(self) -> None:
        """The phone ends the tab, wherever it is, and the visitor opens the app again."""
        self.app.page.wait_for_timeout(self.draw.randrange(0, 200))
        self.app.reopen()
        expect(self.app.main.locator("h1")).to_be_visible(timeout=60_000)

    def twice(self) -> None:
        """A second tab sends at the same time."""
        other = self.app.context.new_page()
        other.goto(self.live.address(SLUG, "/app"))
        self.app.page.wait_for_timeout(self.draw.randrange(0, 300))
        other.close()

    def killed_service(self) -> None:
        """Every process that answers pages is killed at once; the service starts again."""
        os.killpg(self.live.processes.process_id("web"), signal.SIGKILL)
        self.app.page.wait_for_timeout(200)
        self.live.processes.revive()
        self.live.processes.wait_for("web")


def test_whatever_interrupts_no_record_is_lost_and_none_is_doubled(
    live: Live, visitor: Callable[..., Page], watch: Watch, rows: psycopg.Connection
) -> None:
    for expected in ("net::ERR_", "the server responded with a status of 50", "500 from", "502 from", "503 from"):
        watch.allow(expected)
    seed = random.randrange(10**9) if AT_LENGTH else 20_261_122
    draw = random.Random(seed)
    left = INTERRUPTIONS
    while left > 0:
        visits = plan(live, min(left, 25))
        app = app_of(live, visitor)
        trouble = Trouble(app, live, draw)
        for number, visit_id in enumerate(visits):
            app.record(visit_id, f"Record {number}.")
            trouble.strike()
        app.open("outbox")
        sent = app.main.get_by_text("Sent", exact=True)
        expect(sent).to_have_count(len(visits), timeout=120_000)
        kept = arrived(rows, *visits)
        assert sorted(kept) == sorted((key, f"Record {n}.") for n, key in enumerate(visits)), (seed, trouble.happened)
        versions = rows.execute("select distinct version from visit where id = any(%s::uuid[])", (visits,)).fetchall()
        assert versions == [(2,)], (seed, trouble.happened)  # planned, and recorded once
        left -= len(visits)
        app.context.close()
