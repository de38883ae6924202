"""A council's own list of steps: looked at before it is taken, never changed after that, and its own alone."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.profiles.models import ProfileInstrument, ProfileItem
from support.episodes import Council, SignIn
from support.forms import form_to, send
from support.people import Hired

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
LIST = b"Area,Step,From months,To months\nPlay,Bangs a drum,6,14\nPlay,Shakes a rattle,,\n"
SAID = {"name": "Our list of March", "source": "Written by our team", "allowed": "yes"}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """Somebody who publishes what the council goes by."""
    return sign_in("leeds", "service-manager")


def bring_in(person: Hired, content: bytes = LIST, **said: str) -> TestResponse:
    """Send a spreadsheet."""
    form = form_to(person.client.get("/profiles"), "/profiles")
    return send(person.client, form, {**SAID, **said}, [("sheet", ("ours.csv", content))])


def test_a_list_is_looked_at_first_and_then_taken_for_new_profiles(manager: Hired, council: Council) -> None:
    shown = bring_in(manager).headers["Location"]
    page = manager.client.get(shown)
    assert "Shakes a rattle" in page.text
    assert "Waits to be taken" in page.text
    assert "the example profile" in manager.client.get("/profiles").text
    day = {"in_use_from-day": "2", "in_use_from-month": "3", "in_use_from-year": "2026"}
    late = send(manager.client, form_to(page, f"{shown}/take"), {**day, "in_use_from-day": "1"})
    assert late.status_code == 422
    assert send(manager.client, form_to(page, f"{shown}/take"), day).status_code == 303
    assert "“Our list of March”, since 2 March 2026" in manager.client.get("/profiles").text
    assert "Take the list" not in manager.client.get(shown).text
    with council("leeds"):
        assert db.session.scalars(scoped(ProfileInstrument)).one().status == "in-use"


def test_a_list_can_be_put_away_and_is_then_not_taken(manager: Hired) -> None:
    shown = bring_in(manager).headers["Location"]
    page = manager.client.get(shown)
    assert send(manager.client, form_to(page, f"{shown}/put-away")).status_code == 303
    day = {"in_use_from-day": "2", "in_use_from-month": "3", "in_use_from-year": "2026"}
    assert send(manager.client, form_to(page, f"{shown}/take"), day).status_code == 409
    assert "the example profile" in manager.client.get("/profiles").text


def test_every_problem_is_shown_with_row_and_column_and_nothing_is_kept(manager: Hired, council: Council) -> None:
    answer = bring_in(manager, b"Area,Step,From months\nPlay,Waves,soon\n,,\nPlay,=1+1,3\n")
    assert answer.status_code == 422
    assert "There are 2 problems in the file" in answer.text
    rows = answer.text.split('id="problems"')[1].split("</table>")[0]
    assert [part.split("<")[0] for part in rows.split('scope="row" class="govuk-table__header">')[1:]] == ["2", "4"]
    assert 'value="Our list of March"' in answer.text
    with council("leeds"):
        assert db.session.scalars(scoped(ProfileInstrument)).all() == []


@pytest.mark.parametrize("missing", ["name", "source", "allowed"])
def test_whose_words_they_are_and_that_they_may_be_used_is_asked(manager: Hired, missing: str) -> None:
    assert bring_in(manager, **{missing: ""}).status_code == 422


def test_a_list_that_is_used_cannot_be_changed_even_by_the_application(
    manager: Hired, council: Council, db_admin: psycopg.Connection
) -> None:
    bring_in(manager)
    with council("leeds"):
        item = db.session.scalars(scoped(ProfileItem)).first()
        assert item is not None
        item.wording = "Another step"
        with pytest.raises(Exception, match="permission denied"):
            db.session.flush()
        db.session.rollback()
    assert db_admin.execute("select count(*) from profile_item where wording = 'Another step'").fetchone() == (0,)


def test_the_example_and_every_list_can_be_taken_out_changed_and_brought_in_again(manager: Hired) -> None:
    example = manager.client.get("/profiles/example.csv")
    assert example.mimetype == "text/csv"
    shown = bring_in(manager, example.data).headers["Location"]
    assert manager.client.get(f"{shown}/list.csv").data == example.data


def test_lists_are_for_those_who_publish_and_another_councils_are_not_here(manager: Hired, sign_in: SignIn) -> None:
    shown = bring_in(manager).headers["Location"]
    assert sign_in("leeds", "tenant-administrator").client.get(shown).status_code == 200
    assert sign_in("leeds", "home-visitor").client.get("/profiles").status_code == 403
    assert sign_in("lancashire", "service-manager").client.get(shown).status_code == 404
    assert "Our list of March" not in sign_in("lancashire", "service-manager").client.get("/profiles").text


def test_the_policy_page_leads_to_the_lists(manager: Hired, sign_in: SignIn) -> None:
    assert 'href="/profiles"' in manager.client.get("/policy").text
    assert 'href="/profiles"' not in sign_in("leeds", "home-visitor").client.get("/policy").text
