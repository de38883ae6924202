"""The time within which a family hears from somebody runs from the request and ends when the family is reached."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import psycopg

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.referrals.operations.contacts import Talk, log_contact
from support.requests import RequestOf
from support.staff import SignIn

Within = Callable[..., AbstractContextManager[UUID]]


def test_six_weeks_run_from_the_request_until_the_family_is_reached(
    request_of: RequestOf, sign_in: SignIn, council: Within, db_admin: psycopg.Connection
) -> None:
    family = request_of("hampshire")
    manager = sign_in("hampshire", "service-manager")
    asked = "select due_on, stopped_on from deadline where key = 'first-contact'"
    assert db_admin.execute(asked).fetchone() == (clock.today() + timedelta(days=42), None)
    for reached in (False, True):
        talk = Talk("Sam Canarychild", clock.now(), "telephone", "information", reached, None)
        with council("hampshire"):
            log_contact(family.referral_id, talk, by=Actor(manager.id, "A manager"))
            db.session.commit()
        row = db_admin.execute(asked).fetchone()
        assert row is not None
        assert row[1] == (clock.today() if reached else None)
