"""Keeping where settings stand with the Stamp of Approval, and what is due."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.messages.operations import alert
from portage.policy.dates import in_words
from portage.stamps.models import Stamp

PAGE = 50
AHEAD = timedelta(days=30)  # how long before its next day a setting is somebody's task


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one setting."""

    setting_name: str
    place: str | None
    web_page: str | None
    contact: str | None
    standing: str
    awarded_on: date | None
    next_on: date | None
    next_what: str | None
    note: str | None


def stamp_here(stamp_id: UUID) -> Stamp:
    """A setting of this council; raises `NotHere`."""
    return here(Stamp, stamp_id)


def keep_stamp(stamp_id: UUID | None, standing: Standing, *, version: int, by: Actor) -> Stamp:
    """Add a setting, or write down what changed; raises `ChangedMeanwhile`."""
    stamp = stamp_here(stamp_id) if stamp_id else Stamp()
    if stamp_id and stamp.version != version:
        raise ChangedMeanwhile(
            theirs=[("Setting", stamp.setting_name), ("Note", stamp.note or "")],
            yours=[("Setting", standing.setting_name), ("Note", standing.note or "")],
            back=f"/stamps/{stamp_id}",
        )
    for name, value in asdict(standing).items():
        setattr(stamp, name, value)
    stamp.kept_by = by.person_id
    db.session.add(stamp)
    db.session.flush()
    return stamp


def stamps(page: int) -> tuple[Sequence[Stamp], int]:
    """One page of the settings, those with the nearest day first, and how many there are."""
    total = db.session.execute(
        select(func.count()).select_from(Stamp).where(Stamp.tenant_id == current_tenant_id())
    ).scalar_one()
    order = (Stamp.standing == "ended", Stamp.next_on.asc().nulls_last(), func.lower(Stamp.setting_name), Stamp.id)
    wanted = scoped(Stamp).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    return db.session.scalars(wanted).all(), total


def holders() -> Sequence[Stamp]:
    """The settings that hold the award, by name: what everybody may read of them."""
    wanted = scoped(Stamp).where(Stamp.standing == "holds").order_by(func.lower(Stamp.setting_name)).limit(500)
    return db.session.scalars(wanted).all()


def remind(on: date) -> int:
    """Remind the managers, once for each day that comes near; answers of how many settings."""
    near = scoped(Stamp).where(
        Stamp.standing != "ended",
        Stamp.next_on <= on + AHEAD,
        Stamp.reminded_for.is_distinct_from(Stamp.next_on),
    )
    reminded = 0
    for stamp in db.session.scalars(near.limit(100)):
        if stamp.next_on is None:
            continue
        alert(
            kind="stamp-due",
            path=f"/stamps/{stamp.id}",
            sentence=f"{stamp.setting_name}: {stamp.next_what} on {in_words(stamp.next_on)}.",
            role=Role.SERVICE_MANAGER,
            dedupe=f"stamp-due:{stamp.id}:{stamp.next_on}",
        )
        stamp.reminded_for = stamp.next_on
        reminded += 1
    db.session.flush()
    return reminded
