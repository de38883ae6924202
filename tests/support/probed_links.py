"""One-time links whose pages lead on: to the SEND Support Plan of a meeting, and to papers that come later."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.operations import carers_of
from portage.messages.links import hashed, token_of
from portage.messages.models import OneTimeLink
from portage.moving_forwards.models import ForwardMeeting
from portage.moving_forwards.operations import PlanSent, send_plan
from portage.referrals.models import Referral
from portage.referrals.operations.stages import TAKES_PAPERS


def links_that_lead_on(secret: bytes, visitor: str) -> list[str]:
    """Add them to the council in scope, each opened by `visitor` and once more unopened; the tokens of the latter."""
    tokens = []
    for kind, recipient, subject in _recipients():
        for used in (True, False):
            link_id, now = new_id(), clock.now()
            token = token_of(link_id, secret)
            tokens += [] if used else [token]
            db.session.add(
                OneTimeLink(
                    id=link_id, token_hash=hashed(token), purpose="request", subject_id=subject, recipient_kind=kind,
                    recipient_id=recipient, expires_at=now + timedelta(days=20), used_at=now if used else None,
                    browser_hash=hashed(visitor) if used else None,
                    open_until=now + timedelta(hours=20) if used else None,
                )
            )  # fmt: skip
    db.session.flush()
    return tokens


def _recipients() -> Iterator[tuple[str, UUID, UUID]]:
    """Who holds such a link to what: a parent whose meeting is ahead, and a professional whose request is open."""
    meeting = db.session.scalars(scoped(ForwardMeeting).where(ForwardMeeting.status == "planned")).first()
    if meeting is not None:
        asked = db.session.scalars(scoped(Referral).where(Referral.id == meeting.referral_id)).one()
        carer = carers_of(asked.child_id)[0]
        carer.email, carer.email_is_safe = "probe@family.example", True
        send_plan(meeting, PlanSent(clock.today(), "by post"), on=clock.today())
        yield "carer", carer.id, asked.id
    awaited = scoped(Referral).where(
        Referral.stage.in_(TAKES_PAPERS), Referral.referrer != "parent", Referral.referrer_email.is_not(None)
    )
    request = db.session.scalars(awaited.order_by(Referral.received_on.desc(), Referral.id)).first()
    if request is not None:
        yield "referrer", request.id, request.id
