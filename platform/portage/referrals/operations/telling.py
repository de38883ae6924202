"""E-mails about what became of a request, to the family, who asked, and the managers; words stand behind the link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from portage.accounts.models import AreaMembership, Person, RoleGrant
from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.operations import carers_of
from portage.messages.operations import make_link, tell
from portage.referrals.models import Referral


def tell_family(kind: str, referral: Referral, *, about: UUID, again: str | None = None) -> None:
    """Write to each parent or carer whom e-mail reaches safely, once for `about` and `again`; asked anew at sending."""
    for carer in carers_of(referral.child_id):
        if carer.email and carer.email_is_safe:
            tell(
                kind=kind,
                recipient_kind="carer",
                recipient_id=carer.id,
                referral_id=referral.id,
                child_id=referral.child_id,
                reference=referral.reference,
                stage=referral.stage,
                subject_id=about,
                again=again,
            )


def tell_requester(kind: str, referral: Referral, *, about: UUID) -> None:
    """Write to a professional who asked and left an address; a parent who asked is told as a carer, if it is safe."""
    if referral.referrer != "parent" and referral.referrer_email:
        tell(
            kind=kind,
            recipient_kind="referrer",
            recipient_id=referral.id,
            referral_id=referral.id,
            child_id=referral.child_id,
            reference=referral.reference,
            stage=referral.stage,
            subject_id=about,
        )


def tell_managers(
    area_id: UUID | None, *, reference: str, child_id: UUID, again: str, referral_id: UUID | None = None
) -> None:
    """Write to the managers of an area team that a date of the policy is near or has passed."""
    for person_id in _managers(area_id):
        tell(
            kind="clock",
            recipient_kind="person",
            recipient_id=person_id,
            referral_id=referral_id,
            child_id=child_id,
            reference=reference,
            again=again,
        )


def _managers(area_id: UUID | None) -> list[UUID]:
    """Managers with an address who work for this area team or for the whole council."""
    tenant_id = current_tenant_id()
    areas = select(AreaMembership.area_id).where(
        AreaMembership.tenant_id == tenant_id, AreaMembership.person_id == Person.id
    )
    wanted = (
        select(Person.id)
        .join(RoleGrant, (RoleGrant.tenant_id == Person.tenant_id) & (RoleGrant.person_id == Person.id))
        .where(
            Person.tenant_id == tenant_id,
            RoleGrant.tenant_id == tenant_id,
            RoleGrant.role == Role.SERVICE_MANAGER.value,
            Person.disabled_at.is_(None),
            Person.email.is_not(None),
        )
        .distinct()
    )
    if area_id is not None:
        wanted = wanted.where(or_(~areas.exists(), areas.where(AreaMembership.area_id == area_id).exists()))
    return list(db.session.scalars(wanted))


def tell_notifier(referral: Referral, *, about: UUID, at: datetime) -> None:
    """Write to the professional whose notification this case file serves that there is news, behind a link."""
    if referral.notification_id is None or not referral.referrer_email:
        return
    link_id = make_link(
        purpose="notification",
        subject_id=referral.notification_id,
        recipient_kind="notifier",
        recipient_id=referral.notification_id,
        at=at,
    )
    tell(
        kind="notification-news",
        recipient_kind="notifier",
        recipient_id=referral.notification_id,
        referral_id=referral.id,
        child_id=referral.child_id,
        reference=referral.reference,
        link_id=link_id,
        subject_id=about,
    )
