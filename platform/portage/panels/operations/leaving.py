"""What a meeting leaves undecided: noted in its minutes, and on the next agenda."""

from typing import Any

from sqlalchemy import func, insert, select, update

from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.panels.models import PanelItem, PanelMeeting
from portage.panels.rules import PanelRules
from portage.panels.waiting import oldest_clock, waits
from portage.referrals.models import Referral


def leave_for(meeting: PanelMeeting, following: PanelMeeting, rules: PanelRules, *, noted: bool = True) -> None:
    """Move what is undecided to the following meeting, in a handful of statements however long the agenda is.

    A request is on the next agenda because it waits; with `noted` the minutes say that it was left. A chair's action
    that was not ratified yet becomes an item of the following meeting.
    """
    db.session.flush()
    left = list(
        db.session.scalars(
            scoped(PanelItem).where(
                PanelItem.meeting_id == meeting.id, PanelItem.kind == "chairs-action", PanelItem.outcome.is_(None)
            )
        )
    )
    place = last_place(following.id)
    rows = [_again(item, following, place + number) for number, item in enumerate(left, 1)]
    place = last_place(meeting.id)
    waiting = _waiting(meeting, rules) if noted else []
    rows += [_moved(meeting, referral_id, place + number) for number, referral_id in enumerate(waiting, 1)]
    if rows:
        db.session.execute(insert(PanelItem), rows)
    db.session.execute(
        update(PanelItem)
        .where(
            PanelItem.tenant_id == current_tenant_id(), PanelItem.meeting_id == meeting.id, PanelItem.outcome.is_(None)
        )
        .values(outcome="moved", version=PanelItem.version + 1)
        .execution_options(synchronize_session=False)
    )


def last_place(meeting_id: Any) -> int:
    """The number of the last item of a meeting; 0 where it has none."""
    found = select(func.max(PanelItem.position)).where(
        PanelItem.tenant_id == current_tenant_id(), PanelItem.meeting_id == meeting_id
    )
    return db.session.execute(found).scalar_one() or 0


def _moved(meeting: PanelMeeting, referral_id: Any, position: int) -> dict[str, Any]:
    row = _row(meeting, referral_id, position)
    return {
        **row,
        "kind": "request",
        "note": None,
        "decision_id": None,
        "outcome": "moved",
        "rationale": None,
        "practitioner_id": None,
    }


def _again(item: PanelItem, following: PanelMeeting, position: int) -> dict[str, Any]:
    row = _row(following, item.referral_id, position)
    kept = {name: getattr(item, name) for name in ("kind", "note", "decision_id", "rationale", "practitioner_id")}
    return {**row, **kept, "outcome": None}


def _row(meeting: PanelMeeting, referral_id: Any, position: int) -> dict[str, Any]:
    return {
        "tenant_id": current_tenant_id(), "id": new_id(), "meeting_id": meeting.id, "referral_id": referral_id,
        "position": position,
    }  # fmt: skip


def _waiting(meeting: PanelMeeting, rules: PanelRules) -> list[Any]:
    """What waits for the panel, came by the papers' day, and is no item of the meeting yet."""
    items = select(PanelItem.referral_id).where(
        PanelItem.tenant_id == current_tenant_id(), PanelItem.meeting_id == meeting.id, PanelItem.kind == "request"
    )
    wanted = select(Referral.id).where(
        Referral.tenant_id == current_tenant_id(),
        waits(Referral),
        Referral.received_on <= rules.papers_by(meeting.held_on),
        Referral.id.not_in(items),
    )
    order = (oldest_clock(Referral).nulls_last(), Referral.received_on, Referral.id)
    return list(db.session.scalars(wanted.order_by(*order)))
