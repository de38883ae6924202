"""Support in a setting: the setting is kept, the child observed there first, staff are helped, a review is planned."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, FieldRefused, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.referrals.models import Referral
from portage.setting_support.models import SettingHelp, SettingWork
from portage.support.changes import comes_first
from portage.support.models import Episode
from portage.support.operations import open_episode_here, visitor_of
from portage.visits.models import Visit

ROUTE, PLACE = "setting-support", "setting"
OBSERVE_FIRST = (
    "The child is observed in the setting first. Record the observation on the page of the support in the setting; "
    "then visits, next steps and reviews follow."
)


class SettingRefused(FieldRefused):
    """Something that does not fit the work in the setting."""

    code = "setting-refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Which setting, and whom to ask for there."""

    setting_name: str
    contact: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of the child in the setting, when, and for how long."""

    observed_on: date
    observed_at: time
    minutes: int
    seen: str


@dataclass(frozen=True, slots=True)
class Help:
    """What is offered to the staff."""

    kind: str
    what: str
    for_whom: str
    offered_on: date


@dataclass(frozen=True, slots=True)
class Helped:
    """What the staff said to an offer, and, where it took place, when and how it went."""

    answer: str
    done_on: date | None
    how_it_went: str | None
    version: int


@dataclass(frozen=True, slots=True)
class PlanReview:
    """When and where the review with the parents is."""

    review_on: date
    review_at: time
    review_place: str
    version: int


@comes_first
def observation_first(episode_id: UUID, visit_id: UUID | None) -> str | None:
    """What is missing before support in a setting goes on; None elsewhere, and once the observation is recorded."""
    if not in_a_setting(episode_id):
        return None
    work = work_of(episode_id)
    if work is not None and work.observation_id is not None and (work.observation_id == visit_id or observed(work)):
        return None
    return OBSERVE_FIRST


def in_a_setting(episode_id: UUID) -> bool:
    """Whether the request behind an episode was one for support in a setting."""
    found = select(Referral.route).join(
        Episode, (Episode.tenant_id == Referral.tenant_id) & (Episode.referral_id == Referral.id)
    )
    wanted = found.where(Referral.tenant_id == current_tenant_id(), Episode.id == episode_id)
    return db.session.execute(wanted).scalar_one_or_none() == ROUTE


def work_of(episode_id: UUID, *, lock: bool = False) -> SettingWork | None:
    """What is kept of the setting of one episode, if anything is."""
    wanted = scoped(SettingWork).where(SettingWork.episode_id == episode_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(wanted).scalar_one_or_none()


def observed(work: SettingWork) -> Visit | None:
    """The visit in which the child was observed, while its record says that it took place in the setting."""
    wanted = scoped(Visit).where(Visit.id == work.observation_id, Visit.status == "done", Visit.mode == PLACE)
    return db.session.execute(wanted).scalar_one_or_none()


def helps_of(episode_id: UUID) -> list[SettingHelp]:
    """What was offered to the staff, the latest first."""
    wanted = scoped(SettingHelp).where(SettingHelp.episode_id == episode_id)
    return list(db.session.scalars(wanted.order_by(SettingHelp.offered_on.desc(), SettingHelp.id.desc())))


def keep_place(episode_id: UUID, place: Place) -> SettingWork:
    """Keep the setting, or write down what changed; raises `ChangedMeanwhile`."""
    open_episode_here(episode_id)
    work = work_of(episode_id, lock=True)
    if work is None:
        work = SettingWork(episode_id=episode_id)
        db.session.add(work)
    else:
        _unless_changed(work, place.version, [("Setting", place.setting_name)])
    work.setting_name, work.contact = place.setting_name, place.contact
    db.session.flush()
    return work


def record_observation(work: SettingWork, observation: Observation, *, by: Actor, at: datetime) -> Visit:
    """Record that the child was observed in the setting: a visit that is done, or the one planned for that day."""
    episode = open_episode_here(work.episode_id)
    if observed(work) is not None:
        raise SettingRefused("seen", "The observation is recorded already. Correct it on the page of that visit.")
    if not episode.opened_on <= observation.observed_on <= at.astimezone(LONDON).date():
        raise SettingRefused("observed_on", "Enter a day from the one on which the support was opened until today.")
    visit = _planned_for(episode.id, observation.observed_on) or Visit(
        episode_id=episode.id,
        child_id=episode.child_id,
        visitor_id=_practitioner(episode.id, by),
        planned_on=observation.observed_on,
        planned_at=observation.observed_at,
        elements=[],
    )
    visit.mode, visit.minutes = PLACE, observation.minutes
    visit.status, visit.done_on, visit.how_it_went = "done", observation.observed_on, observation.seen
    visit.recorded_by, visit.recorded_at = by.person_id, at
    db.session.add(visit)
    db.session.flush()
    work.observation_id = visit.id
    db.session.flush()
    return visit


def offer_help(work: SettingWork, help_: Help, *, by: Actor, on: date) -> SettingHelp:
    """Write down that modelling or training was offered; the observation comes before it."""
    open_episode_here(work.episode_id)
    if observed(work) is None:
        raise SettingRefused("what", OBSERVE_FIRST)
    if help_.offered_on > on:
        raise SettingRefused("offered_on", "This day is in the future.")
    row = SettingHelp(
        episode_id=work.episode_id,
        kind=help_.kind,
        what=help_.what,
        for_whom=help_.for_whom,
        offered_on=help_.offered_on,
        offered_by=by.person_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def record_help(work: SettingWork, help_id: UUID, helped: Helped, *, on: date) -> SettingHelp:
    """Write down what the staff said, and when the help took place."""
    row = next((each for each in helps_of(work.episode_id) if each.id == help_id), None)
    if row is None:
        raise NotHere
    if row.version != helped.version:
        raise ChangedMeanwhile(
            theirs=[("Answer", row.answer or "")], yours=[("Answer", helped.answer)],
            back=f"/episodes/{work.episode_id}/setting",
        )  # fmt: skip
    if helped.done_on and helped.answer != "accepted":
        raise SettingRefused("done_on", "What was declined did not take place.")
    if helped.done_on and not row.offered_on <= helped.done_on <= on:
        raise SettingRefused("done_on", "Enter a day from the one on which it was offered until today.")
    row.answer, row.done_on, row.how_it_went = helped.answer, helped.done_on, helped.how_it_went
    db.session.flush()
    return row


def plan_review(work: SettingWork, plan: PlanReview, *, on: date) -> None:
    """Plan the review with the parents; a moved one needs a new invitation."""
    open_episode_here(work.episode_id)
    _unless_changed(work, plan.version, [("Review", str(plan.review_on))])
    if observed(work) is None:
        raise SettingRefused("review_on", OBSERVE_FIRST)
    if plan.review_on < on:
        raise SettingRefused("review_on", "This day is in the past.")
    work.review_on, work.review_at, work.review_place = plan.review_on, plan.review_at, plan.review_place
    work.parents_invited_on = None
    db.session.flush()


def _planned_for(episode_id: UUID, day: date) -> Visit | None:
    wanted = scoped(Visit).where(Visit.episode_id == episode_id, Visit.planned_on == day, Visit.status == "planned")
    return db.session.scalars(wanted.order_by(Visit.planned_at).limit(1)).one_or_none()


def _practitioner(episode_id: UUID, by: Actor) -> UUID | None:
    allocation = visitor_of(episode_id)
    return allocation.person_id if allocation else by.person_id


def _unless_changed(work: SettingWork, version: int, yours: list[tuple[str, str]]) -> None:
    if work.version != version:
        raise ChangedMeanwhile(
            theirs=[("Setting", work.setting_name), ("Review", str(work.review_on or ""))],
            yours=yours,
            back=f"/episodes/{work.episode_id}/setting",
        )
