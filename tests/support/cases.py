"""A request with a child and a carer, received as the service receives it, in a shipped council."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import NOBODY, Actor
from portage.families.operations import NewCarer, NewChild, carers_of
from portage.referrals.operations import ReceiveReferral, Referrer, receive

ROUTES = {
    "leeds": "request-form", "lancashire": "portage-form", "west-northants": "request-for-support",
    "portsmouth": "referral-form", "lincoln-st-christophers": "referral", "hampshire": "online-request",
}  # fmt: skip
POSTCODES = {
    "leeds": "LS1 1AA", "lancashire": "BB9 1AA", "west-northants": "NN1 1AA", "portsmouth": "PO1 1AA",
    "lincoln-st-christophers": "LN1 1AA", "hampshire": "SO23 1AA",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """The ids of one family's request."""

    slug: str
    referral_id: UUID
    child_id: UUID
    carer_id: UUID
    reference: str


FamilyOf = Callable[..., Family]


@pytest.fixture
def family_of(council: Callable[..., AbstractContextManager[UUID]]) -> FamilyOf:
    """`family_of("leeds", email=..., email_is_safe=...)` receives a request of an invented family today."""

    def invent(slug: str = "leeds", *, route: str | None = None, referrer: str = "parent", **carer: Any) -> Family:
        known = {"email": "sam@family.example", "telephone": "01632 960 111", "address": "1 Sample Street\nAnytown"}
        command = ReceiveReferral(
            route=route or ROUTES[slug],
            received_on=clock.today(),
            referrer=Referrer(
                kind=referrer,
                name="Sam Canarychild" if referrer == "parent" else "Dr Ola Example",
                email=None if referrer == "parent" else "ola@clinic.example",
            ),
            child=NewChild(
                "Kit", "Canarychild", date(clock.today().year - 2, 3, 10), "1 Sample Street", POSTCODES[slug]
            ),
            carers=(NewCarer("Sam Canarychild", "mother", main_contact=True, **{**known, **carer}),),
        )
        with council(slug):
            referral = receive(command, by=Actor.of(NOBODY), at=clock.now())
            carer_id = carers_of(referral.child_id)[0].id
            db.session.commit()
            return Family(slug, referral.id, referral.child_id, carer_id, referral.reference)

    return invent
