"""The longest support: from the edition that judged the request, counted once, reminded of, never acting itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Caseload
from portage.messages.models import Alert
from portage.policy.dates import add_months
from portage.referrals.models import Referral
from portage.support.jobs import remind_limits
from portage.support.models import Extension
from portage.support.operations import Extend, extend, limit_after
from portage.visits.models import Visit
from portage.visits.operations import Record, record_visit
from support.episodes import Council, SupportedOf, actor, done, episode, post_to, visit_on
from support.forms import form_to, send
from support.lengths import examples

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


@pytest.mark.parametrize(("received", "months"), [(date(2025, 9, 30), 12), (date(2025, 10, 1), 6)])
def test_the_length_is_that_of_the_day_of_the_request_whenever_support_begins(
    supported_of: SupportedOf, council: Council, received: date, months: int
) -> None:
    case = supported_of("leeds", received_on=received)
    with council("leeds"):
        assert episode(case.episode_id).longest_months == months
        assert episode(case.episode_id).limit_on is None
    page = case.visitor.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
    assert f"{months} months from the first home visit" in page


def test_the_first_home_visit_counts_and_a_later_one_moves_nothing(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"), service_clock.frozen(AT + timedelta(days=60)):
        done(case, visit_on(case, TODAY), TODAY, mode="telephone")
        assert episode(case.episode_id).first_visit_on is None
        done(case, visit_on(case, TODAY + timedelta(7)), TODAY + timedelta(7))
        assert episode(case.episode_id).limit_on == date(2026, 9, 9)
        done(case, visit_on(case, TODAY + timedelta(21)), TODAY + timedelta(21))
        assert episode(case.episode_id).limit_on == date(2026, 9, 9)


def test_a_corrected_record_corrects_the_limit(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"), service_clock.frozen(AT + timedelta(days=60)):
        first = visit_on(case, TODAY)
        done(case, first, TODAY)
        done(case, visit_on(case, TODAY + timedelta(14)), TODAY + timedelta(14))
        version = db.session.scalars(scoped(Visit).where(Visit.id == first)).one().version
        wrong_family = Record("not-available", version, reason="It was another family.")
        record_visit(first, wrong_family, by=actor(case.visitor), at=service_clock.now())
        assert episode(case.episode_id).first_visit_on == TODAY + timedelta(14)
        assert episode(case.episode_id).limit_on == date(2026, 9, 16)


EVENTS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["home", "telephone"]), st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, months=st.sampled_from([6, 12]))
def test_the_limit_is_always_counted_from_the_earliest_home_visit_that_stands(
    supported_of: SupportedOf,
    council: Council,
    cases: dict[int, object],
    events: list[tuple[int, str, bool]],
    months: int,
) -> None:
    if months not in cases:
        cases[months] = supported_of("leeds", received_on=date(2025, 10, 1) if months == 6 else date(2025, 9, 30))
    case = cases[months]
    with council("leeds"), service_clock.frozen(AT + timedelta(days=60)):
        stands: list[date] = []
        for offset, mode, later_corrected in events:
            day = TODAY + timedelta(offset)
            visit = done(case, visit_on(case, day), day, mode=mode)  # type: ignore[arg-type]  # a Supported
            if later_corrected:
                gone = Record("cancelled", visit.version, reason="Typed wrongly.", cancelled_by="service")
                record_visit(visit.id, gone, by=actor(case.visitor), at=service_clock.now())  # type: ignore[attr-defined]
            elif mode == "home":
                stands.append(day)
            found = episode(case.episode_id)  # type: ignore[attr-defined]
            assert found.first_visit_on == min(stands, default=None)
            assert found.limit_on == (add_months(min(stands), months) if stands else None)
        db.session.rollback()


@pytest.fixture
def cases() -> dict[int, object]:
    """Episodes that the examples of one property share; each example is rolled back."""
    return {}


def test_a_month_that_lacks_the_day_ends_on_its_last() -> None:
    assert limit_after(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert limit_after(date(2025, 8, 31), None) is None
    assert limit_after(None, 6) is None


def test_people_are_reminded_eight_weeks_before_and_on_the_day_once_each(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"):
        done(case, visit_on(case, TODAY), TODAY)
        db.session.execute(Alert.__table__.update().values(seen_at=service_clock.now()))
        limit = date(2026, 9, 2)
        assert remind_limits(limit - timedelta(days=57)) == 0
        assert remind_limits(limit - timedelta(days=56)) == 1
        assert remind_limits(limit - timedelta(days=55)) == 0
        assert remind_limits(limit) == 1
        assert remind_limits(limit + timedelta(days=1)) == 0
        told = db.session.execute(
            select(Alert.kind, Alert.role, Alert.person_id).where(Alert.kind.startswith("limit-")).order_by(Alert.kind)
        ).all()
        assert {(row.kind, row.role, row.person_id) for row in told} == {
            ("limit-near", "service-manager", None),
            ("limit-near", None, case.visitor.id),
            ("limit-reached", "service-manager", None),
            ("limit-reached", None, case.visitor.id),
        }
        assert episode(case.episode_id).status == "open"


def test_an_extension_moves_the_reminders_and_keeps_the_policy_limit(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    with council("leeds"):
        done(case, visit_on(case, TODAY), TODAY)
        limit = date(2026, 9, 2)
        assert remind_limits(limit) == 1
        extend(case.episode_id, Extend(date(2026, 12, 1), "A move is near."), by=actor(case.manager), on=limit)
        assert remind_limits(limit + timedelta(days=1)) == 0
        assert remind_limits(date(2026, 10, 8)) == 1
        assert episode(case.episode_id).limit_on == limit


def test_a_manager_extends_with_a_reason_and_a_day(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    path = f"/episodes/{case.episode_id}/extend"
    page = case.manager.client.get(path)
    day = {"until_on-day": "1", "until_on-month": "12", "until_on-year": "2026"}
    assert send(case.manager.client, form_to(page, path), day).status_code == 422
    assert send(case.manager.client, form_to(page, path), {**day, "reason": "One more term."}).status_code == 303
    with council("leeds"):
        assert db.session.scalars(scoped(Extension)).one().until_on == date(2026, 12, 1)
    assert "1 December 2026" in case.visitor.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)


def test_the_page_of_the_support_says_who_extended_it_until_when_and_who_ended_it(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    page = f"/episodes/{case.episode_id}"
    for year, why in (("2027", "A move is near."), ("2028", "The move is late.")):
        form = form_to(case.manager.client.get(f"{page}/extend"), f"{page}/extend")
        until = {"until_on-day": "1", "until_on-month": "6", "until_on-year": year}
        assert send(case.manager.client, form, {**until, "reason": why}).status_code == 303
    words = case.visitor.client.get(page).get_data(as_text=True)
    assert words.index("Until 1 June 2028, decided by Ines Manager.") < words.index("Until 1 June 2027, decided by")
    assert "The move is late." in words
    assert words.count("1 June 2028") == 2  # it goes on until then, and an extension says so
    form = form_to(case.manager.client.get(f"{page}/close"), f"{page}/close")
    assert send(case.manager.client, form, {"reason": "moved-away", "note": "To the sea."}).status_code == 303
    words = case.manager.client.get(page).get_data(as_text=True)
    assert "Support ended on 2 March 2026: The family moved away, decided by Ines Manager." in words


def test_a_visitor_can_neither_close_nor_extend(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    for what in ("close", "extend"):
        assert case.visitor.client.get(f"/episodes/{case.episode_id}/{what}").status_code == 403


def test_a_manager_closes_with_a_reason_and_what_was_planned_is_cancelled(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        planned = visit_on(case, TODAY + timedelta(14))
        db.session.commit()
    path = f"/episodes/{case.episode_id}/close"
    page = case.manager.client.get(path)
    assert "16 March 2026" in page.get_data(as_text=True)
    assert send(case.manager.client, form_to(page, path), {}).status_code == 422
    assert send(case.manager.client, form_to(page, path), {"reason": "moved-away"}).status_code == 303
    with council("leeds"):
        found = episode(case.episode_id)
        assert (found.status, found.closed_reason, found.closed_by) == ("closed", "moved-away", case.manager.id)
        assert db.session.scalars(scoped(Visit).where(Visit.id == planned)).one().status == "cancelled"
        assert db.session.scalars(scoped(Referral).where(Referral.id == case.referral_id)).one().stage == "closed"
        rows = db.session.scalars(scoped(Caseload).where(Caseload.child_id == case.child_id)).all()
        assert [row.until_on for row in rows if row.kind == "allocated"] == [TODAY]
    page_after = case.visitor.client.get(f"/episodes/{case.episode_id}/visits/plan")
    assert page_after.status_code == 409


def test_support_that_has_ended_has_no_visitor_and_no_day_until_which_it_goes_on(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    path = f"/episodes/{case.episode_id}"
    assert "Support goes on until" in case.manager.client.get(path).text
    closing = form_to(case.manager.client.get(f"{path}/close"), f"{path}/close")
    send(case.manager.client, closing, {"reason": "moved-away"})
    page = case.manager.client.get(path).text
    assert "Nobody any more" in page
    assert "Support goes on until" not in page


def test_two_people_who_close_at_once_see_each_others_version(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    path = f"/episodes/{case.episode_id}/close"
    page = case.manager.client.get(path)
    with council("leeds"):
        done(case, visit_on(case, TODAY), TODAY)  # the first home visit was recorded meanwhile
        db.session.commit()
    sent = send(case.manager.client, form_to(page, path), {"reason": "family-wish"})
    assert sent.status_code == 409
    assert "What is saved now" in sent.get_data(as_text=True)
    with council("leeds"):
        assert episode(case.episode_id).status == "open"


def test_an_episode_of_another_council_is_not_there(supported_of: SupportedOf, sign_in: Callable[..., object]) -> None:
    case = supported_of("leeds")
    other = sign_in("lancashire", "service-manager").client  # type: ignore[attr-defined]  # a Hired
    for what in ("", "/close", "/extend", "/visitor", "/cover", "/visits/plan", "/plan", "/reviews/new"):
        assert other.get(f"/episodes/{case.episode_id}{what}").status_code == 404
    assert post_to(other, f"/episodes/{case.episode_id}/close", reason="other", version="1").status_code == 404
