"""What a person should look at in a notification: missing steps, a wrong area, an age, a child who is known, marks.

A warning keeps nothing out and merges nothing.
"""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Carer, Child, ChildMark
from portage.families.operations import area_for_postcode, is_postcode
from portage.notifications.models import Notification
from portage.policy.dates import compulsory_school_age
from portage.tenants.models import Area

Bears = Callable[[list[UUID], date], bool]
_marks: dict[str, Bears] = {}


def bears_a_mark(name: str) -> Callable[[Bears], Bears]:
    """Register a further safeguarding mark that a higher slice keeps of children, such as a worry that was noted."""

    def keep(bears: Bears) -> Bears:
        _marks[name] = bears
        return bears

    return keep


def warnings_of(notification: Notification, child: Child, carers: Iterable[Carer]) -> list[str]:
    """The warnings of a notification that has just arrived, as keys of `portage.notifications.words.WARNINGS`."""
    found = {
        "parent-not-informed": not notification.parent_informed,
        "no-discussion": not notification.discussion_offered,
        "organisation-not-named": notification.organisation_told not in ("named", "none-likely"),
        "outside-area": lives_outside(notification.lives_in_area, child.postcode),
        "school-age": notification.arrived_on >= compulsory_school_age(child.date_of_birth),
        "possible-duplicate": notification.possible_duplicate_of is not None,
        "safeguarding": notification.safeguarding,
        "safe-contact": any(needs_care(carer) for carer in carers),
    }
    return [key for key, holds in found.items() if holds]


def lives_outside(said: bool | None, postcode: str | None) -> bool:
    """Whether the child may live elsewhere: the form says so, or no area team claims the postcode where teams do."""
    if said is False:
        return True
    if not postcode or not is_postcode(postcode) or area_for_postcode(postcode) is not None:
        return False
    claimed = select(func.count()).where(
        Area.tenant_id == current_tenant_id(), func.jsonb_array_length(Area.postcode_districts) > 0
    )
    return bool(db.session.scalar(claimed))


def needs_care(carer: Carer) -> bool:
    """Whether the family said, or somebody wrote down, that contact needs care beyond choosing a safe way."""
    return bool(carer.contact_note)


def known_children(child: Child) -> list[UUID]:
    """Other records that may be of the same child, the newest first: same day of birth, and same name or same home.

    At one address the first name has to be the same as well, for twins share both.
    """
    alike: ColumnElement[bool] = Child.search_name == child.search_name
    if child.postcode:
        first_name = func.lower(Child.given_name) == child.given_name.lower()
        alike = or_(alike, and_(Child.postcode == child.postcode, first_name))
    wanted = (
        select(Child.id)
        .where(
            Child.tenant_id == current_tenant_id(),
            Child.id != child.id,
            Child.date_of_birth == child.date_of_birth,
            alike,
        )
        .order_by(Child.created_at.desc(), Child.id)
        .limit(20)
    )
    return list(db.session.scalars(wanted))


def marked(notification: Notification, child: Child, on: date) -> bool:
    """Whether the form, this child's record or a possible duplicate's bears a safeguarding or safe-contact mark."""
    children = [child.id, *known_children(child)]
    return (
        notification.safeguarding
        or _marked_records(children, on)
        or _careful_contact(children, notification.child_id)
        or _marked_notifications(children)
        or any(bears(children, on) for bears in _marks.values())
    )


def _marked_records(children: list[UUID], on: date) -> bool:
    marks = scoped(ChildMark).where(
        ChildMark.child_id.in_(children), or_(ChildMark.until_on.is_(None), ChildMark.until_on >= on)
    )
    return db.session.scalars(marks.limit(1)).first() is not None


def _careful_contact(children: list[UUID], own: UUID) -> bool:
    """A note about contact on any of the records; on a known child's, also an e-mail address that is not safe."""
    unsafe = and_(Carer.child_id != own, Carer.email.is_not(None), Carer.email_is_safe.is_(False))
    carers = scoped(Carer).where(Carer.child_id.in_(children), or_(func.coalesce(Carer.contact_note, "") != "", unsafe))
    return db.session.scalars(carers.limit(1)).first() is not None


def _marked_notifications(children: list[UUID]) -> bool:
    others = scoped(Notification).where(Notification.child_id.in_(children), Notification.safeguarding.is_(True))
    return db.session.scalars(others.limit(1)).first() is not None
