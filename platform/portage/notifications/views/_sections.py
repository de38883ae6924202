"""What a child's record says of requests and of health notifications, in one list and one statement."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, case, exists, literal, select, true, union_all

from portage.core.access import Can
from portage.core.identity import Viewer
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import TENANT, rows_of
from portage.notifications.models import Notification
from portage.notifications.words import KIND_NAMES, STATE_NAMES
from portage.referrals.models import Referral
from portage.referrals.stage_words import STAGE_WORDS

_CHILD = bindparam("child", type_=Uuid())


@adds_to("child", order=10)
def asked_for_child(who: Viewer, child_id: UUID | None) -> Section | None:
    """The requests for a child, and the notifications that have no case file, for those who may open one."""
    if Can.SEE_WORKLIST not in who.can:
        return None
    found = rows_of(_asked_for(), {"child": child_id}).all()
    entries = tuple(_entry(row) for row in found)
    return Section("Requests", entries, "No request is recorded for this child.")


def _entry(row: Any) -> Entry:
    arrived = f"{row.came_on:%d %b %Y}"
    if row.what == "notification":
        name = KIND_NAMES[row.kind]
        return Entry(row.reference, f"/notifications/{row.id}", f"{name}, {STATE_NAMES[row.state][0]}, {arrived}")
    opened = ", opened by a health notification" if row.what == "case-file" else ""
    return Entry(row.reference, f"/referrals/{row.id}", f"{STAGE_WORDS[row.state].name}, received {arrived}{opened}")


@cache
def _asked_for() -> Select[*tuple[Any, ...]]:
    what = case((Referral.notification_id.is_(None), "request"), else_="case-file")
    requests = select(
        what.label("what"), Referral.id, Referral.reference, Referral.stage.label("state"),
        Referral.route.label("kind"), Referral.received_on.label("came_on"),
    ).where(Referral.tenant_id == TENANT, Referral.child_id == _CHILD)  # fmt: skip
    case_file = exists(select(true()).where(Referral.tenant_id == TENANT, Referral.notification_id == Notification.id))
    notifications = select(
        literal("notification"), Notification.id, Notification.reference, Notification.state, Notification.kind,
        Notification.arrived_on,
    ).where(
        Notification.tenant_id == TENANT, Notification.child_id == _CHILD, ~case_file,
        Notification.disposed_at.is_(None),
    )  # fmt: skip
    listed = union_all(requests, notifications).subquery("asked")
    return select(listed).order_by(listed.c.came_on.desc())
