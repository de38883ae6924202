"""What notifications add to pages of other slices: tasks of the day, and the way to a child's notifications."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from portage.core import clock
from portage.core.access import Can
from portage.core.identity import Viewer
from portage.core.sections import Entry, Section, adds_to
from portage.notifications import queries
from portage.notifications.words import KIND_NAMES, TASK_NAMES
from portage.policy.dates import in_words


@adds_to("today", order=15)
def tasks_of_the_day(who: Viewer, _subject: UUID | None) -> Section | None:
    """What is to be done about notifications; nothing where there is no such task, or no notification at all."""
    if Can.ENTER_REQUEST not in who.can:
        return None
    tasks = queries.tasks_to_do(who)
    if not tasks:
        return None
    today = clock.today()
    entries = tuple(
        Entry(
            f"{TASK_NAMES[task.kind]}: {task.reference}",
            f"/notifications/{task.id}#tasks",
            "Today"
            if task.due_on == today
            else f"Overdue since {in_words(task.due_on)}"
            if task.due_on < today
            else f"By {in_words(task.due_on)}",
        )
        for task in tasks
    )
    more = Entry(f"All notifications with something to do ({tasks[0].total} tasks)", "/notifications?to_do=yes")
    return Section("Notifications", entries, more=more)


@adds_to("child", order=12)
def notifications_of_child(who: Viewer, child_id: UUID | None) -> Section | None:
    """The notifications of a child, for those who may open one."""
    if Can.SEE_WORKLIST not in who.can or child_id is None:
        return None
    return _listed("Health notifications", queries.of_child(child_id))


@adds_to("referral", order=5)
def notification_behind(who: Viewer, referral_id: UUID | None) -> Section | None:
    """A case file says which notification it serves: it counts as that, and not as a family's request."""
    found = queries.behind(referral_id) if referral_id and Can.SEE_WORKLIST in who.can else None
    return _listed("Opened by a health notification", [found] if found else [])


def _listed(title: str, rows: Iterable[Any]) -> Section | None:
    entries = tuple(
        Entry(row.reference, f"/notifications/{row.id}", f"{KIND_NAMES[row.kind]}, arrived {in_words(row.arrived_on)}")
        for row in rows
    )
    return Section(title, entries) if entries else None
