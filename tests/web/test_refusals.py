"""Every refusal is a plain page: what happened, what to do next, whom to call. A bug shows nothing of itself."""

import logging

import pytest
from flask import Flask, abort, g
from sqlalchemy.exc import OperationalError

from portage.core import errors
from portage.web.refusals import WORDS


def answer(app: Flask, error: Exception) -> tuple[int, str]:
    @app.get("/refuse")
    def refuse() -> str:
        g.tenant_id = "anytown"
        raise error

    found = app.test_client().get("/refuse?child=here")
    return found.status_code, found.get_data(as_text=True)


@pytest.mark.parametrize("status", sorted(WORDS))
def test_every_status_has_a_page_with_the_councils_telephone_number(app: Flask, status: int) -> None:
    @app.get("/refuse")
    def refuse() -> str:
        g.tenant_id = "anytown"
        abort(status)

    found = app.test_client().get("/refuse")
    text = found.get_data(as_text=True)
    assert found.status_code == status
    assert WORDS[status].heading in text
    assert text.count("<h1") == 1
    assert "01632 960 100" in text
    assert found.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (errors.NotHere(), 404, "There is nothing at this address."),
        (errors.NotAllowed(), 403, "Your role in this service does not include this."),
        (errors.SignInFirst(), 401, 'href="/sign-in?next=/refuse%3Fchild%3Dhere"'),
        (errors.FormExpired(), 403, "Please send the form again"),
        (errors.TooManyRequests(), 429, "Wait a minute"),
        (errors.SentDifferently(), 422, "This form was sent already"),
        (errors.StillWorking(), 409, "We are still saving"),
        (errors.ChangedMeanwhile(), 409, "Somebody else changed this"),
    ],
)
def test_each_refusal_of_ours_says_its_own_sentence(
    app: Flask, error: errors.PortageError, status: int, says: str
) -> None:
    found, text = answer(app, error)
    assert found == status
    assert says in text


def test_a_conflict_shows_both_versions_so_that_nothing_typed_is_lost(app: Flask) -> None:
    error = errors.ChangedMeanwhile(theirs=[("Goal", "Sits alone")], yours=[("Goal", "Sits <with> help")], back="/plan")
    status, text = answer(app, error)
    assert status == 409
    assert "Sits alone" in text
    assert "Sits &lt;with&gt; help" in text
    assert 'href="/plan"' in text


def test_a_bug_gives_a_number_and_neither_page_nor_log_holds_what_was_typed(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        status, text = answer(app, ValueError("Kim Example, born 2024-03-27"))
    assert status == 500
    assert "Traceback" not in text
    assert "Kim Example" not in text + caplog.text
    assert "ValueError" in caplog.text
    number = caplog.text.split("bug ")[1][:8]
    assert number in text


def test_a_database_that_is_away_is_said_plainly_with_when_to_come_back(app: Flask) -> None:
    status, text = answer(app, OperationalError("select", {}, Exception("connection refused at 10.0.0.1")))
    assert status == 503
    assert "not available right now" in text
    assert "10.0.0.1" not in text


def test_an_address_that_belongs_to_no_council_says_so_without_any_councils_name(app: Flask) -> None:
    found = app.test_client().get("/nowhere")
    text = found.get_data(as_text=True)
    assert found.status_code == 404
    assert "There is no service under this name" in text
    assert "Anytown" not in text


def test_when_the_frame_itself_fails_the_bare_page_is_shown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError("no frame")

    app.jinja_env.globals["navigation"] = broken
    status, text = answer(app, errors.NotHere())
    assert status == 404
    assert "Page not found" in text


def test_when_even_the_council_cannot_be_read_the_bare_page_is_shown(app: Flask) -> None:
    def forgotten() -> str:
        g.tenant_id = "anytown"
        g.pop("site", None)  # it would now be read from the database, and there is none
        raise OperationalError("select", {}, Exception("gone"))

    app.add_url_rule("/refuse", view_func=forgotten)
    found = app.test_client().get("/refuse")
    assert found.status_code == 503
    assert "not available right now" in found.get_data(as_text=True)
    assert "<nav" not in found.get_data(as_text=True)
