"""Two people change who visits a child, or one changes it while the other ends the support: nobody is left a way in."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portage.core import clock
from portage.core.db import db
from portage.support.operations import Cover, name_cover
from portage.support.operations.allocation import Allocate, change_visitor
from portage.support.refusals import EpisodeClosed
from support.database import Database
from support.episodes import Council, SignIn, SupportedOf, actor
from support.episodes import episode as episode_now

CLOSING = "update episode set status = 'closed', closed_on = opened_on, closed_reason = 'other' where id = %s"


def test_a_change_of_visitor_or_cover_waits_for_whoever_holds_the_support_and_then_sees_what_they_did(
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
