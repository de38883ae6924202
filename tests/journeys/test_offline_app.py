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

from support.browser import Watch
from support.handset import SLUG, App, app_of, visits_of_today
from support.lengths import AT_LENGTH
from support.live import Live
from support.live_visits import SURNAME
from support.run import Servers

pytestmark = pytest.mark.browser
Sound = Callable[[Page], None]
INTERRUPTIONS = 200 if AT_LENGTH else 8
numbers = count(1)


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


def plan(live: Live, how_many: int) -> list[str]:
    """The ids of new visits of today."""
    planned = visits_of_today(live, next(numbers) * 100, how_many)
    return [each["id"] for each in planned]


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
        app.record(visit_id, f"Number {number}: we played with water.")
    expect(app.main).to_contain_text("6 things are not sent yet")
    app.reopen()
    expect(app.main).to_contain_text("6 things are not sent yet")
    expect(app.main).to_contain_text("On this phone")
    assert arrived(rows, *visits) == []
    app.context.set_offline(False)
    app.open("outbox")
    expect(app.main.get_by_text("Sent", exact=True)).to_have_count(6, timeout=30_000)
    assert arrived(rows, *visits) == [(key, f"Number {n}: we played with water.") for n, key in enumerate(visits)]
    app.page.reload()
    app.open("")
    expect(app.main).to_contain_text("Kept on this phone until")
    assert len(arrived(rows, *visits)) == 3
    times = rows.execute("select arrived_at, left_at from visit where id = %s", (visits[0],)).fetchone()
    assert times is not None
    assert None not in times


def test_what_the_phone_holds_is_unreadable_and_signing_out_leaves_nothing(
    live: Live, visitor: Callable[..., Page], watch: Watch, rows: psycopg.Connection, sound: Sound
) -> None:
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    first, second = plan(live, 2)
    app = app_of(live, visitor)
    app.context.set_offline(True)
    app.record(first, "Sealedwords of the first")
    app.write(second, "Sealedwords that are being typed")
    app.page.wait_for_timeout(600)  # the pause after which what is typed is kept
    held = app.held()
    assert len(held.databases) >= 4
    assert "CryptoKey(false)" in held.text
    for word in (SURNAME, "Hidden Lane", "Sealedwords", "large dog", "01632 960 001"):
        assert word not in held.text, word
    app.reopen()
    app.open(f"record/{second}")
    expect(app.page.get_by_label("How did it go?")).to_have_value("Sealedwords that are being typed")
    app.page.get_by_role("button", name="Sign out").click()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Sign out?")
    expect(app.main).to_contain_text("only on this phone")
    app.context.set_offline(False)
    sound(app.page)
    app.page.get_by_role("button", name="Send, then sign out").click()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("You are signed out", timeout=30_000)
    assert [words for _, words in arrived(rows, first)] == ["Sealedwords of the first"]
    app.page.goto(live.address(SLUG, "/accessibility"))
    held = app.held()
    assert (held.databases, held.caches, held.storages) == ([], [], "[{},{}]")


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
