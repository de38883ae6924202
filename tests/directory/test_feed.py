"""An Open Referral UK feed, read in the background from a server that really speaks it, and never from inside."""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.accounts.outbound import Reach
from portage.directory import feed
from portage.directory.feed import FeedRefused, read_page, services_address
from support.background import WorkOff
from support.feeds import FeedServer, service
from support.forms import form_to, send
from support.people import Hired
from support.staff import SignIn

TODAY = date(2026, 11, 22)
HERE = Reach(loopback=True)


@pytest.fixture
def published() -> Iterator[FeedServer]:
    """A publisher with thirty services for young children, one for adults and one that is closed."""
    with FeedServer() as server:
        server.services = [service(number) for number in range(30)]
        server.services += [service(30, minimum_age=18), service(31, status="defunct")]
        yield server


@pytest.fixture
def keeper(sign_in: SignIn) -> Hired:
    """The council's administrator."""
    return sign_in("leeds", "tenant-administrator", name="Ada Administrator")


def ask(keeper: Hired, address: str) -> TestResponse:
    """Type the address of a feed."""
    form = form_to(keeper.client.get("/services/lists"), "/services/lists/feed")
    return send(keeper.client, form, {"address": address})


def read(keeper: Hired, published: FeedServer, work_off: WorkOff) -> TestResponse:
    """Let a feed be read, and open what it says."""
    sent = ask(keeper, published.address)
    assert sent.status_code == 303, sent.text
    work_off()
    return keeper.client.get(sent.location)


def take(keeper: Hired, page: TestResponse) -> None:
    assert send(keeper.client, form_to(page, f"{page.request.path}/take")).status_code == 303


@pytest.mark.parametrize("old", [False, True])
def test_a_feed_is_read_whole_shown_and_only_then_taken(
    keeper: Hired, published: FeedServer, work_off: WorkOff, db_admin: psycopg.Connection, old: bool
) -> None:
    published.old = old
    page = read(keeper, published, work_off)
    assert "New: 30" in page.text
    assert "2 services were left out" in page.text
    assert db_admin.execute("select count(*) from service").fetchone() == (0,)
    take(keeper, page)
    found = db_admin.execute(
        "select name, what_for, age_from_months, age_to_months, telephone, email, web_page, area, last_checked_on "
        "from service where name = 'Toy library 7'"
    ).fetchone()
    assert found == (
        "Toy library 7", "Borrow toys for a fortnight.", 0, 60, "01632 960 555", "toys@toys.example",
        "https://toys.example/", "The whole county", date(2026, 5, 4),
    )  # fmt: skip
    assert [path for path in published.asked if "page=" in path] == [
        "/api/services?page=1&per_page=25",
        "/api/services?page=2&per_page=25",
    ]


def test_the_same_feed_again_changes_nothing_and_says_what_is_gone(
    keeper: Hired, published: FeedServer, work_off: WorkOff, db_admin: psycopg.Connection
) -> None:
    take(keeper, read(keeper, published, work_off))
    assert "The same: 30" in read(keeper, published, work_off).text
    published.services = published.services[1:]
    published.services[0] = service(1, name="Toy library One")
    page = read(keeper, published, work_off)
    for said in ("Changed: 1", "No longer in the feed: 1", "The same: 28"):
        assert said in page.text
    take(keeper, page)
    gone = db_admin.execute("select name from service where withdrawn_on is not null").fetchall()
    assert gone == [("Toy library 0",)]
    assert db_admin.execute("select count(*) from service").fetchone() == (30,)


def test_a_feed_that_breaks_off_withdraws_nothing(
    keeper: Hired, published: FeedServer, work_off: WorkOff, db_admin: psycopg.Connection
) -> None:
    take(keeper, read(keeper, published, work_off))
    published.status, published.raw = 500, b"{}"
    page = read(keeper, published, work_off)
    assert "The feed answers with an error (500)." in page.text
    assert "No longer in the feed" not in page.text
    assert db_admin.execute("select count(*) from service where withdrawn_on is null").fetchone() == (30,)


