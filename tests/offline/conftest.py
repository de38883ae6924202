"""Children on a visitor's caseload, for the tests of the app for phones."""

from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID

import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from support.episodes import Council, Supported, SupportedOf, accepted_of, supported_of, visit_on

__all__ = ["accepted_of", "supported_of"]

TODAY = date(2026, 3, 6)  # a Friday
CLOCK = datetime.combine(TODAY, time(9, 30), service_clock.LONDON)


@pytest.fixture
def on_a_friday(clock: Callable[[datetime], None]) -> None:
    """It is half past nine on 6 March 2026."""
    clock(CLOCK)


@pytest.fixture
def case(on_a_friday: None, supported_of: SupportedOf) -> Supported:
    """A child of a home visitor."""
    return supported_of("leeds")


@pytest.fixture
def visit_id(case: Supported, council: Council) -> UUID:
    """A visit from ten to eleven today."""
    with council("leeds"):
        planned = visit_on(case, TODAY)
        db.session.commit()
        return planned
