"""How far an invented family has come: facts, assessment, panel, decision, offer, waiting, visits, plan, review."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from portage.core import audit, clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.demo.seed import words
from portage.demo.seed.panel import record_who_is_there
from portage.demo.seed.playing import play
from portage.demo.seed.programmes import begin_in_setting
from portage.demo.seed.staff import Staff
from portage.families.operations import carers_of
from portage.panels.models import PanelMeeting
from portage.panels.operations import (
    Arranging,
    Introduced,
    PanelDeciding,
    Planned,
    allocated_to,
    arrange,
    close_meeting,
    decide_item,
    plan_meetings,
    planned_meetings,
    record_introduction,
)
from portage.panels.rules import PanelRules, panel_rules
from portage.plans.operations import NewGoal, NewTarget, Plan, add_goal, add_target, agree_plan
from portage.policy import Policy, Route
from portage.policy.arrangements import keeps_to_terms
from portage.referrals.models import Referral
from portage.referrals.operations.assessments import AssessmentRecord, Booking, book, record
from portage.referrals.operations.contacts import Talk, log_contact
from portage.referrals.operations.decisions import OPENED, Deciding, decide
from portage.referrals.operations.facts import DelayFound, FactsFound, last_determination, record_delay, record_facts
from portage.referrals.operations.judging import edition_of
from portage.reviews.operations import WriteReview, write_review
from portage.setting_support.operations import ROUTE as SETTING_ROUTE
from portage.support.operations.allocation import Allocate, allocate
from portage.support.operations.episodes import episode_of
from portage.support.operations.offers import Answer, NewOffer, make_offer, offerable, offers_to, record_answer
from portage.support.operations.waiting import waiting_entry_of
from portage.visits.lists import visits_of
from portage.visits.models import Visit
from portage.visits.operations.planning import PlanVisits, plan_visits
from portage.visits.operations.recording import Record, record_visit
from portage.visits.refusals import NothingToPlan

WEEK = timedelta(days=7)
STEPS = 8  # how many steps the road has


@dataclass(frozen=True, slots=True)
class Road:
    """Who walks with the families."""

    staff: Staff


@dataclass
class Traveller:
    """One family on its way; `day` moves on with each step and never passes today."""

    road: Road
    referral_id: UUID
    chance: random.Random
    day: date
    visitor: str = "home-visitor"  # in which role somebody visits them
    everywhere: bool = False  # visited by somebody of the whole council, not by the area team

    def referral(self) -> Referral:
        return db.session.scalars(scoped(Referral).where(Referral.id == self.referral_id)).one()

    def by(self, role: str) -> Actor:
        everywhere = self.everywhere and role == "home-visitor"
        return self.road.staff.one(role, None if everywhere else self.referral().area_id)

    def route(self) -> tuple[Policy[Any], Route]:
        referral = self.referral()
        policy, edition = edition_of(referral.edition_id)
        return policy, policy.route(edition.terms, referral.route)


def travel(who: Traveller, steps: int) -> None:
    """Go so many steps, a few days apart, each saved like a day's work."""
    for step in (_facts, _assess, _decide, _offer, _answer, _allocate, _visit, _review)[:steps]:
        who.day = min(who.day + timedelta(days=who.chance.randint(3, 9)), clock.today())
        with clock.frozen(_hour(who.day, 11)):
            went_on = step(who)
            db.session.commit()
        if not went_on:
            return


def _facts(who: Traveller) -> bool:
    """Measure every concern that nobody measured, and note a professional's judgement of the need."""
    for area, delay in list((who.referral().facts.get("child", {}).get("delay") or {}).items()):
        if delay is None:
            found = DelayFound(
                area=area,
                basis="measured",
                assessed_by="Pat Invented, health visitor",
                percent=Decimal(who.chance.choice((50, 55, 60))),
                assessed_on=who.day,
                instrument="Invented schedule of growing skills",
                version=who.referral().version,
            )
            record_delay(who.referral_id, found, by=who.by("service-manager"), at=clock.now())
    changed = {"child.significant_need": True, "evidence": ["asq"], **_still_wanted(who)}
    record_facts(
        who.referral_id, FactsFound(who.referral().version, changed), by=who.by("service-manager"), at=clock.now()
    )
    return True


def _still_wanted(who: Traveller) -> dict[str, Any]:
    """What else this council's policy waits for: few hours in a setting, and a yes to what it alone asks."""
    policy, _ = who.route()
    judged = last_determination(who.referral_id)
    wanted = judged.answer["missing"] if judged else []
    told: dict[str, Any] = {fact.path: True for fact in policy.extra_facts if fact.kind == "yes-no"}
    if "child.setting_hours" in wanted:
        told["child.setting_hours"] = who.chance.choice((6, 9, 12))
    return {path: value for path, value in told.items() if path in wanted}