@pytest.mark.parametrize(
    "raw", [b"<html>", b"[]", b"{}", b'{"contents": 3}', b"null", b"[" * 100_000, b'{"contents": "x"}']
)
def test_an_answer_that_is_no_feed_is_named(published: FeedServer, raw: bytes) -> None:
    published.raw = raw
    with pytest.raises(FeedRefused, match="not as an Open Referral UK feed"):
        read_page(published.address, 1, HERE, prefix="x#", today=TODAY)


def test_odd_services_are_named_or_used_as_far_as_they_go(published: FeedServer) -> None:
    published.services = [
        service(1, name="", description=None), service(2, phones=[{"number": "ask us"}], email="-", url="javascript:1"),
        service(3, minimum_age="x", maximum_age=None, assured_date="2030-01-01"), service(4, description="w " * 4000),
    ]  # fmt: skip
    page = read_page(published.address, 1, HERE, prefix="x#", today=TODAY)
    assert [problem.row for problem in page.problems] == [1]
    second, third, fourth = (entry for entry in page.found)
    assert (second.particulars.telephone, second.particulars.email, second.particulars.web_page) == (None, None, None)
    assert (third.particulars.age_from_months, third.last_checked_on) == (None, None)
    assert len(fourth.particulars.what_for) <= 602


def test_too_much_a_redirect_and_endless_pages_are_stopped(published: FeedServer) -> None:
    published.raw = b'{"contents": ["' + b"x" * (1024 * 1024) + b'"]}'
    with pytest.raises(FeedRefused, match="sent too much"):
        read_page(published.address, 1, HERE, prefix="x#", today=TODAY)
    published.raw, published.status, published.location = b"{}", 302, "http://127.0.0.1:1/"
    with pytest.raises(FeedRefused, match="another address"):
        read_page(published.address, 1, HERE, prefix="x#", today=TODAY)
    published.raw, published.status, published.location = b'{"contents": [{}], "last_page": false}', 200, None
    assert read_page(published.address, 1, HERE, prefix="x#", today=TODAY).more
    assert not read_page(published.address, feed.MOST_PAGES, HERE, prefix="x#", today=TODAY).more


def test_a_feed_with_more_than_a_small_directory_holds_asks_for_fewer(
    keeper: Hired, published: FeedServer, work_off: WorkOff
) -> None:
    published.services = [service(number) for number in range(310)]
    page = read(keeper, published, work_off)
    assert "more than 300 services" in page.text


INSIDE = [
    "http://directory.example/services", "https://127.0.0.1/services", "https://localhost/services",
    "https://user:word@directory.example/", "ftp://directory.example", "https://[::1]/", "//directory.example", "x",
    "https://directory.example/#a",
]  # fmt: skip


@pytest.mark.parametrize("typed", INSIDE)
def test_only_public_https_addresses_may_be_typed(typed: str) -> None:
    with pytest.raises(FeedRefused):
        services_address(typed, Reach())


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "[fd00::1]", "0x7f.1"])
def test_an_address_inside_is_refused_when_it_is_called(host: str) -> None:
    with pytest.raises(FeedRefused):
        read_page(f"https://{host}/services", 1, Reach(), prefix="x#", today=TODAY)


def test_an_address_inside_is_refused_on_the_page_and_never_called(
    keeper: Hired, published: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_to(keeper.client.get("/services/lists"), "/services/lists/feed")
    monkeypatch.setattr("portage.directory.views.lists.reach", Reach)
    answer = send(keeper.client, form, {"address": published.address})
    assert answer.status_code == 422
    assert "The address must begin with https and be public." in answer.text
    assert published.address in answer.text
    assert published.asked == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("https://d.example", "https://d.example/services"),
        ("https://d.example/o/v3/", "https://d.example/o/v3/services"),
        ("https://d.example/services?taxonomy_term_id=7&page=3", "https://d.example/services?taxonomy_term_id=7"),
    ],
)
def test_the_address_of_the_services_is_found_from_what_was_typed(typed: str, asked: str) -> None:
    assert services_address(typed, Reach()) == asked
