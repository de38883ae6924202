"""What other slices hold of a child's progress, said in lines: the profile, the parents' words, the family's own notes.

Each is a part of its own: in a review beside the visits, and in a pack with an answer of the family (LAN-07, LAN-10).
"""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.plans.models import Activity, FamilyNote, PlayPlan
from portage.policy.dates import in_words
from portage.profiles.models import ChildProfile, ProfileArea, ProfileItem, ProfileMark
from portage.support.progress import Progress, says_progress
from portage.visits.models import Visit

MOST = 20


@says_progress(order=10)
def newly_marked(_episode: UUID, child_id: UUID, since: date, until: date) -> Progress | None:
    """What was marked in the developmental profile as something that the child can do, the latest first (WNC-06)."""
    rows = db.session.execute(
        select(ProfileArea.name, ProfileItem.wording, ProfileMark.seen_on)
        .join(ProfileItem, (ProfileItem.tenant_id == ProfileMark.tenant_id) & (ProfileItem.id == ProfileMark.item_id))
        .join(ProfileArea, (ProfileArea.tenant_id == ProfileItem.tenant_id) & (ProfileArea.id == ProfileItem.area_id))
        .join(
            ChildProfile,
            (ChildProfile.tenant_id == ProfileMark.tenant_id) & (ChildProfile.id == ProfileMark.profile_id),
        )
        .where(
            ProfileMark.tenant_id == current_tenant_id(),
            ChildProfile.tenant_id == current_tenant_id(),
            ChildProfile.child_id == child_id,
            ProfileMark.stage == "can-do",
            ProfileMark.corrected_at.is_(None),
            ProfileMark.seen_on.between(since, until),
        )
        .order_by(ProfileMark.seen_on.desc(), ProfileMark.id.desc())
        .limit(MOST)
    )
    # A mark that was carried over to a newer instrument says the same once more.
    lines = dict.fromkeys(f"{row.wording} ({row.name}, {in_words(row.seen_on)})" for row in rows)
    return Progress("profile", "New in the developmental profile", tuple(lines))


@says_progress(order=20)
def parents_words(episode_id: UUID, _child: UUID, since: date, until: date) -> Progress | None:
    """What the parents said on visits, in their own words."""
    rows = db.session.execute(
        select(Visit.parents_words, Visit.done_on)
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == episode_id,
            Visit.status == "done",
            Visit.parents_words.is_not(None),
            Visit.done_on.between(since, until),
        )
        .order_by(Visit.done_on.desc(), Visit.id.desc())
        .limit(MOST)
    )
    said = tuple(f"{in_words(row.done_on)}: {row.parents_words}" for row in rows)
    return Progress("parents", "What the parents said on visits", said)


@says_progress(order=30)
def between_visits(episode_id: UUID, _child: UUID, since: date, until: date) -> Progress | None:
    """What the family saw between visits, in their own words (LAN-07)."""
    rows = db.session.execute(
        select(FamilyNote.words, FamilyNote.seen_on, Activity.wording)
        .outerjoin(Activity, (Activity.tenant_id == FamilyNote.tenant_id) & (Activity.id == FamilyNote.activity_id))
        .join(PlayPlan, (PlayPlan.tenant_id == FamilyNote.tenant_id) & (PlayPlan.id == FamilyNote.plan_id))
        .where(
            FamilyNote.tenant_id == current_tenant_id(),
            PlayPlan.tenant_id == current_tenant_id(),
            PlayPlan.episode_id == episode_id,
            FamilyNote.disposed_at.is_(None),
            FamilyNote.seen_on.between(since, until),
        )
        .order_by(FamilyNote.seen_on.desc(), FamilyNote.id.desc())
        .limit(MOST)
    )
    seen = tuple(f"{in_words(row.seen_on)}{f', {row.wording}' if row.wording else ''}: {row.words}" for row in rows)
    return Progress("family-notes", "What the family saw between visits", seen)