def _assess(who: Traveller) -> bool:
    """Where the policy has an assessment: book it, and record it unless its day has not come."""
    _, route = who.route()
    if not route.assessment_first or who.referral().stage not in ("assessment", "to-decide"):
        return True
    by = who.by("service-manager")
    visitor = who.by("home-visitor").person_id
    if visitor is None:
        return False
    seen_on = who.day + timedelta(days=2)
    booking = Booking(visitor, seen_on, time(10, 30), "At home", who.referral().version)
    booked = book(who.referral_id, booking, by=by, at=clock.now(), on=who.day)
    if seen_on > _today():
        return False
    who.day = seen_on
    found = AssessmentRecord(
        who.day, who.chance.choice(words.CAN_DO), "Seen at home with a parent.", True, booked.version
    )
    with clock.frozen(_hour(who.day, 12)):
        record(booked.id, found, by=by, at=clock.now(), on=who.day)
        db.session.commit()
    return True


def _decide(who: Traveller) -> bool:
    """A named person opens the case and decides in their own words, or the panel does."""
    _, route = who.route()
    referral, judged = who.referral(), last_determination(who.referral_id)
    if judged is None or judged.outcome == "more-information":
        return False
    by = who.by("panel-chair" if route.decided_by == "panel" else "service-manager")
    audit.record(OPENED[0], actor=by.label, subject=("referral", referral.id))
    db.session.commit()
    yes = judged.outcome != "not-eligible" and who.chance.random() < 0.9
    deciding = Deciding(
        outcome="accepted" if yes else "signposted",
        reason=words.REASON_YES if yes else words.REASON_NO,
        may_help_instead=None if yes else words.INSTEAD,
        determination_id=judged.id,
        version=who.referral().version,
    )
    if route.decided_by == "panel":
        panel = PanelDeciding(
            deciding,
            practitioner_id=who.by("home-visitor").person_id if yes else None,
            rationale=None if yes else words.WHY_OTHER_SERVICES,
        )
        rules = panel_rules(who.day) or PanelRules(WEEK)
        decide_item(_meeting(who.day), referral.id, panel, rules, by=by, at=clock.now(), on=who.day)
    else:
        decide(referral.id, deciding, by=by, at=clock.now())
    if who.chance.random() < 0.8 or who.day < _today() - 2 * WEEK:
        _call(who, by)
    return yes


def _call(who: Traveller, by: Actor) -> None:
    """The family, and whoever asked, hear the outcome by telephone the same day."""
    referral = who.referral()
    for whom in ["The family", *([referral.referrer_name] if referral.referrer != "parent" else [])]:
        log_contact(referral.id, Talk(whom, clock.now(), "telephone", "outcome", True, None), by=by)


def close_meetings(staff: Staff, before: date) -> None:
    """Close the panel's meetings of earlier weeks; what they left goes on to the next."""
    for meeting in planned_meetings():
        if meeting.held_on < before:
            at = datetime.combine(meeting.held_on, time(16), clock.LONDON)
            chair = staff.one("panel-chair")
            with clock.frozen(at):
                rules = panel_rules(meeting.held_on) or PanelRules(WEEK)
                record_who_is_there(meeting, chair, staff)
                close_meeting(
                    meeting.id, version=meeting.version, rules=rules, by=chair, at=clock.now(), on=meeting.held_on
                )
                db.session.commit()


def _meeting(day: date) -> UUID:
    """The panel's meeting of that week: on Monday, or a day later where the panel does not meet on a bank holiday."""
    for number in range(5):
        on = day - timedelta(days=day.weekday() - number)
        plan_meetings(Planned(on, 1), WEEK)
        found = db.session.scalars(scoped(PanelMeeting).where(PanelMeeting.held_on == on)).one()
        if found.status != "cancelled":
            return found.id
    raise LookupError(f"no panel meets in the week of {day}")


def _offer(who: Traveller) -> bool:
    wanted = "setting-support" if who.referral().route == SETTING_ROUTE else "home-visits"
    kinds = tuple(offer.key for offer in offerable(who.referral()) if offer.key == wanted)
    if not kinds:
        return False
    make_offer(who.referral_id, NewOffer(kinds), by=who.by("service-manager"), at=clock.now())
    _introduce(who)
    return True


