"""Who is told when nobody hears from a visitor, each visit of which nobody has heard, and everything done about it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CheckConstraint, Editable, Index, Model, TenantOwned, UniqueConstraint, one_of, to

SETTLED = ("left", "recorded", "cancelled", "arrived", "answered-safe", "staying", "changed")
ENTRIES = ("reminded", "told", "told-again", "managers-told", "text-failed", "taken", "called", "settled")
WHOM = ("visitor", "visitor-other", "place", "first", "second", "duty", "999")
OUTCOMES = ("answered-safe", "staying", "no-answer", "unclear", "help-is-coming")
WORKING_WEEK = [["08:30", "17:00"]] * 5 + [None] * 2


class OverdueWatch(TenantOwned, Editable, Model):
    """Who is told when nobody hears from a visitor after a visit, in hours and out of them, and how soon.

    `hours` holds, for Monday to Sunday, when the working day opens and closes on the clock on the wall, or null. Where
    nobody is named for out of hours, the same two are told at all hours.
    """

    __tablename__ = "overdue_watch"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        to("person", "first_id"),
        to("person", "second_id"),
        to("person", "out_first_id"),
        to("person", "out_second_id"),
        to("person", "set_by"),
        CheckConstraint("grace_minutes BETWEEN 5 AND 240", name="grace_sensible"),
        CheckConstraint("remind_minutes BETWEEN 0 AND 60", name="reminder_sensible"),
        CheckConstraint("again_minutes BETWEEN 5 AND 120", name="again_sensible"),
        CheckConstraint("first_id <> second_id", name="two_people"),
        CheckConstraint("out_first_id <> out_second_id", name="two_people_out_of_hours"),
    )

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    grace_minutes: Mapped[int]
    set_by: Mapped[UUID | None]
    out_first_id: Mapped[UUID | None]
    out_second_id: Mapped[UUID | None]
    hours: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    # How many minutes before the others are told the visitor is asked.
    remind_minutes: Mapped[int] = mapped_column(server_default=text("10"), default=10)
    # After how many minutes without anybody taking it on more people are told.
    again_minutes: Mapped[int] = mapped_column(server_default=text("15"), default=15)
    # The council's choice that staff are waited for only once they said that they arrived.
    staff_after_arrival: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    duty_name: Mapped[str | None]
    duty_number: Mapped[str | None]


class OverdueVisit(TenantOwned, Model):
    """A visit that should be over and of which nobody has heard; it stays open until somebody has heard.

    `planned_for` is when the visit was to begin, `ends_at` when it should be over, `due_at` when others are told.
    `step` counts how often they were: 0 the two named people, 1 the second again, 2 the managers.
    """

    __tablename__ = "overdue_visit"
    __table_args__ = (
        Index(
            "uq_overdue_visit_tenant_id_visit_id", "tenant_id", "visit_id", unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_overdue_visit_tenant_id_settled_at", "tenant_id", "settled_at"),
        to("visit", "visit_id"),
        to("person", "visitor_id"),
        to("person", "taken_by"),
        one_of("settled_how", *SETTLED),
        CheckConstraint("(settled_at IS NULL) = (settled_how IS NULL)", name="settled_somehow"),
    )  # fmt: skip

    visit_id: Mapped[UUID]
    visitor_id: Mapped[UUID]
    reference: Mapped[str]
    planned_for: Mapped[datetime]
    ends_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]  # when the visitor was asked
    raised_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    step: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_how: Mapped[str | None]
    heard_at: Mapped[datetime | None]  # the visitor's own time of it, which may be before anybody was told


class OverdueEntry(TenantOwned, Model):
    """One thing that happened about an overdue visit: only added, never changed."""

    __tablename__ = "overdue_entry"
    __table_args__ = (
        Index("ix_overdue_entry_tenant_id_overdue_id", "tenant_id", "overdue_id", "at"),
        to("overdue_visit", "overdue_id"),
        to("person", "person_id"),
        to("person", "by_id"),
        one_of("kind", *ENTRIES),
        one_of("whom", *WHOM),
        one_of("outcome", *OUTCOMES, *SETTLED[:4], SETTLED[-1]),
    )

    overdue_id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    person_id: Mapped[UUID | None]  # who was told or rung
    by_id: Mapped[UUID | None]  # who did it; nobody where the service did
    whom: Mapped[str | None]
    outcome: Mapped[str | None]
