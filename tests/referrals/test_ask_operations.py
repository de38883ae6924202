"""Taking requests in, below the pages: references, clocks, stages, and what is refused."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.families.operations import NewChild
from portage.policy import Clock, NoEditionInForce
from portage.referrals.models import Referral
from portage.referrals.operations.clocks import due
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.operations.receive import ReceiveReferral, Referrer, receive
from portage.referrals.operations.references import SIGNS, new_reference, read_reference
from portage.referrals.operations.stages import move

Council = Callable[..., AbstractContextManager[UUID]]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def request(
    received_on: date = date(2026, 11, 20), born: date = date(2025, 3, 14), who: str = "parent"
) -> ReceiveReferral:
    return ReceiveReferral(
        route="request-form",
        received_on=received_on,
        referrer=Referrer(who, "Robin Invented"),
        child=NewChild("Wren", "Invented", born),
    )


def test_a_reference_can_be_read_aloud_and_checks_itself(council: Council) -> None:
    with council():
        drawn = {new_reference() for _ in range(200)}
    assert len(drawn) == 200
    assert not set("".join(drawn)) & set("AEIOUY01LSBZV")
    for reference in drawn:
        assert read_reference(f" {reference.lower().replace('-', ' ')} ") == reference


@given(some.text(SIGNS, min_size=7, max_size=7), some.integers(0, 7), some.sampled_from(SIGNS))
def test_one_wrong_sign_or_two_swapped_ones_are_noticed(drawn: str, place: int, sign: str) -> None:
    whole = next(reference for last in SIGNS if (reference := read_reference(drawn + last)))
    signs = whole.replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    assert (read_reference(wrong) == whole) == (wrong == signs)
    if place < 6:
        swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
        assert (read_reference(swapped) == whole) == (swapped == signs)


@pytest.mark.parametrize(
    ("unit", "days", "started", "ends"),
    [
        ("calendar", 7, date(2026, 12, 23), date(2026, 12, 30)),
        ("working", 5, date(2026, 11, 20), date(2026, 11, 27)),
        ("working", 3, date(2026, 12, 23), date(2026, 12, 30)),  # over Christmas Day, a weekend and the day in lieu
        ("working", 0, date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_a_clock_counts_calendar_or_working_days(unit: str, days: int, started: date, ends: date) -> None:
    clock = Clock("tell", "Tell", days, unit, "received", None, "", None)  # type: ignore[arg-type]  # a parameter
    assert due(clock, started) == ends


def test_before_the_first_edition_nothing_is_taken_in(council: Council) -> None:
    with council("leeds"), pytest.raises(NoEditionInForce, match="the first edition"):
        receive(request(received_on=date(2025, 2, 28), born=date(2024, 3, 14)), by=SYSTEM, at=NOW)


@pytest.mark.parametrize("wrong", [{"born": date(2026, 11, 21)}, {"who": "senco"}])
def test_facts_that_contradict_each_other_leave_nothing_behind(wrong: dict[str, object], council: Council) -> None:
    with council("leeds"):
        with pytest.raises(FactsRefused):
            receive(request(**wrong), by=SYSTEM, at=NOW)  # type: ignore[arg-type]  # parameters
        assert db.session.scalars(scoped(Referral)).all() == []


def test_a_closed_request_that_is_moved_again_is_open(council: Council) -> None:
    with council("leeds"):
        referral = receive(request(), by=SYSTEM, at=NOW)
        move(referral, "closed", by=SYSTEM, at=NOW, note="Moved away")
        assert referral.closed_on == date(2026, 11, 21)
        move(referral, "new", by=SYSTEM, at=NOW)
        assert referral.closed_on is None
        with pytest.raises(ValueError, match="no stage"):
            move(referral, "lost", by=SYSTEM, at=NOW)
