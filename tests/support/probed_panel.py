"""Rows of every kind that a council with a panel has, for probing who may see them."""

from datetime import time, timedelta
from io import BytesIO
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import RoleGrant
from portage.core import audit, clock, files
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.families.conflicts import Declared, declare
from portage.panels.models import PanelMeeting
from portage.panels.operations import (
    Arranging,
    Correcting,
    PanelDeciding,
    add_late,
    arrange,
    correct,
    planned_meetings,
    record_attendance,
    take_action,
)
from portage.referrals.models import Referral
from portage.referrals.operations.decisions import OPENED, Deciding
from portage.referrals.operations.evidence import add_evidence
from portage.referrals.operations.facts import last_determination
from support.people import hire
from support.requests import OWN_WORDS


def panel_of_each(person_id: UUID) -> None:
    """A panel with an item, its paper, a conflict of interest, a chair's action, and a first visit that is arranged."""
    by, now, today = Actor(person_id, f"person:{person_id}"), clock.now(), clock.today()
    first, second, *_ = db.session.scalars(scoped(Referral).where(Referral.stage == "panel").order_by(Referral.id))
    meeting = next(each for each in planned_meetings() if each.held_on == today)
    add_late(meeting.id, first.id, by=by)
    kept = files.keep(BytesIO(b"%PDF-1.4\n%%EOF\n"), "asq.pdf")
    add_evidence(first, kept, "asq", by=by)
    member, _ = hire("panel-member", name="Prober with a tie")
    declare(Declared(first.child_id, first.id, "A neighbour"), by=Actor(member.id, "person"), at=now)
    record_attendance(meeting.id, {member.id}, "Who takes notes", version=meeting.version, by=by, on=today)
    audit.record(OPENED[0], actor=by.label, subject=("referral", second.id))
    db.session.commit()
    judged = last_determination(second.id)
    assert judged is not None
    visitor = db.session.scalars(select(RoleGrant.person_id).where(RoleGrant.role == "home-visitor")).all()[0]
    deciding = Deciding("accepted", OWN_WORDS, None, judged.id, second.version)
    take_action(second.id, PanelDeciding(deciding, visitor), "The family moves soon.", by=by, at=now, on=today)
    arrange(second.id, Arranging(visitor, today + timedelta(days=3), time(10), "At home"), by=by, on=today)
    closed = db.session.scalars(scoped(PanelMeeting).where(PanelMeeting.status == "held")).first()
    assert closed is not None
    correct(closed.id, Correcting("Two members were there.", "One was left out.", None), by=by, at=now)
    assert db.session.scalars(scoped(Referral).where(Referral.stage == "panel")).all(), "nothing is left to probe"
