"""When a practitioner whom the panel allocated needs the child's record no longer."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, true, update

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Caseload
from portage.panels.models import IntroductoryVisit, PanelItem
from portage.referrals.models import Assessment, Referral
from portage.referrals.operations.stages import ENDED


def release_practitioners(*, on: date) -> int:
    """End the access that an allocation or an introductory visit gave, once the request ended or support is open.

    Answers how many rows ended. A visitor who was given the child keeps it by that, and an assessor until the
    assessment is recorded.
    """
    ended = db.session.execute(
        update(Caseload)
        .where(
            Caseload.tenant_id == current_tenant_id(), Caseload.kind == "assessor", Caseload.until_on.is_(None), _over()
        )
        .values(until_on=on - timedelta(days=1))
        .returning(Caseload.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return len(ended.all())


def _over() -> ColumnElement[bool]:
    """Whether a row's request ended or went into support, and nothing of it is left to be assessed."""
    tenant_id = current_tenant_id()
    named = exists(
        select(true()).where(
            PanelItem.tenant_id == tenant_id,
            PanelItem.referral_id == Referral.id,
            PanelItem.practitioner_id == Caseload.person_id,
        )
    )
    visiting = exists(
        select(true()).where(
            IntroductoryVisit.tenant_id == tenant_id,
            IntroductoryVisit.referral_id == Referral.id,
            IntroductoryVisit.visitor_id == Caseload.person_id,
        )
    )
    assessing = exists(
        select(true()).where(
            Assessment.tenant_id == tenant_id,
            Assessment.referral_id == Referral.id,
            Assessment.assessor_id == Caseload.person_id,
            Assessment.status == "booked",
        )
    )
    return exists(
        select(true()).where(
            Referral.tenant_id == tenant_id,
            Referral.child_id == Caseload.child_id,
            Referral.stage.in_((*ENDED, "supported")),
            or_(named, visiting),
            ~assessing,
        )
    )
