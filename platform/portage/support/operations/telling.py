"""E-mails to a family about what became of their request; what is said in words stands behind the link."""

from uuid import UUID

from portage.families.operations import carers_of
from portage.messages.operations import tell
from portage.referrals.models import Referral


def tell_family(kind: str, referral: Referral, *, about: UUID) -> None:
    """Write to each parent or carer whom e-mail reaches safely, once for each `about`; asked anew at sending."""
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
            )
