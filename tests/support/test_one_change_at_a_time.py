"""Two people change a support at once, or one while the other ends it: nobody is left a way in, and no visit stays."""

from datetime import time, timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portage.core import clock
from portage.core.db import db
from portage.plans.operations import Plan, agree_plan
from portage.support.operations import Cover, name_cover
from portage.support.operations.allocation import Allocate, change_visitor
from portage.support.refusals import EpisodeClosed
from portage.visits.operations import PlanVisits, plan_visits
from support.database import Database
from support.episodes import Council, SignIn, SupportedOf, actor
from support.episodes import episode as episode_now

CLOSING = "update episode set status = 'closed', closed_on = opened_on, closed_reason = 'other' where id = %s"


def test_a_change_of_visitor_a_cover_a_plan_and_visits_wait_for_whoever_holds_the_support_and_then_see_what_they_did(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, superuser: str
) -> None:
    case = supported_of("leeds")
    other = sign_in("leeds", "home-visitor")
    today = clock.today()
    with psycopg.connect(superuser) as closing:
        closing.execute("set session_replication_role = replica")
        closing.execute(CLOSING, (case.episode_id,))
        with council("leeds"):
            for change in (
                lambda: change_visitor(
                    case.episode_id, Allocate(other.id, today), by=actor(case.manager), at=clock.now()
                ),
                lambda: name_cover(
                    case.episode_id,
                    Cover(other.id, today, today + timedelta(days=1)),
                    by=actor(case.manager),
                    at=clock.now(),
                ),
                lambda: agree_plan(case.episode_id, Plan(today, "Sam", "Points."), by=actor(case.visitor)),
                lambda: plan_visits(
                    case.episode_id, PlanVisits(today, time(10), 60, "home"), by=actor(case.visitor), on=today
                ),
            ):
                db.session.execute(text("set local lock_timeout = '100ms'"))
                with pytest.raises(OperationalError):
                    change()
                db.session.rollback()
            episode_now(case.episode_id)  # read before the support ends, as a page does
            closing.commit()
            with pytest.raises(EpisodeClosed):
                change_visitor(case.episode_id, Allocate(other.id, today), by=actor(case.manager), at=clock.now())


@pytest.fixture
def superuser(database: Database) -> str:
    """The superuser's login, for a second connection."""
    return str(database.at.superuser)
