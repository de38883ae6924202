"""Could this be right for us? A parent sees the published conditions, is refused nothing, and leaves no trace."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql
from werkzeug.test import TestResponse

from portage.core.access import Rate
from portage.core.routes import declaration_of
from portage.policy import AREA_KEYS, Facts
from portage.policy.fitting import NOT_TOLD, Told, conditions, questions, ways_of_parents
from support.broken import Broken, instead, looping
from support.forms import form_to, send
from support.lengths import examples
from support.policies import SHIPPED, council

Clients = Callable[[str], FlaskClient]
PATH = "/could-it-be-for-us"
TODAY = date(2026, 11, 21)
YOUNG = {"born-day": "14", "born-month": "3", "born-year": "2025"}
ABOVE_ALL = "Only a person decides. You can ask whatever this page says."
REFUSALS = ("not eligible", "ineligible", "refused", "rejected", "declined", "do not qualify", "does not qualify")
__all__ = ["instead"]


@pytest.fixture(autouse=True)
def _day(clock: Callable[[datetime], None], unhurried: None) -> None:
    clock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


def looked(client: FlaskClient, **typed: Any) -> TestResponse:
    return send(client, form_to(client.get(PATH), PATH), typed)


def plain(page: TestResponse) -> str:
    main = page.text.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#39;", "'").split())


@pytest.mark.parametrize("slug", SHIPPED)
@pytest.mark.parametrize("typed", [{}, YOUNG, {"born-day": "1", "born-month": "2", "born-year": "2012"}])
def test_every_council_shows_its_conditions_refuses_nobody_and_points_to_help_in_its_order(
    slug: str, typed: dict[str, str], client_of: Clients
) -> None:
    client = client_of(slug)
    page = looked(client, **typed)
    assert page.status_code == 200, page.text
    assert page.headers["Cache-Control"] == "no-store"
    text = plain(page)
    assert ABOVE_ALL in text
    assert [word for word in REFUSALS if word in text.lower()] == []
    places = [text.index(words) for words in ("Talk to the SENCo or the manager", "Talk to SENDIASS", "Ask us.")]
    assert places == sorted(places)
    assert text.index("Other help") > places[-1]
    known = council(slug)
    for way in ways_of_parents(known.policy, known.published[-1]):
        assert f'href="/ask/{way.key}"' in page.text
    for condition in conditions(known.policy, known.published[-1], Told(), TODAY):
        assert condition.states in text


@pytest.mark.parametrize("slug", SHIPPED)
def test_no_question_has_to_be_answered_or_asks_for_a_measure(slug: str, client_of: Clients) -> None:
    page = client_of(slug).get(PATH)
    text = plain(page)
    assert "You do not have to answer anything" in text
    assert "%" not in text.replace("100%", "")
    assert not re.search(r"per cent|percent|months behind", text)
    assert " required" not in page.text.split("<main", 1)[1]


def test_the_questions_are_those_that_the_policys_conditions_want() -> None:
    asked = {
        slug: [ask.key for ask in questions(council(slug).policy, council(slug).published[-1])] for slug in SHIPPED
    }
    assert asked == {
        "leeds": ["concerns", "lives_in_area"],
        "lancashire": ["significant_need"],
        "west-northants": ["evidence"],
        "hampshire": ["evidence"],
        "lincoln-st-christophers": ["concerns", "condition", "setting_hours"],
        "portsmouth": ["concerns", "setting_hours", "funded_hours"],
    }


def test_what_fits_what_does_not_and_what_nobody_can_tell_stand_apart(client_of: Clients) -> None:
    text = plain(looked(client_of("leeds"), **YOUNG, concerns=["vision"], lives_in_area="no"))
    fits, open_, unlike = (
        text.index(f"{title} ", text.index(ABOVE_ALL))
        for title in ("What seems to fit", "What nobody can tell from here", "What may not fit")
    )
    assert fits < text.index("Today your child is 1 year and 8 months old") < open_
    assert (
        open_ < text.index("What you ticked is not enough to tell") < unlike < text.index("The family does not live in")
    )
    assert "you can ask up to and including 14 September 2027" in text


def test_nobody_told_me_is_not_held_against_a_child(client_of: Clients) -> None:
    text = plain(looked(client_of("lancashire"), **YOUNG, significant_need="no"))
    assert "What may not fit" not in text
    assert "What nobody can tell from here" in text


def test_a_panel_that_looks_at_everything_says_that_there_is_no_test_to_pass(client_of: Clients) -> None:
    text = plain(looked(client_of("west-northants")))
    assert "There is no test to pass first" in text
    assert "You can ask all the same, and papers can follow" in text
    assert "Your local Family Hub" in text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"born-day": "31", "born-month": "2", "born-year": "2025"}, "Enter a real date, such as 27 3 2024."),
        ({"born-day": "1", "born-month": "1", "born-year": "2027"}, "This date is in the future."),
        ({"born-day": "1", "born-month": "1", "born-year": "1980"}, "this date of birth is of a grown-up"),
        ({"setting_hours": "many"}, "Enter the hours as a number"),
    ],
)
def test_a_wrong_answer_gets_a_clear_sentence_and_nothing_typed_is_lost(
    wrong: dict[str, str], sentence: str, client_of: Clients
) -> None:
    typed: dict[str, Any] = {"concerns": ["vision", "hearing"], "setting_hours": "7.5", **YOUNG, **wrong}
    page = looked(client_of("portsmouth"), **typed)
    assert page.status_code == 422
    assert sentence in page.text
    again = form_to(page, PATH)
    assert again.fields["concerns"].values == ["hearing", "vision"] or set(again.fields["concerns"].values) == {
        "vision",
        "hearing",
    }
    for name in ("setting_hours", "born-day", "born-month", "born-year"):
        assert again.fields[name].values == [typed[name]]


def everything(db_admin: psycopg.Connection) -> dict[str, tuple[int, int]]:
    names = db_admin.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    ).fetchall()
    found = {}
    for (name,) in names:
        asked = sql.SQL("select count(*), coalesce(max(xmin::text::bigint), 0) from {}").format(sql.Identifier(name))
        found[name] = db_admin.execute(asked).fetchone()
    return found  # type: ignore[return-value] # a count always answers


def test_no_row_no_address_and_no_log_holds_an_answer(
    client_of: Clients, db_admin: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of("portsmouth")
    form = form_to(client.get(PATH), PATH)
    before = everything(db_admin)
    with caplog.at_level(logging.DEBUG):
        first = send(client, form, {**YOUNG, "setting_hours": "7.25", "concerns": ["vision"]})
        second = send(client, form, {**YOUNG, "setting_hours": "9.75", "concerns": ["hearing"]})
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Location" not in first.headers
    assert everything(db_admin) == before
    assert "7.25" not in caplog.text
    assert "9.75" not in caplog.text


def test_the_page_is_declared_as_public_and_bounded_like_other_public_forms(app: Flask) -> None:
    declared = declaration_of(app, "fit.look")
    assert declared is not None
    assert (declared.can, declared.audit, declared.rate, declared.once) == (None, "", Rate.PUBLIC_WRITE, False)


def test_the_first_page_and_the_page_before_a_request_lead_there(client_of: Clients) -> None:
    client = client_of("leeds")
    assert f'href="{PATH}"' in client.get("/").text
    assert f'href="{PATH}"' in client.get("/ask/request-form").text
    assert f'href="{PATH}"' not in client.get("/ask/one-send").text


def test_a_policy_that_gives_no_answer_says_nothing_about_the_child(client_of: Clients, instead: Any) -> None:
    with instead("standard", Broken(looping)):
        client = client_of("leeds")
        text = plain(looked(client, **YOUNG))
    assert "We cannot compare your answers with the published conditions just now" in text
    assert ABOVE_ALL in text
    with instead("standard", None):
        assert "The published conditions cannot be shown just now" in client.get(PATH).text


def test_a_council_without_rules_in_force_has_no_such_page(client_of: Clients) -> None:
    assert client_of("larkshire").get(PATH).status_code == 404


ANSWERS: dict[str, Any] = {
    "areas": st.sets(st.sampled_from(sorted(AREA_KEYS)), min_size=1).map(dict.fromkeys),
    "yes-no": st.booleans(),
    "hours": st.integers(0, 168),
    "evidence": st.lists(st.sampled_from(["adpr", "asq", "other"]), min_size=1, unique=True),
}


@st.composite
def tellings(draw: st.DrawFn) -> tuple[str, Told]:
    slug = draw(st.sampled_from(SHIPPED))
    facts = {}
    for ask in questions(council(slug).policy, council(slug).published[-1]):
        if draw(st.booleans()):
            facts[str(ask.fact)] = draw(ANSWERS[ask.kind])
    facts = {path: value for path, value in facts.items() if not (path in NOT_TOLD and value is False)}
    return slug, Told(draw(st.none() | st.dates(date(2018, 1, 1), TODAY)), facts)


@settings(max_examples=examples(200), deadline=None)
@given(tellings(), st.dates(date(2018, 1, 1), TODAY))
def test_the_page_never_says_more_than_the_policy_itself_would(told: tuple[str, Told], born: date) -> None:
    """What seems met is met, and what may not fit is not met, whatever the date of birth that was left out."""
    slug, said = told
    known = council(slug)
    policy, edition = known.policy, known.published[-1]
    way = ways_of_parents(policy, edition)[0]
    asked: dict[str, Any] = {
        "received_on": TODAY.isoformat(),
        "route": way.key,
        "referrer": "parent",
        "child": {"date_of_birth": (said.born or born).isoformat()},
    }
    for path, value in said.facts.items():
        part, _, name = path.rpartition(".")
        (asked[part] if part else asked)[name] = value
    made = policy.determine(edition, Facts.parse(policy, asked, edition.terms))
    found = {finding.rule: finding.met for finding in made.findings}
    for condition in conditions(policy, edition, said, TODAY):
        assert condition.seems in (None, found[condition.number]), condition
        assert condition.because is None or condition.because.endswith(".")
