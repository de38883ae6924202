"""Working-day clocks skip weekends, England's bank holidays and the council's own closures; calendar days do not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from portage.core.db import db
from portage.policy import Clock
from portage.referrals.models import Referral
from portage.referrals.operations.clocks import due, start_clocks
from portage.tenants.models import Tenant
from support.requests import RequestOf

Council = Callable[..., AbstractContextManager[UUID]]


def clock(days: int, unit: str) -> Clock:
    """A clock of so many days."""
    return Clock("first-contact", "We get in touch", days, unit, "received", None, "a test", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("started", "days", "ends"),
    [
        (date(2026, 12, 23), 1, date(2026, 12, 24)),  # Christmas Eve is a working day
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # Friday, a weekend, and Monday in place of Boxing Day
        (date(2026, 12, 23), 5, date(2027, 1, 4)),  # and New Year's Day
        (date(2025, 12, 24), 2, date(2025, 12, 30)),  # Christmas on a Thursday
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Maundy Thursday: Good Friday to Easter Monday
        (date(2027, 3, 25), 3, date(2027, 4, 1)),  # Easter in March
        (date(2026, 4, 30), 2, date(2026, 5, 5)),  # the early May bank holiday
        (date(2026, 8, 28), 1, date(2026, 9, 1)),  # the one at the end of August
    ],
)
def test_christmas_and_easter_take_no_working_day(started: date, days: int, ends: date) -> None:
    assert due(clock(days, "working"), started) == ends


def test_a_closure_of_the_council_takes_none_either() -> None:
    between = frozenset({date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)})
    assert due(clock(1, "working"), date(2026, 12, 24), between) == date(2027, 1, 4)
    assert due(clock(7, "calendar"), date(2026, 12, 24), between) == date(2026, 12, 31), "a week is seven days"


def test_a_request_s_clock_reads_the_closures_of_its_own_council(
    council: Council, request_of: RequestOf, db_admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portage.referrals.operations import clocks

    family = request_of("west-northants")
    with council("west-northants") as tenant_id:
        told = db.session.execute(select(Tenant.profile).where(Tenant.id == tenant_id)).scalar_one()
        closed = {date.fromisoformat(str(each)) for each in told["calendar"]["closures"]}
        assert date(2026, 6, 1) in closed
        referral = db.session.scalars(select(Referral).where(Referral.tenant_id == tenant_id)).one()
        policy, edition = clocks.edition_of(referral.edition_id)
        monkeypatch.setattr(type(policy), "clocks", lambda *_: (clock(1, "working"),))
        (started,) = start_clocks(referral, "received", date(2026, 5, 29))
        assert edition is not None
        assert started.due_on == date(2026, 6, 2), "Friday, a weekend, and the council's own closure on Monday"
    assert family.slug == "west-northants"
