"""Moving and cancelling what is planned: one visit or this and the following; the rest stays as it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, select

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.support.operations import Close, close_episode
from portage.visits.council_calendar import council_calendar
from portage.visits.models import Visit, VisitSeries
from portage.visits.operations import (
    CancelVisits,
    MoveVisit,
    PlanVisits,
    Record,
    cancel_visits,
    move_visit,
    plan_visits,
    record_visit,
)
from portage.visits.operations.presence import arrive
from portage.visits.refusals import AlreadyBegun, NothingToPlan, NotThatDay
from support.episodes import Council, Supported, SupportedOf, actor, episode, visit_on
from support.forms import form_to, send
from support.lengths import AT_LENGTH

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)  # a Monday
TUESDAY = date(2026, 3, 3)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def planned(
    case: Supported, visits: int = 6, *, starts_on: date = TUESDAY, weeks: int = 1, terms: bool = False
) -> list[UUID]:
    """A series of visits; the council is in scope, the caller commits."""
    cadence = "term" if terms else "calendar"
    command = PlanVisits(starts_on, time(10), 60, "home", weeks, visits, not terms, cadence)
    return [visit.id for visit in plan_visits(case.episode_id, command, by=actor(case.visitor), on=TODAY)]


def days(case: Supported, status: str = "planned") -> list[tuple[date, time]]:
    rows = db.session.execute(
        select(Visit.planned_on, Visit.planned_at)
        .where(Visit.episode_id == case.episode_id, Visit.status == status)
        .order_by(Visit.planned_on)
    )
    return [(row.planned_on, row.planned_at) for row in rows]


def version(visit_id: UUID) -> int:
    return db.session.execute(select(Visit.version).where(Visit.id == visit_id)).scalar_one()


def move(case: Supported, visit_id: UUID, day: date, at: time = time(10), scope: str = "one", on: date = TODAY) -> int:
    command = MoveVisit(day, at, version(visit_id), scope)
    return len(move_visit(visit_id, command, by=actor(case.visitor), on=on).visits)


def test_moving_one_visit_leaves_the_others_of_its_series(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        ids = planned(case, 3)
        assert move(case, ids[1], date(2026, 3, 12), time(14, 30)) == 1
        assert days(case) == [
            (TUESDAY, time(10)), (date(2026, 3, 12), time(14, 30)), (date(2026, 3, 17), time(10))
        ]  # fmt: skip


def test_this_and_the_following_get_the_new_weekday_and_days_off_are_left_out_again(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        ids = planned(case, 7)
        assert move(case, ids[3], date(2026, 3, 27), time(13), "following") == 4
        assert [day for day, _ in days(case)] == [
            date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17),
            # Good Friday is 3 April, and is left out: the visits that it would have held come after.
            date(2026, 3, 27), date(2026, 4, 10), date(2026, 4, 17), date(2026, 4, 24),
        ]  # fmt: skip
        assert [at for _, at in days(case)] == [time(10)] * 3 + [time(13)] * 4
        old, new = db.session.scalars(scoped(VisitSeries).order_by(VisitSeries.id)).all()
        assert (new.follows_id, new.starts_on, new.at, new.visits) == (old.id, date(2026, 3, 27), time(13), 4)
        assert move(case, ids[5], date(2026, 4, 20), time(9), "following") == 2
        assert [day for day, _ in days(case)][-3:] == [date(2026, 4, 10), date(2026, 4, 20), date(2026, 4, 27)]


def test_weeks_whose_visit_was_cancelled_stay_free_and_moved_ones_come_along(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        ids = planned(case, 6)
        away = Record("cancelled", version(ids[3]), reason="A holiday.", cancelled_by="family")
        record_visit(ids[3], away, by=actor(case.visitor), at=AT)
        move(case, ids[4], date(2026, 4, 1))  # the visit of 31 March, by itself
        assert move(case, ids[2], date(2026, 3, 18), time(10), "following") == 3
        assert [day for day, _ in days(case)] == [
            date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 18), date(2026, 4, 1), date(2026, 4, 8)
        ]  # fmt: skip
        assert [day for day, _ in days(case, "cancelled")] == [date(2026, 3, 24)]


def test_what_follows_keeps_to_the_terms_where_the_policy_says_so_lan_05(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("lancashire")
    with council("lancashire"):
        ids = planned(case, 6, terms=True)
        assert [day for day, _ in days(case)] == [
            date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 24),
            date(2026, 4, 14), date(2026, 4, 21),
        ]  # fmt: skip
        assert move(case, ids[2], date(2026, 3, 19), time(10), "following") == 4
        assert [day for day, _ in days(case)][2:] == [
            date(2026, 3, 19), date(2026, 3, 26), date(2026, 4, 16), date(2026, 4, 23)
        ]  # fmt: skip
        with pytest.raises(NotThatDay, match="school holidays"):
            move(case, ids[2], date(2026, 4, 1))
        free = MoveVisit(date(2026, 4, 1), time(10), version(ids[2]), in_school_holidays=True)
        move_visit(ids[2], free, by=actor(case.visitor), on=TODAY)
        assert date(2026, 4, 1) in [day for day, _ in days(case)]


@pytest.mark.parametrize(
    ("day", "at", "why"),
    [
        (date(2026, 4, 6), time(10), "Easter Monday"),
        (date(2026, 9, 2), time(10), "the service is closed"),
        (date(2026, 3, 29), time(1, 30), "There is no 01:30"),
        (date(2026, 2, 27), time(10), "the support was opened"),
        (date(2027, 6, 1), time(10), "reaches its limit on 3 March 2027"),
    ],
)
def test_a_visit_moves_to_no_day_on_which_none_can_be(
    supported_of: SupportedOf, council: Council, day: date, at: time, why: str
) -> None:
    case = supported_of("leeds", received_on=date(2025, 9, 30))
    with council("leeds"):
        (visit_id,) = planned(case, 1)
        db.session.commit()
    path = f"/visits/{visit_id}/move"
    typed = {
        "planned_on-day": str(day.day), "planned_on-month": str(day.month), "planned_on-year": str(day.year),
        "planned_at": f"{at:%H:%M}",
    }  # fmt: skip
    sent = send(case.visitor.client, form_to(case.visitor.client.get(path), path), typed)
    assert sent.status_code == 422
    assert why in sent.text
    assert f'value="{at:%H:%M}"' in sent.text


def test_moving_on_the_page_tells_of_other_visits_and_of_what_was_cut(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 10, 1))
    other = supported_of("leeds", visitor=case.visitor, given_name="Ada", manager=case.manager)
    with council("leeds"):
        ids = planned(case, 24)
        visit_on(other, date(2026, 8, 26), at=time(10, 30))
        db.session.commit()
    path = f"/visits/{ids[-1]}/move"
    page = case.visitor.client.get(f"/visits/{ids[-3]}/move")
    assert "This one and the following" in page.text
    assert "This one and the following" not in case.visitor.client.get(path).text
    typed = {
        "planned_on-day": "26", "planned_on-month": "8", "planned_on-year": "2026", "scope": "following"
    }  # fmt: skip
    path = f"/visits/{ids[-3]}/move"
    assert send(case.visitor.client, form_to(page, path), typed).status_code == 303
    after = case.visitor.client.get(f"/visits/{ids[-3]}").text
    assert "another visit then: 10:30am (Ada)." in after
    # Six months from the first visit on 3 March: 26 August is left, 2 September is a closure.
    assert "2 visits were cancelled: The support reaches its limit on 3 September 2026." in after


def test_cancelling_this_and_the_following_says_who_and_why_and_keeps_the_rest(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        ids = planned(case, 5)
        db.session.commit()
    path = f"/visits/{ids[2]}/cancel"
    page = case.visitor.client.get(path)
    blank = send(case.visitor.client, form_to(page, path), {"scope": "following", "cancelled_by": "family"})
    assert blank.status_code == 422
    assert "Write why, as far as you know." in blank.text
    sent = send(
        case.visitor.client, form_to(page, path),
        {"scope": "following", "cancelled_by": "family", "reason": "They are away until May."},
    )  # fmt: skip
    assert sent.status_code == 303
    assert "3 visits are cancelled." in case.visitor.client.get(f"/visits/{ids[2]}").text
    with council("leeds"):
        assert len(days(case)) == 2
        gone = db.session.scalars(scoped(Visit).where(Visit.status == "cancelled")).all()
        assert {(each.cancelled_by, each.reason, each.recorded_by) for each in gone} == {
            ("family", "They are away until May.", case.visitor.id)
        }
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "missed-visits")).all()
        assert len(told) == 1  # a manager is asked to look, once


def test_a_visit_that_is_under_way_is_neither_moved_nor_cancelled_and_its_visitor_is_waited_for(
    supported_of: SupportedOf, council: Council
) -> None:
    """Somebody is in the house: a change at a desk must not end the watch over them."""
    case = supported_of("leeds")
    with council("leeds"):
        first, second, third = planned(case, 3, starts_on=TODAY)
        db.session.commit()
    client, path = case.visitor.client, f"/visits/{first}"
    cancelling = form_to(client.get(f"{path}/cancel"), f"{path}/cancel")
    with council("leeds"):
        arrive(db.session.scalars(scoped(Visit).where(Visit.id == first)).one(), at=AT)
        db.session.commit()
        for day in (TUESDAY, TODAY + timedelta(7)):
            with pytest.raises(AlreadyBegun):
                move(case, first, day)
    why = {"cancelled_by": "service", "reason": "Vera is ill.", "scope": "following"}
    refused = send(client, cancelling, why)
    assert refused.status_code == 409
    assert "this visit is under way" in refused.text
    page = client.get(path).text
    assert f"{path}/move" not in page
    assert f"{path}/cancel" not in page
    with council("leeds"):
        episode(case.episode_id).opened_on = TODAY - timedelta(30)
        db.session.flush()
        closed = Close("moved-away", TODAY - timedelta(1), episode(case.episode_id).version)
        close_episode(case.episode_id, closed, by=actor(case.manager), at=AT)
        states = {row.id: row.status for row in db.session.scalars(scoped(Visit))}
        assert states == {first: "planned", second: "cancelled", third: "cancelled"}


def test_what_the_service_cancels_asks_nobody_about_the_family(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        ids = planned(case, 4)
        ill = CancelVisits("service", "The visitor is ill.", version(ids[0]), "following")
        assert len(cancel_visits(ids[0], ill, by=actor(case.visitor), at=AT, on=TODAY)) == 4
        assert db.session.scalars(scoped(Alert).where(Alert.kind == "missed-visits")).all() == []


@pytest.fixture
def kept() -> dict[str, Supported]:
    """The families that the examples of one property share; each example is rolled back."""
    return {}


VERBS, SCOPES = st.sampled_from(["move", "cancel"]), st.sampled_from(["one", "following"])
DEEDS = st.lists(
    st.tuples(VERBS, SCOPES, st.integers(0, 11), st.integers(-3, 10)),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=60 if AT_LENGTH else 6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=DEEDS, weeks=st.integers(1, 2), slug=st.sampled_from(["leeds", "lancashire"]))
def test_whatever_is_moved_or_cancelled_the_rest_stays_as_it_was(
    supported_of: SupportedOf,
    council: Council,
    kept: dict[str, Supported],
    deeds: list[tuple[str, str, int, int]],
    weeks: int,
    slug: str,
) -> None:
    if slug not in kept:
        kept[slug] = supported_of(slug)
    case = kept[slug]
    with council(slug):
        ids = planned(case, 12, weeks=weeks, terms=slug == "lancashire")
        for verb, scope, place, offset in deeds:
            before = _standing(ids)
            chosen = before[ids[place]]
            if chosen.status != "planned":
                continue
            touched = {
                key
                for key, row in before.items()
                if key == ids[place]
                or (
                    (scope == "following" and row.status == "planned" and row.series_id == chosen.series_id)
                    and row.planned_on >= chosen.planned_on
                )
            }
            try:
                if verb == "move":
                    move(case, ids[place], chosen.planned_on + timedelta(offset), time(14), scope)
                else:
                    gone = CancelVisits("service", "A course.", chosen.version, scope)
                    cancel_visits(ids[place], gone, by=actor(case.visitor), at=AT, on=TODAY)
            except (NotThatDay, NothingToPlan):
                touched = set()
            after = _standing(ids)
            assert {key: after[key] for key in ids if key not in touched} == {
                key: before[key] for key in ids if key not in touched
            }
            standing = [row for row in after.values() if row.status == "planned"]
            _sound(standing, slug)
            if verb == "move" and scope == "following" and touched:
                moved = [row for row in standing if row.id in touched]
                assert {row.planned_on.weekday() for row in moved} == {after[ids[place]].planned_on.weekday()}
                assert {row.planned_at for row in moved} == {time(14)}
                assert len({row.planned_on for row in moved}) == len(moved)
        db.session.rollback()


def _standing(ids: list[UUID]) -> dict[UUID, Row[Any]]:
    columns = (Visit.id, Visit.series_id, Visit.planned_on, Visit.planned_at, Visit.status, Visit.version)
    return {row.id: row for row in db.session.execute(select(*columns).where(Visit.id.in_(ids)))}


def _sound(rows: list[Row[Any]], slug: str) -> None:
    """None is on a day off, and all are in the terms where the policy says so."""
    calendar = council_calendar() if slug == "lancashire" else council_calendar().all_year()
    assert not [row.planned_on for row in rows if calendar.why_not(row.planned_on)]
