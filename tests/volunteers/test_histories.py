"""No volunteer opens a page of a family outside an assignment or with a lapsed check, whatever happened before.

Histories of checks, assignments, decisions, sign-ins, days and midnights are drawn, and after each event the service
is asked: through its pages, in a session as old as the history says, and in fewer histories at the door that each page
asks. What should be answered is worked out here by other means, day by day, from the words of the policy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from portage.accounts.models import Identity
from portage.accounts.operations.clearance import (
    NewCheck,
    NotCleared,
    Opening,
    open_clearance,
    record_check,
    shut_clearance,
    standing,
)
from portage.accounts.operations.sessions import open_session
from portage.core import clock
from portage.core.access import Role, permissions_of
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import SYSTEM, Actor, Viewer
from portage.core.tenancy import scoped
from portage.families.access import end_caseload, put_on_caseload, require_assignment
from portage.families.models import Caseload
from support import councils
from support.browsers import browser
from support.episodes import Council
from support.lengths import AT_LENGTH
from support.people import hire
from support.requests import RequestOf, request_of
from support.volunteers import somebody

__all__ = ["request_of"]
SLUG = "west-northants"
BEGAN = date(2026, 3, 2)
YEARS = {"dbs": 3, "safeguarding-training": 1}  # the policy's words: three years, and one
RANK = ["basic", "standard", "enhanced", "enhanced-barred"]
DECIDED = "enhanced"
CHILDREN = 2
PAGES = ("/my-families/{}", "/my-families/{}/concern")
TENDED_EVERY = 250  # histories: the tests' PostgreSQL looks after nothing by itself
SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
Event = tuple[Any, ...]

CHECK = st.tuples(
    st.just("check"), st.sampled_from(sorted(YEARS)), st.sampled_from(["certificate", "update-service"]),
    st.integers(0, 1200), st.sampled_from([0, 0, 0, 1, 40]), st.sampled_from([True, True, True, False]),
    st.sampled_from([DECIDED, DECIDED, "standard", "enhanced-barred"]),
)  # fmt: skip
IN_ORDER = st.just(("both-checks-today",))
ASSIGN = st.tuples(
    st.just("assign"), st.integers(0, CHILDREN - 1), st.sampled_from(["allocated", "cover", "assessor"]),
    st.integers(-3, 3), st.integers(0, 400),
)  # fmt: skip
TAKE_AWAY = st.tuples(st.just("take-away"), st.integers(0, CHILDREN - 1))
MOVE = st.tuples(st.just("days"), st.sampled_from([1, 1, 7, 30, 330, 360, 365, 366, 400, 1094, 1096]))
DECISIONS = st.sampled_from([("let",), ("let",), ("let",), ("suspend",), ("end",)])
SIGN_IN = st.sampled_from([("sign-in", 12), ("sign-in", 12), ("sign-in", 23)])
MIDNIGHT = st.just(("past-midnight",))
BEGINNINGS: st.SearchStrategy[list[Event]] = st.sampled_from(
    [
        [],
        [("both-checks-today",), ("let",), ("assign", 0, "allocated", 0, 0), ("sign-in", 12)],
        [("assign", 1, "cover", 0, 400), ("both-checks-today",), ("let",)],
        [("both-checks-today",), ("let",), ("days", 360), ("assign", 0, "allocated", -1, 0)],
        [
            ("both-checks-today",),
            ("let",),
            ("assign", 0, "allocated", 0, 0),
            ("days", 364),
            ("sign-in", 23),
            ("past-midnight",),
        ],
    ]
)
EVENTS = st.one_of(IN_ORDER, CHECK, ASSIGN, TAKE_AWAY, MOVE, MIDNIGHT, DECISIONS, SIGN_IN, SIGN_IN)
HISTORIES = st.builds(lambda first, more: [*first, *more], BEGINNINGS, st.lists(EVENTS, min_size=2, max_size=10))


# ------------------------------------------------------------------------------------- what should be, by other means


@dataclass
class Expected:
    """What a person who keeps the books by hand would say, one day after another."""

    today: date = BEGAN
    time_of_day: time = time(12)
    let: bool = False
    checks: list[tuple[date, int, str, date, bool, str]] = field(default_factory=list)
    given: list[tuple[int, str, date, date | None]] = field(default_factory=list)
    seen_at: datetime | None = None  # when somebody signed in, or was last seen in that session

    @property
    def at(self) -> datetime:
        """The moment that it is."""
        return datetime.combine(self.today, self.time_of_day, clock.LONDON)

    def signed_in(self) -> bool:
        """Whether the session still lives, which half an hour of nothing ends; it is seen now, if it does."""
        lives = self.seen_at is not None and self.at < self.seen_at + timedelta(minutes=30)
        self.seen_at = self.at if lives else None
        return lives

    def _holds(self) -> bool:
        """Whether each check that the policy names is cleared, high enough, and younger than its years."""
        for kind, years in YEARS.items():
            mine = sorted(check[:2] + check[3:] for check in self.checks if check[2] == kind)
            if not mine:
                return False
            _, _, since, cleared, level = mine[-1]
            if not cleared or (kind == "dbs" and RANK.index(level) < RANK.index(DECIDED)):
                return False
            if self.today >= self._birthday(since, years):
                return False
        return True

    @staticmethod
    def _birthday(since: date, years: int) -> date:
        try:
            return since.replace(year=since.year + years)
        except ValueError:  # 29 February
            return date(since.year + years, 2, 28)

    def settle(self) -> None:
        """What is not in order for one moment stays shut until somebody lets the volunteer visit again."""
        self.let = self.let and self._holds()

    def pass_days(self, number: int) -> None:
        """Day by day."""
        for _ in range(number):
            self.today += timedelta(days=1)
            self.settle()
        self.time_of_day = time(12)

    def opens(self, child: int) -> bool:
        """Whether the volunteer may see a family now."""
        visits = [row[2:] for row in self.given if row[0] == child and row[1] in ("allocated", "cover")]
        return self.let and any(first <= self.today and (last is None or self.today <= last) for first, last in visits)


# ------------------------------------------------------------------------------------------------ what the service does


@dataclass
class Played:
    """One volunteer of the service, to whom a history happens; the council is in scope."""

    person_id: UUID
    by: Actor
    children: Sequence[UUID]
    identity_id: UUID | None = None
    expected: Expected = field(default_factory=Expected)
    token: str | None = None

    def happen(self, happened: Event) -> None:
        """Let an event happen here and in the books."""
        name, *told = happened
        getattr(self, "_" + name.replace("-", "_"))(*told)
        db.session.flush()
        db.session.expire_all()

    def _check(self, kind: str, how: str, age: int, ago: int, cleared: bool, level: str) -> None:
        today = self.expected.today
        seen_on = today - timedelta(days=ago)
        issued = seen_on - timedelta(days=age)
        command = NewCheck(kind, how, issued, seen_on, cleared, level=level if kind == "dbs" else None)
        record_check(self.person_id, command, by=self.by, on=today)
        since = issued if how == "certificate" else seen_on
        self.expected.checks.append((seen_on, len(self.expected.checks), kind, since, cleared, level))
        self.expected.let = self.expected.let and cleared
        self.expected.settle()

    def _both_checks_today(self) -> None:
        for kind in YEARS:
            self._check(kind, "certificate", 0, 0, True, DECIDED)

    def _assign(self, child: int, kind: str, first: int, length: int) -> None:
        from_on = self.expected.today + timedelta(days=first)
        until = from_on + timedelta(days=length) if kind == "cover" else None
        put_on_caseload(self.children[child], self.person_id, kind, from_on=from_on, until_on=until, by=SYSTEM)
        self.expected.given.append((child, kind, from_on, until))

    def _take_away(self, child: int) -> None:
        last = self.expected.today - timedelta(days=1)
        rows = db.session.scalars(
            scoped(Caseload).where(Caseload.person_id == self.person_id, Caseload.child_id == self.children[child])
        )
        for row in rows:
            end_caseload(row.id, until_on=last)
        kept = [
            (which, kind, first, last if which == child else until) for which, kind, first, until in self.expected.given
        ]
        self.expected.given = kept

    def _days(self, number: int) -> None:
        self.expected.pass_days(number)

    def _let(self) -> None:
        try:
            opening = Opening(self.by.person_id or self.person_id, DECIDED)
            open_clearance(self.person_id, opening, by=self.by, on=self.expected.today)
        except NotCleared:
            return
        self.expected.let = True
        self.expected.settle()

    def _suspend(self) -> None:
        shut_clearance(self.person_id, "suspended", "Drawn.", by=self.by, on=self.expected.today)
        self.expected.let = False

    def _end(self) -> None:
        shut_clearance(self.person_id, "ended", "Drawn.", by=self.by, on=self.expected.today)
        self.expected.let = False

    def _sign_in(self, hour: int) -> None:
        self.expected.time_of_day = max(self.expected.time_of_day, time(hour, 50))
        self.expected.seen_at = self.expected.at
        if self.identity_id is not None:
            found = db.session.scalars(scoped(Identity).where(Identity.id == self.identity_id)).one()
            self.token = open_session(found, sid=None, id_token="", at=self.expected.at, replaces=self.token)

    def _past_midnight(self) -> None:
        self.expected.pass_days(1)
        self.expected.time_of_day = time(0, 10)


@dataclass
class Tally:
    """How much a run tried. It would say nothing, had the door stayed shut in every history."""

    histories: int = 0
    opened: int = 0
    asked: int = 0
    given: int = 0

    def count(self, answers: Sequence[bool]) -> None:
        """Add a history; with `--hypothesis-show-statistics` the run says how many opened a family."""
        self.histories, self.opened = self.histories + 1, self.opened + any(answers)
        self.asked, self.given = self.asked + len(answers), self.given + sum(answers)
        event("a family opened" if any(answers) else "no family opened")

    def stands(self) -> None:
        """Fail when too few histories opened a family."""
        assert self.opened * 4 >= self.histories, self


@pytest.fixture
def children(request_of: RequestOf) -> list[UUID]:
    """The families to whom volunteers may be given."""
    return [request_of(SLUG, route="moving-forwards").child_id for _ in range(CHILDREN)]


@pytest.fixture
def tended(db_admin: psycopg.Connection) -> Callable[[int], None]:
    """`tended(n)` does at times what PostgreSQL does by itself elsewhere: it forgets dead rows, and counts again."""

    def tend(number: int) -> None:
        if number % TENDED_EVERY == 0:
            db_admin.execute("vacuum analyze")

    return tend


def let_in(played: Played) -> list[bool]:
    """For each family whether the door opens, to a session that found everything in order when it was asked last."""
    roles = frozenset({Role.VOLUNTEER})
    viewer = Viewer("person", played.person_id, "Drawn", roles, permissions_of(roles))
    return [_opens(child_id, viewer, played.expected.at) for child_id in played.children]


def _opens(child_id: UUID, viewer: Viewer, at: datetime) -> bool:
    try:
        require_assignment(child_id, viewer, at=at)
    except NotHere:
        return False
    return True


def test_the_door_opens_for_an_assigned_volunteer_with_every_check_in_date_and_for_no_other(
    council: Council, children: list[UUID], tended: Callable[[int], None],
) -> None:  # fmt: skip
    """WNC-10, at the door that every page asks."""
    tally = Tally()

    @settings(max_examples=1_000 if AT_LENGTH else 60, deadline=None, suppress_health_check=SUPPRESSED, database=None)
    @given(history=HISTORIES)
    def draw(history: list[Event]) -> None:
        tended(tally.histories)
        with council(SLUG):
            person, supervisor = somebody("Drawn"), somebody()
            played = Played(person.id, Actor(supervisor.id, "person:drawn"), children)
            answers: list[bool] = []
            for happened in history:
                played.happen(happened)
                may = [played.expected.opens(number) for number in range(CHILDREN)]
                assert let_in(played) == may, happened
                assert standing(person.id, on=played.expected.today).may_visit is played.expected.let, happened
                answers += may
            db.session.rollback()
        tally.count(answers)

    draw()
    tally.stands()


def test_the_pages_open_for_the_same_people_and_only_in_a_session_that_lives(
    app: Flask, council: Council, children: list[UUID], tended: Callable[[int], None],
) -> None:  # fmt: skip
    """WNC-10, as the volunteer's own browser meets it."""
    tally = Tally()

    @settings(max_examples=10_000 if AT_LENGTH else 20, deadline=None, suppress_health_check=SUPPRESSED, database=None)
    @given(history=HISTORIES)
    def draw(history: list[Event]) -> None:
        tended(tally.histories)
        with council(SLUG):
            person, identity = hire("volunteer", checked=False)
            supervisor = somebody()
            db.session.commit()
            played = Played(person.id, Actor(supervisor.id, "person:drawn"), children, identity.id)
        tally.count([status == 200 for status in browse(app, council, played, history)])

    draw()
    tally.stands()


def browse(app: Flask, council: Council, played: Played, history: list[Event]) -> list[int]:
    """Let a history happen, and ask for a page after each event, at the end for both families; what came back.

    The families and the pages take turns. To somebody whom the service does not know any more all pages are the same,
    so that one is asked for then and no other until they sign in.
    """
    client, host = browser(app, councils.host(SLUG)), councils.host(SLUG)
    seen: list[int] = []
    turned_away = False
    for number, happened in enumerate(history):
        with council(SLUG), clock.frozen(played.expected.at):
            played.happen(happened)
            db.session.commit()
        if played.token and happened[0] == "sign-in":
            client.set_cookie("portage-session", played.token, domain=host)
        lives = played.expected.signed_in()
        with clock.frozen(played.expected.at):
            for child in () if turned_away and not lives else (0, 1) if happened is history[-1] else (number % 2,):
                page = PAGES[number // 2 % len(PAGES)].format(played.children[child])
                status = client.get(page).status_code
                assert (status == 200) is (lives and played.expected.opens(child)), (happened, page, status)
                assert status in (200, 401, 403, 404), (happened, page, status)
                seen.append(status)
        turned_away = not lives
    return seen
