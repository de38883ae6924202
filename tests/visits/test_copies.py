"""The main points of a visit for the family: on paper, or behind a link (LDS-08, LAN-06, WNC-09)."""

from datetime import timedelta

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from portage.families.operations import carers_of
from portage.visits.operations import Record, record_visit
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, visit_on
from support.forms import form_to, send

OWN_NOTES = "Mum looked tired; ask again."


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child of a home visitor."""
    return supported_of("leeds")


@pytest.fixture
def path(case: Supported, council: Council) -> str:
    """The copy of a visit that took place today, with another to come."""
    with council("leeds"):
        visit_id = visit_on(case, clock.today())
        visit_on(case, clock.today() + timedelta(days=7))
        record = Record(
            "done", 1, done_on=clock.today(), mode="home", how_it_went=OWN_NOTES, who_was_there="Kit and Dad",
            parents_words="He asked for more!", next_activity="Spoons in the bath.", elements=("child-led-play",),
        )  # fmt: skip
        record_visit(visit_id, record, by=actor(case.visitor), at=clock.now())
        db.session.commit()
    return f"/visits/{visit_id}/copy"


def test_the_copy_holds_the_main_points_and_not_the_visitors_own_notes(case: Supported, path: str) -> None:
    client = case.visitor.client
    assert path in client.get(path.removesuffix("/copy")).text
    page = client.get(path).text
    for words in ("Kit’s visit", "Vera Visitor", "Kit and Dad", "He asked for more!", "Spoons in the bath."):
        assert words in page
    coming = clock.today() + timedelta(days=7)
    assert f"{coming.day} {coming:%B %Y} at 10am." in page
    assert "tired" not in page


def test_a_family_with_a_safe_address_gets_a_link_by_an_e_mail_that_says_nothing(
    case: Supported, path: str, council: Council, db_admin: psycopg.Connection
) -> None:
    client = case.visitor.client
    nobody = send(client, form_to(client.get(path), path))
    assert "no parent or carer with an e-mail address that is safe" in client.get(nobody.location).text
    with council("leeds"):
        [carer] = carers_of(case.child_id)
        carer.email = "sam@family.example"
        db.session.commit()
    sent = send(client, form_to(client.get(path), path))
    assert "on its way to 1 person" in client.get(sent.location).text
    kept = db_admin.execute("select m.kind, l.purpose from message m join one_time_link l on l.id = m.link_id")
    assert kept.fetchall() == [("visit", "visit")]


def test_there_is_no_copy_of_a_visit_that_did_not_take_place_and_none_for_others(
    case: Supported, path: str, council: Council, sign_in: SignIn
) -> None:
    with council("leeds"):
        planned = visit_on(case, clock.today())
        db.session.commit()
    assert case.visitor.client.get(f"/visits/{planned}/copy").status_code == 409
    other = sign_in("leeds", "home-visitor", name="Olga Other").client
    assert "Spoons" not in other.get(path, follow_redirects=True).text
    assert sign_in("lancashire", "home-visitor").client.get(path).status_code == 404
