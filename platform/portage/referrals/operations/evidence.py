"""Papers that came with a request, or later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.files import Kept
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.policy import EVIDENCE_KEYS
from portage.referrals.models import Evidence, Referral
from portage.referrals.operations.facts import move_on
from portage.referrals.operations.judging import judge

THE_FORM = "request-form"  # the request itself as it came on paper, or the assessment and plan that made it
EARLY_HELP = "early-help-plan"
KINDS = frozenset({*EVIDENCE_KEYS, THE_FORM, EARLY_HELP})


def add_evidence(referral: Referral, kept: Kept, kind: str, *, by: Actor) -> Evidence:
    """Put a kept file with a request, under one of `KINDS`."""
    if kind not in KINDS:
        raise ValueError(f"no kind of paper is called {kind!r}")
    paper = Evidence(
        referral_id=referral.id,
        kind=kind,
        file_name=kept.name,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        object_key=kept.key,
        added_by=by.label,
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def add_late_evidence(referral: Referral, papers: list[tuple[Kept, str]], *, by: Actor, at: datetime) -> None:
    """Add papers that came after the request; a new kind of evidence is a new fact, so the request is judged again."""
    for kept, kind in papers:
        add_evidence(referral, kept, kind, by=by)
    known = set(referral.facts.get("evidence", ()))
    if new := {kind for _, kind in papers} & EVIDENCE_KEYS - known:
        referral.facts = {**referral.facts, "evidence": sorted(known | new)}
        judge(referral, by=by, at=at)
        move_on(referral, by=by, at=at)


def referral_with(referral_id: UUID) -> Referral:
    """The request that papers belong to; raises `NotHere`."""
    return here(Referral, referral_id)


def evidence_of(referral_id: UUID) -> list[Evidence]:
    """The papers of a request, in the order they came."""
    wanted = scoped(Evidence).where(Evidence.referral_id == referral_id).order_by(Evidence.created_at, Evidence.id)
    return list(db.session.execute(wanted).scalars())


def paper(referral_id: UUID, evidence_id: UUID) -> tuple[Evidence, UUID]:
    """One paper of one request, and whose child it concerns; raises `NotHere`."""
    found = db.session.execute(
        select(Evidence, Referral.child_id)
        .join(Referral, (Referral.tenant_id == Evidence.tenant_id) & (Referral.id == Evidence.referral_id))
        .where(
            Evidence.tenant_id == current_tenant_id(),
            Referral.tenant_id == current_tenant_id(),
            Evidence.id == evidence_id,
            Evidence.referral_id == referral_id,
            Evidence.disposed_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotHere
    return found[0], found[1]
