"""What a person is to do about a notification, until when, and how it was done."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update

from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.operations import alert, settle
from portage.notifications.models import Notification, NotificationTask
from portage.notifications.words import TASK_NAMES
from portage.policy.dates import in_words

ALERT = "notification-task"  # the kind of the alerts that show tasks on the start page of the day
MOST_OVERDUE = 200
SAME_DAY = frozenset({"first-words", "safeguarding"})
OTHERS = timedelta(days=7)
BY_WARNING = {
    "safeguarding": "safeguarding",
    "outside-area": "forward",
    "school-age": "school-age",
    "parent-not-informed": "steps",
    "no-discussion": "steps",
    "organisation-not-named": "steps",
    "possible-duplicate": "duplicate",
}
WITH_THEIR_OWN_PAGE = frozenset({"first-words", "agreement"})  # something else than a word is recorded there


class TaskIsDone(PortageError):
    """Two people did the same thing; the first one's word stays."""

    code = "task-is-done"
    message = "Somebody has done this already. Their note is on the notification's page."


def set_task(notification: Notification, kind: str, *, on: date) -> None:
    """Give people something to do, once for each notification and kind."""
    known = scoped(NotificationTask).where(
        NotificationTask.notification_id == notification.id, NotificationTask.kind == kind
    )
    if db.session.scalars(known).first() is not None:
        return
    due_on = on if kind in SAME_DAY else on + OTHERS
    db.session.add(NotificationTask(notification_id=notification.id, kind=kind, due_on=due_on))
    db.session.flush()
    sentence = f"{TASK_NAMES[kind]}: {notification.reference}."
    for role in (Role.TEAM_ADMINISTRATOR, *((Role.SERVICE_MANAGER,) if kind in SAME_DAY else ())):
        _show(notification, kind, role, sentence, dedupe=f"{ALERT}:{notification.id}:{kind}:{role}")


def show_overdue(on: date) -> int:
    """Show managers each week what is still open after its day, also where somebody took it on; answers how many."""
    found = db.session.execute(
        select(NotificationTask.kind, NotificationTask.due_on, Notification)
        .join(
            Notification,
            (Notification.tenant_id == NotificationTask.tenant_id)
            & (Notification.id == NotificationTask.notification_id),
        )
        .where(
            NotificationTask.tenant_id == current_tenant_id(),
            Notification.tenant_id == current_tenant_id(),
            NotificationTask.done_on.is_(None),
            NotificationTask.due_on < on,
        )
        .order_by(NotificationTask.due_on)
        .limit(MOST_OVERDUE)
    ).all()
    for kind, due_on, notification in found:
        sentence = f"Overdue since {in_words(due_on)}: {TASK_NAMES[kind]}: {notification.reference}."
        week = on.isocalendar()
        mark = f"{ALERT}:{notification.id}:{kind}:{week.year}-{week.week}"
        _show(notification, kind, Role.SERVICE_MANAGER, sentence, dedupe=mark)
    return len(found)


def _show(notification: Notification, kind: str, role: Role, sentence: str, *, dedupe: str) -> None:
    alert(
        kind=ALERT,
        path=_path(notification.id, kind),
        sentence=sentence,
        role=role,
        area_id=notification.area_id,
        child_id=notification.child_id,
        dedupe=dedupe,
    )


def _path(notification_id: UUID, kind: str) -> str:
    """Where a task is done; its mark lets the alerts about this one task rest, and no others."""
    return f"/notifications/{notification_id}#task-{kind}"


def task_of(notification_id: UUID, task_id: UUID) -> NotificationTask:
    """A task of a notification, for one change at a time; raises `NotHere` also for one with a page of its own."""
    task = db.session.scalars(
        scoped(NotificationTask)
        .where(NotificationTask.id == task_id, NotificationTask.notification_id == notification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if task is None or task.kind in WITH_THEIR_OWN_PAGE:
        raise NotHere
    return task


def do_task(task: NotificationTask, note: str, *, by: Actor, on: date) -> NotificationTask:
    """Note that a task was done, and how; raises `TaskIsDone`."""
    if task.done_on is not None:
        raise TaskIsDone
    task.done_on, task.done_by, task.note = on, by.person_id, note
    db.session.flush()
    settle(ALERT, _path(task.notification_id, task.kind))
    return task


def settle_task(notification: Notification, *kinds: str, by: Actor, on: date, note: str | None = None) -> None:
    """Let tasks rest because what they asked for happened, or cannot happen any more."""
    db.session.execute(
        update(NotificationTask)
        .where(
            NotificationTask.tenant_id == current_tenant_id(),
            NotificationTask.notification_id == notification.id,
            NotificationTask.kind.in_(kinds),
            NotificationTask.done_on.is_(None),
        )
        .values(done_on=on, done_by=by.person_id, note=note)
        .execution_options(synchronize_session=False)
    )
    for kind in kinds:
        settle(ALERT, _path(notification.id, kind))


def tasks_of(notification_id: UUID) -> list[NotificationTask]:
    """The tasks of a notification: what is open first, the most urgent at the top."""
    wanted = scoped(NotificationTask).where(NotificationTask.notification_id == notification_id)
    order = (NotificationTask.done_on.is_not(None), NotificationTask.due_on, NotificationTask.kind)
    return list(db.session.scalars(wanted.order_by(*order)))
