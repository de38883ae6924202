"""A series ends where the support reaches its limit, by the day of the request, and comes back with it (LDS-07)."""

from datetime import date, time, timedelta

import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.support.operations import Extend, extend
from portage.visits.models import Visit
from portage.visits.operations import (
    Record,
    record_visit,
)
from support.episodes import Council, SupportedOf, actor, done, visit_on
from visits.test_moving import AT, TODAY, TUESDAY, days, on_a_monday, planned

__all__ = ["on_a_monday"]


def test_every_series_ends_at_the_limit_also_one_that_begins_later(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"):
        assert len(planned(case, 26, weeks=2)) == 14
        assert max(days(case))[0] == date(2026, 9, 1)
        assert len(planned(case, 26, starts_on=date(2026, 8, 6))) == 4  # 3 September is the limit of them all
        assert max(days(case))[0] == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("received", "last"), [(date(2025, 9, 30), date(2027, 2, 16)), (date(2025, 10, 1), date(2026, 9, 1))]
)
def test_a_series_runs_for_twelve_or_six_months_by_the_day_of_the_request_lds_07(
    supported_of: SupportedOf, council: Council, received: date, last: date
) -> None:
    case = supported_of("leeds", received_on=received)
    with council("leeds"):
        planned(case, 26, weeks=2)
        planned(case, 26, weeks=2, starts_on=date(2026, 9, 1))
        done(case, visit_on(case, TODAY, at=time(15)), TODAY)
        assert max(days(case))[0] == last


def test_visits_beyond_a_limit_that_moves_are_taken_out_told_of_and_come_back_with_it(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"), service_clock.frozen(AT + timedelta(days=28)):
        ids = planned(case, 26, starts_on=date(2026, 3, 24))
        last = max(days(case))[0]
        assert last == date(2026, 9, 15)
        extra = visit_on(case, TUESDAY)
        first = done(case, extra, TUESDAY)  # a visit three weeks before the series, recorded later
        assert max(days(case))[0] == date(2026, 9, 1)
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "limit-visits")).all()
        assert {each.person_id for each in told} == {None, case.visitor.id}
        assert {each.sentence for each in told} == {
            "A child's support reaches its limit on 3 September 2026: 2 planned visits were cancelled. "
            "Please tell the family, or extend it."
        }
        gone = db.session.scalars(scoped(Visit).where(Visit.beyond_limit)).all()
        assert {(each.cancelled_by, each.reason) for each in gone} == {
            ("service", "The support reaches its limit on 3 September 2026.")
        }
        wrong = Record("cancelled", first.version, reason="Typed wrongly.", cancelled_by="service")
        record_visit(first.id, wrong, by=actor(case.visitor), at=service_clock.now())
        assert max(days(case))[0] == last
        assert len(days(case)) == len(ids)
        done(case, ids[0], date(2026, 3, 24))
        assert max(days(case))[0] == last


def test_an_extension_brings_back_what_was_taken_out_and_closes_nothing(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"), service_clock.frozen(AT + timedelta(days=28)):
        planned(case, 26, starts_on=date(2026, 3, 24))
        done(case, visit_on(case, TUESDAY), TUESDAY)
        assert len(days(case, "cancelled")) == 2
        until = Extend(date(2026, 9, 10), "A move is near.")
        extend(case.episode_id, until, by=actor(case.manager), on=date(2026, 8, 1))
        assert [day for day, _ in days(case, "cancelled")] == [date(2026, 9, 15)]
        assert max(days(case))[0] == date(2026, 9, 8)
        assert (
            "1 visit is planned again"
            in db.session.scalars(
                scoped(Alert).where(Alert.kind == "limit-visits").order_by(Alert.created_at.desc(), Alert.id.desc())
            )
            .first()
            .sentence
        )  # type: ignore[union-attr] # it was told of
