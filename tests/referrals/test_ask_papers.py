"""Papers that come with a public request."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core import rates
from portage.core.rates import Ceiling
from portage.referrals.operations.drafts import MOST_PAPERS
from support.asking import submit, walk
from support.forms import File, form_to, send

Clients = Callable[[str], FlaskClient]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PAGE = b"<!doctype html><script>alert(1)</script>"
PATH = "/ask/request-for-support/papers"


@pytest.fixture(autouse=True)
def _day(clock: Callable[[datetime], None], unhurried: None) -> None:
    clock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


@pytest.fixture
def client(client_of: Clients) -> FlaskClient:
    """A parent on the page for papers."""
    client = client_of("west-northants")
    walk(client, "request-for-support", "parent", until="papers", evidence=[])
    return client


def add(client: FlaskClient, *papers: File, kind: str = "asq") -> int:
    """Add files; answers the status."""
    page = client.get(PATH)
    return send(
        client, form_to(page, PATH), {"kind": kind, "more": "yes"}, [("papers", paper) for paper in papers]
    ).status_code


def go_on(client: FlaskClient) -> str:
    """Continue to the check and send; answers the thanks."""
    page = client.get(PATH)
    led = send(client, form_to(page, PATH))
    return submit(client, client.get(led.headers["Location"])).text


def test_papers_come_with_the_request_and_are_a_fact(client: FlaskClient, db_admin: psycopg.Connection) -> None:
    assert (
        add(client, ("ASQ at 24 months.pdf", PDF), ("photo.pdf", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(60)))
        == 303
    )
    assert add(client, ("../../letter.pdf", PDF), kind="diagnosis-letter") == 303
    assert "letter.pdf" in client.get(PATH).text
    go_on(client)
    kept = db_admin.execute(
        "select kind, file_name, media_type, size from evidence order by created_at, file_name"
    ).fetchall()
    assert sorted(kept) == [
        ("asq", "ASQ at 24 months.pdf", "application/pdf", len(PDF)),
        ("asq", "photo.jpg", "image/jpeg", 71),
        ("diagnosis-letter", "letter.pdf", "application/pdf", len(PDF)),
    ]
    facts = db_admin.execute("select facts from referral").fetchall()[0][0]
    assert facts["evidence"] == ["asq", "diagnosis-letter"]


def test_a_file_of_another_kind_is_named_and_the_others_stay(client: FlaskClient) -> None:
    assert add(client, ("good.pdf", PDF), ("bad.html", PAGE)) == 303
    page = client.get(PATH).text
    assert "“bad.html” is not a kind of file that we can take" in page
    assert "good.pdf" in page


def test_a_file_that_cannot_be_taken_is_a_clear_sentence(client: FlaskClient, db_admin: psycopg.Connection) -> None:
    assert add(client, ("report.pdf", PAGE)) == 422
    assert add(client, ("report.pdf", b"")) == 422
    assert add(client, ("report.pdf", PDF), kind="something else") == 422
    assert db_admin.execute("select files from ask_draft").fetchall() == [([],)]


def test_a_paper_can_be_taken_out_again(client: FlaskClient, db_admin: psycopg.Connection) -> None:
    add(client, ("one.pdf", PDF), ("two.pdf", PDF))
    page = client.get(PATH)
    removed = send(client, form_to(page, f"{PATH}/0/remove"))
    assert removed.headers["Location"] == PATH
    go_on(client)
    assert db_admin.execute("select file_name from evidence").fetchall() == [("two.pdf",)]


def test_a_paper_sent_twice_by_a_double_click_is_kept_once(client: FlaskClient, db_admin: psycopg.Connection) -> None:
    form = form_to(client.get(PATH), PATH)
    for _ in range(2):
        assert send(client, form, {"kind": "asq", "more": "yes"}, [("papers", ("a.pdf", PDF))]).status_code == 303
    assert [len(files) for (files,) in db_admin.execute("select files from ask_draft").fetchall()] == [1]


def test_there_is_an_end_to_the_number_of_papers(client: FlaskClient) -> None:
    assert add(client, *[(f"{number}.pdf", PDF) for number in range(MOST_PAPERS)]) == 303
    assert add(client, ("one more.pdf", PDF)) == 422


def test_a_council_takes_so_many_files_from_the_public_and_the_request_goes_on_without_more(
    client: FlaskClient, client_of: Clients, monkeypatch: pytest.MonkeyPatch, db_admin: psycopg.Connection
) -> None:
    monkeypatch.setitem(rates.CEILINGS, Ceiling.PUBLIC_FILES, {3600: 3, 86400: 100})
    assert add(client, ("one.pdf", PDF), ("two.pdf", PDF)) == 303
    refused = send(
        client, form_to(client.get(PATH), PATH), {"kind": "diagnosis-letter", "more": "yes"},
        [("papers", ("three.pdf", PDF)), ("papers", ("four.pdf", PDF))],
    )  # fmt: skip
    assert refused.status_code == 422
    assert "we cannot take more just now" in refused.text
    assert "What you wrote is kept" in refused.text
    assert form_to(refused, PATH).fields["kind"].values == ["diagnosis-letter"]
    assert add(client, ("three.pdf", PDF)) == 303  # there is room for this one
    other = client_of("west-northants")
    walk(other, "request-for-support", "parent", until="papers", evidence=[])
    assert add(other, ("five.pdf", PDF)) == 422  # whoever sends it
    assert "What happens next" in go_on(client)
    kept = db_admin.execute("select file_name from evidence order by file_name").fetchall()
    assert kept == [("one.pdf",), ("three.pdf",), ("two.pdf",)]


def test_papers_may_come_later(client: FlaskClient, db_admin: psycopg.Connection) -> None:
    assert "What happens next" in go_on(client)
    assert db_admin.execute("select outcome, stage from referral").fetchall() == [("more-information", "panel")]