def _introduce(who: Traveller) -> None:
    """After a panel, somebody meets the family for the first time."""
    _, route = who.route()
    visitor = allocated_to(who.referral_id)
    if route.decided_by != "panel" or visitor is None:
        return
    by, on = who.by("service-manager"), who.day + timedelta(days=3)
    visit = arrange(who.referral_id, Arranging(visitor, on, time(10), "At home"), by=by, on=who.day)
    if on <= _today() and who.chance.random() < 0.9:
        note = "The family showed us what their child likes to play with."
        record_introduction(who.referral_id, visit.id, Introduced("done", on, note, visit.version), by=by, on=on)


def _answer(who: Traveller) -> bool:
    offer = offers_to(who.referral_id)[-1]
    record_answer(offer.id, Answer("accepted", who.day, offer.version), by=who.by("service-manager"), at=clock.now())
    return True


def _allocate(who: Traveller) -> bool:
    policy, _ = who.route()
    _, edition = edition_of(who.referral().edition_id)
    if policy.support_pattern(edition.terms).volunteers and who.chance.random() < 0.4:
        who.visitor = "volunteer"
    entry, visitor = waiting_entry_of(who.referral_id), who.by(who.visitor).person_id
    if entry is None or visitor is None:
        return False
    allocate(entry.id, Allocate(visitor, who.day), by=who.by("service-manager"), at=clock.now())
    return True


def _visit(who: Traveller) -> bool:
    """A play plan, visits each fortnight, and what became of those that lie in the past."""
    episode, by = episode_of(who.referral().child_id), who.by("home-visitor")
    if episode is None:
        return False
    policy, edition = edition_of(who.referral().edition_id)
    pattern = policy.support_pattern(edition.terms)
    place = begin_in_setting(episode.id, who.day, by)
    plan = agree_plan(episode.id, Plan(who.day, "Mum and dad", who.chance.choice(words.CAN_DO)), by=by)
    goal = add_goal(plan.id, NewGoal(who.chance.choice(words.GOALS)))
    target = add_target(goal.id, NewTarget(*who.chance.choice(words.TARGETS)))
    play(episode.child_id, plan.id, target.id, who.day, _today(), by)
    at = time(who.chance.choice((9, 10, 11, 13, 14)), who.chance.choice((0, 30)))
    minutes = pattern.visit_minutes or 60
    starts_on = who.day + timedelta(days=max(0, 7 - who.day.weekday()) if who.day.weekday() > 4 else 0)  # a weekday
    visiting = who.by(who.visitor)
    in_terms = keeps_to_terms(policy, edition.terms)
    series = PlanVisits(starts_on, at, minutes, place, 2, 8, not in_terms, "term" if in_terms else "calendar")
    try:
        visits = plan_visits(episode.id, series, by=by, on=who.day)
    except NothingToPlan:  # the school terms in the council's files have run out
        return False
    db.session.commit()
    with clock.frozen(_hour(_today(), 8)):
        for visit in [visit for visit in visits if visit.planned_on < _today()]:
            _record(who, visit, tuple(e.key for e in pattern.elements), visiting)
    return True


def _record(who: Traveller, visit: Visit, elements: tuple[str, ...], by: Actor) -> None:
    happened = who.chance.random() < 0.85
    command = (
        Record(
            "done",
            visit.version,
            done_on=visit.planned_on,
            mode=visit.mode,
            elements=elements,
            how_it_went=who.chance.choice(words.HOW_IT_WENT),
            next_activity=who.chance.choice(words.NEXT_ACTIVITY),
        )
        if happened
        else Record("not-available", visit.version, reason="Nobody answered the door. A note was left.")
    )
    record_visit(visit.id, command, by=by, at=clock.now())


def _review(who: Traveller) -> bool:
    episode = episode_of(who.referral().child_id)
    if episode is None:
        return False
    done = sorted(row.planned_on for row in visits_of(episode.id) if row.status == "done")
    held_on = done[:3][-1] if done else who.day  # early on, so that the next one comes, or is overdue
    parent = carers_of(episode.child_id)[0].name
    view = who.chance.choice(words.PARENTS_VIEW)
    review = WriteReview(
        "interval", held_on, f"{parent}, the visitor", words.CELEBRATE, words.NEXT_FOCUS, None, view, parent
    )
    write_review(episode.id, review, by=who.by("home-visitor"), on=held_on)
    return True


def _hour(day: date, hour: int) -> datetime:
    """An hour of a day, never later than now: a demonstration may be started at night."""
    return min(datetime.combine(day, time(hour), clock.LONDON), datetime.now(clock.LONDON))


def _today() -> date:
    """The real day, also while the clock stands elsewhere."""
    return datetime.now(clock.LONDON).date()
