"""What the link in a receipt opens: where a request stands, what comes next, and whom to ask."""

from datetime import datetime

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import viewer
from portage.core.sections import sections
from portage.core.tenancy import scoped
from portage.messages.council import sender
from portage.messages.links import Shown, opens
from portage.messages.models import OneTimeLink
from portage.messages.words import STAGES
from portage.referrals.models import Referral
from portage.referrals.operations.decisions import last_decision, services_named
from portage.referrals.operations.evidence_time import evidence_time
from portage.referrals.operations.judging import edition_of
from portage.referrals.operations.stages import TAKES_PAPERS


@opens("request")
def show(link: OneTimeLink, at: datetime) -> Shown | None:
    """The request without a word about the child: a professional's link opens the same page as a parent's.

    A parent also reads what the council writes to parents at the beginning, such as first signposting (WNC-13),
    and what other parts of the service have to tell them.
    """
    referral = db.session.scalars(
        scoped(Referral).where(Referral.id == link.subject_id, Referral.disposed_at.is_(None))
    ).one_or_none()
    if referral is None:
        return None
    policy, edition = edition_of(referral.edition_id)
    council = sender(at.astimezone(LONDON).date(), referral.area_id)
    decision = last_decision(referral.id) if link.recipient_kind == "carer" else None
    first_words = policy.messages(edition.terms, referral.route) if link.recipient_kind == "carer" else ()
    return Shown(
        referral.child_id,
        "referrals/link_page.html",
        {
            "referral": referral,
            "stage": STAGES[referral.stage],
            "route": policy.route(edition.terms, referral.route),
            "steps": policy.path(edition.terms, referral.route),
            "first_words": first_words,
            "services": services_named(decision.id) if decision is not None else [],
            "papers_until": running.due_on if (running := evidence_time(referral.id)) else None,
            "help": council.profile.get("help", []),
            "team": council.team,
            "added": sections("request-link", viewer(), referral.id) if link.recipient_kind == "carer" else [],
            "takes_papers": link.recipient_kind == "referrer" and referral.stage in TAKES_PAPERS,
            "until": link.open_until,
            "link": link,
        },
    )
