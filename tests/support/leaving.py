"""Reviews, packs, a log of sharing and a family's own space, one of each kind, for whoever asks every page for rows."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.models import SharingPermission
from portage.families.operations import carers_of
from portage.messages.links import hashed
from portage.messages.models import OneTimeLink
from portage.reviews.models import Disclosure, PackPart, Review, ReviewCorrection, ReviewDue, TransitionPack
from portage.support.models import Episode
from portage.visits.models import Visit

PARTY, PURPOSE = "Nursery or other setting", "leaving"


def plant_leaving(child_id: UUID, person_id: UUID, browser: str) -> None:
    """Rows of a child's reviews and leaving, and the family's own space opened by this browser."""
    episode = db.session.scalars(scoped(Episode).where(Episode.child_id == child_id, Episode.status == "open")).one()
    today = clock.today()
    agreed: dict[str, Any] = {
        "visitor_agreed_by": person_id, "visitor_agreed_on": today, "family_agreed_by": "Pat Invented",
        "family_agreed_on": today, "family_agreed_how": "paper", "parents_view": "We sing every day",
        "parents_view_by": "Pat Invented", "parents_view_on": today, "parents_view_how": "paper",
    }  # fmt: skip
    known: dict[str, Any] = {
        "episode_id": episode.id, "held_on": today, "begins_on": episode.opened_on, "who_was_there": "All of us",
        "celebrate": "Points at the cat", "next_focus": "Two words", "recommendation": "Go on", "written_by": person_id,
        "assembled": {"since": "1 May 2026", "noted": ["We played ball"]}, "shared_with": ["A health visitor"],
    }  # fmt: skip
    whole = Review(id=new_id(), kind="block", **known, **agreed)
    waits = Review(id=new_id(), kind="leaving", visitor_agreed_by=person_id, visitor_agreed_on=today, **known)
    right = ReviewCorrection(
        review_id=whole.id, says="It was Dad", asked_by="Dad", written_on=today, written_by=person_id
    )
    due = db.session.scalars(scoped(ReviewDue).where(ReviewDue.episode_id == episode.id)).one_or_none()
    due = due or ReviewDue(episode_id=episode.id)
    due.kind, due.due_on, due.because = "block", today - timedelta(days=30), "A block of visits ended."
    db.session.add_all([whole, waits, right, due, Review(kind="limit", **known)])
    db.session.flush()
    _packs(episode, person_id)
    _visit_to_come(episode, person_id)
    _links(episode, browser)


def _packs(episode: Episode, person_id: UUID) -> None:
    today = clock.today()
    allowed = SharingPermission(
        child_id=episode.child_id, party=PARTY, purpose=PURPOSE, answer="yes", answered_by="Pat Invented",
        answered_on=today, how="In person", recorded_by=person_id,
    )  # fmt: skip
    known: dict[str, Any] = {
        "episode_id": episode.id, "child_id": episode.child_id, "party": PARTY, "purpose": PURPOSE,
        "recipient_name": "Acorns Nursery", "recipient_email": "office@acorns.example", "address_checked_by": person_id,
        "address_checked_how": "We rang them", "put_together_on": today, "put_together_by": person_id,
    }  # fmt: skip
    said = {"answered_by": "Pat Invented", "answered_on": today, "answered_how": "paper"}
    packs = {
        status: TransitionPack(id=new_id(), status=status, **known, **more)
        for status, more in {
            "issued": {**said, "issued_on": today, "issued_by": person_id, "issued_how": "printed"},
            "answered": said,
            "draft": {},
            "shown": {},
        }.items()
    }
    parts = [
        PackPart(
            pack_id=pack.id, position=0, kind="what-works", title="What works", lines=["Sing before lifting"],
            answer="yes" if pack.answered_on else None,
        )
        for pack in packs.values()
    ]  # fmt: skip
    told: dict[str, Any] = {
        "child_id": episode.child_id, "episode_id": episode.id, "with_whom": "A sample clinic", "what": "What works",
        "why": "The family asked", "how": "By letter", "shared_on": today, "shared_by": person_id,
    }  # fmt: skip
    hidden = {"hidden_at": clock.now(), "hidden_by": person_id, "hidden_because": "A threat was made"}
    db.session.add_all([allowed, *packs.values()])
    db.session.flush()
    db.session.add_all(
        [
            *parts,
            Disclosure(kind="pack", basis="agreed", agreed_by="Pat Invented", pack_id=packs["issued"].id, **told),
            Disclosure(kind="other", basis="without-asking", because="A child was at risk", **told, **hidden),
            Disclosure(kind="onward", basis="agreed", agreed_by="Pat Invented", **told),
        ]
    )
    db.session.flush()


def _visit_to_come(episode: Episode, person_id: UUID) -> None:
    """A visit for whose day the family can ask for another."""
    db.session.add(
        Visit(
            episode_id=episode.id, child_id=episode.child_id, visitor_id=person_id, minutes=60, mode="home",
            planned_on=clock.today() + timedelta(days=40), planned_at=time(10), elements=[],
        )
    )  # fmt: skip
    db.session.flush()


def _links(episode: Episode, browser: str) -> None:
    """The family's own space, opened."""
    carer, now = carers_of(episode.child_id)[0], clock.now()
    carer.email, carer.email_is_safe = "probe@family.example", True
    db.session.add(
        OneTimeLink(
            id=new_id(), token_hash=hashed(str(new_id())), purpose="family", subject_id=episode.id,
            recipient_kind="carer", recipient_id=carer.id, expires_at=now + timedelta(days=20), used_at=now,
            browser_hash=hashed(browser), open_until=now + timedelta(hours=20),
        )
    )  # fmt: skip
    db.session.flush()
