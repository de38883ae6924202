"""A decision in the database and its letter, as the page of deciding and the worker leave them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest

from portage.core import clock, outbox
from portage.core.access import Role
from portage.core.db import db
from portage.referrals.models import Decision
from portage.referrals.operations.decisions import OUTCOME_LETTER
from portage.referrals.operations.facts import last_determination
from support.background import WorkOff
from support.cases import Family
from support.people import Hired

Decide = Callable[..., None]
REASON = "We saw how well Kit plays with others, and nursery can do what Kit needs now."
INSTEAD = "The stay-and-play group on Tuesdays at the Family Hub."


@pytest.fixture
def decide(
    council: Callable[..., AbstractContextManager[UUID]], sign_in: Callable[..., Hired], work_off: WorkOff
) -> Decide:
    """`decide(family, "declined")` writes down a decision as the page of deciding does, and lets its letter be sent.

    `worker=False` leaves the letter to a worker that comes later.
    """

    def decided(family: Family, outcome: str, *, worker: bool = True, **changed: Any) -> None:
        manager = sign_in(family.slug, Role.SERVICE_MANAGER, name="Asha Decider")
        with council(family.slug):
            judged = last_determination(family.referral_id)
            assert judged is not None
            decision = Decision(
                referral_id=family.referral_id,
                determination_id=judged.id,
                outcome=outcome,
                reason=REASON,
                agrees=True,
                may_help_instead=None if outcome == "accepted" else INSTEAD,
                decided_by=manager.id,
                **{"decided_at": clock.now(), **changed},
            )
            db.session.add(decision)
            db.session.flush()
            outbox.put(OUTCOME_LETTER, decision.id, dedupe=f"{OUTCOME_LETTER}:{decision.id}")
            db.session.commit()
        if worker:
            work_off()

    return decided
