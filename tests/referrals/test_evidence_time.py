"""Papers may follow a request for so long as the policy says: the family is told before, and a person decides after."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.families.models import Carer
from portage.messages.models import Alert, Message
from portage.referrals.jobs import remind_of_dates, warn_of_missing_papers
from portage.referrals.models import Deadline, Referral
from portage.referrals.operations.facts import FactsFound, record_facts
from support.forms import form_to, send
from support.requests import RequestOf
from support.staff import SignIn

Within = Callable[..., AbstractContextManager[UUID]]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
DUE = date(2026, 4, 13)  # six weeks after AT, as Hampshire's edition says; it warns fourteen days before


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def running() -> Deadline:
    """The time for papers of the one request."""
    return db.session.scalars(scoped(Deadline).where(Deadline.key == "evidence-time")).one()


def told() -> list[str]:
    """The e-mails about papers that were asked for."""
    return [each.recipient_kind for each in db.session.scalars(scoped(Message).where(Message.kind == "still-wanted"))]


def test_the_family_is_told_once_before_the_time_runs_out_and_the_link_says_until_when(
    request_of: RequestOf, council: Within, clock: Callable[[datetime], None]
) -> None:
    request_of("hampshire")
    with council("hampshire"):
        assert running().due_on == DUE
        clock(datetime(2026, 3, 29, 9, tzinfo=UTC))
        warn_of_missing_papers()
        assert told() == []
        for day in (30, 31):
            clock(datetime(2026, 3, day, 9, tzinfo=UTC))
            warn_of_missing_papers()
            db.session.commit()
            assert told() == ["carer"]


def test_where_no_email_is_safe_the_team_is_asked_to_call_or_write(
    request_of: RequestOf, council: Within, clock: Callable[[datetime], None]
) -> None:
    request_of("hampshire")
    with council("hampshire"):
        db.session.scalars(scoped(Carer)).one().email_is_safe = False
        clock(datetime(2026, 4, 1, 9, tzinfo=UTC))
        warn_of_missing_papers()
        db.session.commit()
        assert told() == []
        said = db.session.scalars(scoped(Alert).where(Alert.kind == "still-wanted")).one().sentence
        assert "until 13 April 2026" in said


def test_when_the_time_has_passed_a_person_is_asked_and_the_case_stays_as_it_is(
    request_of: RequestOf, council: Within, clock: Callable[[datetime], None]
) -> None:
    family = request_of("hampshire")
    with council("hampshire"):
        before = db.session.scalars(scoped(Referral)).one().stage
        clock(datetime(2026, 4, 14, 9, tzinfo=UTC))
        remind_of_dates()
        db.session.commit()
        said = [each.sentence for each in db.session.scalars(scoped(Alert).where(Alert.kind == "clock"))]
        assert any("A person gives more time or closes the request." in each for each in said), said
        after = db.session.scalars(scoped(Referral).where(Referral.id == family.referral_id)).one()
        assert (after.stage, after.closed_on) == (before, None)


def test_papers_that_come_stop_the_time(request_of: RequestOf, council: Within) -> None:
    family = request_of("hampshire")
    with council("hampshire"):
        version = db.session.scalars(scoped(Referral)).one().version
        record_facts(family.referral_id, FactsFound(version, {"evidence": ["asq"]}), by=Actor(None, "x"), at=AT)
        db.session.commit()
        assert running().stopped_on == AT.date()


def test_a_manager_gives_more_time_with_a_reason_and_the_family_is_told_again(
    request_of: RequestOf, sign_in: SignIn, council: Within, clock: Callable[[datetime], None]
) -> None:
    family = request_of("hampshire")
    manager = sign_in("hampshire", "service-manager")
    page = manager.client.get(f"/referrals/{family.referral_id}").text
    assert "Give more time for papers" in page
    address = f"/referrals/{family.referral_id}/more-time"
    form = form_to(manager.client.get(address), address)
    wrong = send(manager.client, form, {"until-day": "1", "until-month": "4", "until-year": "2026", "reason": "Ill"})
    assert wrong.status_code == 422
    assert "Enter a day after 13 April 2026." in wrong.text
    right = {"until-day": "4", "until-month": "5", "until-year": "2026", "reason": "The nursery was closed."}
    assert send(manager.client, form, right).status_code == 303
    page = manager.client.get(f"/referrals/{family.referral_id}").text
    assert "Papers may follow until 4 May 2026: The nursery was closed." in page
    with council("hampshire"):
        assert running().due_on == date(2026, 5, 4)
        for day in (date(2026, 4, 19), date(2026, 4, 20)):
            clock(datetime.combine(day, AT.time(), UTC) + timedelta(hours=1))
            warn_of_missing_papers()
            db.session.commit()
        assert told() == ["carer"]


def test_who_decides_nothing_gives_no_time_and_another_council_finds_nothing(
    request_of: RequestOf, sign_in: SignIn
) -> None:
    address = f"/referrals/{request_of('hampshire').referral_id}/more-time"
    assert sign_in("hampshire", "team-administrator").client.get(address).status_code == 403
    assert sign_in("leeds", "service-manager").client.get(address).status_code == 404
