"""Offering support to a family whose request was accepted, and writing down what they say."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.referrals.models import Referral
from portage.support.models import Offer, WaitingEntry
from support.episodes import AcceptedOf, Council, post_to
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def test_the_offers_are_those_of_the_edition_that_judged_the_request(accepted_of: AcceptedOf) -> None:
    case = accepted_of("leeds")
    page = case.manager.client.get(f"/referrals/{case.referral_id}/offer").get_data(as_text=True)
    assert "Home visits" in page
    assert "Signposting" in page


def test_nothing_is_offered_before_the_assessment_is_recorded(accepted_of: AcceptedOf, council: Council) -> None:
    case = accepted_of("leeds", assessed=False)
    page = case.manager.client.get(f"/referrals/{case.referral_id}/offer")
    assert "asks for an assessment before anything is offered" in page.get_data(as_text=True)
    sent = post_to(case.manager.client, f"/referrals/{case.referral_id}/offer", kinds="home-visits")
    assert sent.status_code == 422
    with council("leeds"):
        assert db.session.scalars(scoped(Offer)).all() == []


def test_a_yes_puts_the_child_on_the_waiting_list(accepted_of: AcceptedOf, council: Council) -> None:
    case = accepted_of("leeds")
    client = case.manager.client
    page = client.get(f"/referrals/{case.referral_id}/offer")
    made = send(client, form_to(page, f"/referrals/{case.referral_id}/offer"), {"kinds": ["home-visits"]})
    assert made.status_code == 303
    with council("leeds"):
        offer = db.session.scalars(scoped(Offer)).one()
    page = client.get(f"/referrals/{case.referral_id}/offer")
    yes = send(client, form_to(page, f"/offers/{offer.id}/answer"), {"answer": "accepted"})
    assert yes.status_code == 303
    with council("leeds"):
        assert db.session.scalars(scoped(WaitingEntry)).one().child_id == case.child_id
    assert "Kit Canarychild" in client.get("/waiting-list").get_data(as_text=True)


def test_a_no_closes_nothing(accepted_of: AcceptedOf, council: Council) -> None:
    case = accepted_of("lancashire")
    client = case.manager.client
    page = client.get(f"/referrals/{case.referral_id}/offer")
    form = form_to(page, f"/referrals/{case.referral_id}/offer")
    send(client, form, {"kinds": form.fields["kinds"].options[:1]})
    page = client.get(f"/referrals/{case.referral_id}/offer")
    with council("lancashire"):
        offer_id = db.session.scalars(scoped(Offer)).one().id
    assert send(client, form_to(page, f"/offers/{offer_id}/answer"), {"answer": "refused"}).status_code == 303
    with council("lancashire"):
        assert db.session.scalars(scoped(Referral)).one().stage == "to-offer"
