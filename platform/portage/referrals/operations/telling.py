"""E-mails about what became of a request, to the family and who asked; words about it stand behind the link."""

from datetime import datetime
from uuid import UUID

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
