"""Requests with chosen facts, received as the service receives them, and what is on a council's page about them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import NOBODY, Actor
from portage.families.operations import NewCarer, NewChild, carers_of
from portage.referrals.operations import ReceiveReferral, Referrer, receive
from support.cases import POSTCODES, ROUTES, Family

RequestOf = Callable[..., Family]


def months_ago(months: int, on: date | None = None) -> date:
    """The tenth of the month that many months before today: a birthday that months and days never blur."""
    today = on or clock.today()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 10)


@pytest.fixture
def request_of(council: Callable[..., AbstractContextManager[UUID]]) -> RequestOf:
    """`request_of("leeds", months=25, facts={...}, given_name="Kit", postcode=...)` receives a request."""

    def invent(
        slug: str = "leeds",
        *,
        months: int = 25,
        route: str | None = None,
        referrer: str = "parent",
        facts: dict[str, Any] | None = None,
        days_ago: int = 0,
        given_name: str = "Kit",
        family_name: str = "Canarychild",
        postcode: str | None = None,
    ) -> Family:
        command = ReceiveReferral(
            route=route or ROUTES[slug],
            received_on=clock.today() - timedelta(days=days_ago),
            referrer=Referrer(
                kind=referrer,
                name="Sam Canarychild" if referrer == "parent" else "Dr Ola Example",
                email=None if referrer == "parent" else "ola@clinic.example",
            ),
            child=NewChild(given_name, family_name, months_ago(months), "1 Sample Street", postcode or POSTCODES[slug]),
            carers=(NewCarer("Sam Canarychild", "mother", email="sam@family.example", main_contact=True),),
            in_their_words="Kit loves water.",
            facts=facts or {},
        )
        with council(slug):
            referral = receive(command, by=Actor.of(NOBODY), at=clock.now())
            carer_id = carers_of(referral.child_id)[0].id
            db.session.commit()
            return Family(slug, referral.id, referral.child_id, carer_id, referral.reference)

    return invent


CONCERNED = {
    "agreement": {"parent": True},
    "child": {"lives_in_area": True, "delay": {"speech-and-language": None, "physical": None}},
}
ELIGIBLE = {
    "agreement": {"parent": True},
    "child": {"lives_in_area": True, "delay": {"speech-and-language": {"percent": 60}, "physical": {"percent": 55}}},
}
OWN_WORDS = "I read the health visitor's notes and spoke to the family twice; regular play at home is what they need."
