"""Lists keep the place of a child about whom a manager declared a conflict of interest, and no name (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.conflicts import Declared, declare
from portage.messages.models import Letter, Message, OneTimeLink
from portage.support.models import WaitingEntry
from support.cases import Family
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

from .conftest import SLUG

Council = Callable[..., AbstractContextManager[UUID]]
CLOSED = "You declared a conflict of interest"


@pytest.fixture
def family(request_of: RequestOf, council: Council) -> Family:
    """A child who waits, with a letter to post, an e-mail that failed and a link that opens."""
    found = request_of(SLUG, given_name="Adaline")
    with council(SLUG):
        link = OneTimeLink(
            id=new_id(), token_hash=b"x" * 32, purpose="request", subject_id=found.referral_id, recipient_kind="carer",
            recipient_id=found.carer_id, expires_at=clock.now().replace(year=clock.now().year + 1),
        )  # fmt: skip
        about = {"referral_id": found.referral_id, "child_id": found.child_id, "reference": found.reference}
        told = {"kind": "letter", "recipient_kind": "carer", "recipient_id": found.carer_id, **about}
        letter = {"sections": [], "reference": found.reference}
        db.session.add_all(
            [
                WaitingEntry(referral_id=found.referral_id, child_id=found.child_id, since=clock.today(), note="Ada"),
                Letter(
                    kind="outcome", child_id=found.child_id, referral_id=found.referral_id, carer_id=found.carer_id,
                    dated_on=clock.today(), content=letter,
                ),
                Message(**told, status="failed"),
                link,
            ]
        )  # fmt: skip
        db.session.flush()
        db.session.add(Message(**told, status="sent", link_id=link.id))
        db.session.commit()
    return found


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """Somebody who allocates, posts letters and closes links."""
    return sign_in(SLUG, "service-manager", "panel-chair", name="Mia Manager")


@pytest.mark.parametrize("path", ["/waiting-list?area=all", "/waiting-list?area=all&show=left", "/letters"])
def test_the_place_stays_and_the_name_goes(path: str, family: Family, manager: Hired, council: Council) -> None:
    if "left" in path:
        with council(SLUG):
            entry = db.session.scalars(scoped(WaitingEntry)).one()
            entry.left_on, entry.left_reason = entry.since, "Adaline moved"
            db.session.commit()
    before = manager.client.get(path).text
    assert "Adaline" in before or "Sam Canarychild" in before
    assert CLOSED not in before
    with council(SLUG):
        by = Actor(manager.id, f"person:{manager.id}")
        declare(Declared(family.child_id, family.referral_id, "A neighbour"), by=by, at=clock.now())
        db.session.commit()
    after = manager.client.get(path).text
    assert CLOSED in after
    assert family.reference in after
    assert [name for name in ("Adaline", "Canarychild", "Sample Street") if name in after] == []


def test_a_child_is_not_named_among_those_behind_whom_another_is_moved(
    family: Family, manager: Hired, request_of: RequestOf, council: Council, db_admin: psycopg.Connection
) -> None:
    others = [request_of(SLUG, given_name="Bea") for _ in range(2)]
    with council(SLUG):
        for other in others:
            db.session.add(WaitingEntry(referral_id=other.referral_id, child_id=other.child_id, since=clock.today()))
        by = Actor(manager.id, f"person:{manager.id}")
        declare(Declared(family.child_id, family.referral_id, "A neighbour"), by=by, at=clock.now())
        db.session.commit()
    entries = db_admin.execute(
        "select id from waiting_entry where child_id = any(%s)", ([each.child_id for each in others],)
    ).fetchall()
    pages = [manager.client.get(f"/waiting-list/{entry}").text for (entry,) in entries]
    assert [page for page in pages if "Adaline" in page] == []
    assert any(family.reference in page for page in pages)


def test_somebody_else_reads_every_name(family: Family, manager: Hired, sign_in: SignIn, council: Council) -> None:
    other = sign_in(SLUG, "service-manager", name="Olu Other")
    with council(SLUG):
        by = Actor(manager.id, f"person:{manager.id}")
        declare(Declared(family.child_id, family.referral_id, "A neighbour"), by=by, at=clock.now())
        db.session.commit()
    for path in ("/waiting-list?area=all", "/letters"):
        assert "Adaline" in other.client.get(path).text
