"""A band never misses a request that an edit changes: over drawn edits and drawn requests, and out of the database."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.test_properties import delays, maybe
from policies.test_terms import LEFT_OUT, steps, with_term
from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.policy import (
    EVIDENCE_KEYS,
    AgeLimit,
    DelayInAreas,
    Edition,
    EditionInvalid,
    Facts,
    Known,
    Measured,
    Policy,
)
from portage.policy.alike import alike
from portage.policy.bands import EVERY_REQUEST, Bands, Strip
from portage.policy.determination import Determination, Plan
from portage.policy.plugin import RouteShape
from portage.policy.rules import DelayByAge, DelayFigure, age_up_to
from portage.previews import cases
from portage.previews.cases import Group
from portage.previews.comparing import Judge, compare
from portage.previews.models import Preview
from portage.previews.planning import Planned, Planner
from support.judged_rows import seed
from support.lengths import examples
from support.policies import all_editions, council, every_knob
from support.previews import DraftOf, PreviewOf, found, plainly

Within = Callable[..., AbstractContextManager[UUID]]
EDITIONS = [*all_editions(), every_knob()]
FIRST, LAST = date(2025, 3, 1), date(2027, 3, 1)
STAGES = ("new", "to-decide", "waiting", "supported", "closed")


def edited(draw: st.DrawFn, policy: Policy[Any], edition: Edition) -> Edition:
    """The edition with up to three of its conditions changed by a step, or by many; a step to nowhere is none."""
    conditions = policy.terms_schema.fields["terms"].schema.fields["eligibility"].schema  # type: ignore[attr-defined] # nested
    changed = edition
    for _ in range(draw(st.integers(1, 3))):
        stated = changed.given["terms"]["eligibility"]
        path, values = draw(st.sampled_from([*steps(conditions, stated, ("eligibility",))]))
        value = draw(st.sampled_from(values)) if values else LEFT_OUT
        if isinstance(value, int) and not isinstance(value, bool):
            value += draw(st.integers(-12, 12))
        with suppress(EditionInvalid):
            changed = policy.edition(edition.tenant, with_term(changed, path, value))
    return changed


def facts_for(draw: st.DrawFn, policy: Policy[Any], shape: RouteShape) -> dict[str, Any]:
    """A request by a route, with anything known or not."""
    received = draw(st.dates(FIRST, LAST))
    born = received - timedelta(days=draw(st.integers(0, 2500)))
    given: dict[str, Any] = {
        "received_on": received.isoformat(), "route": shape.key, "referrer": draw(st.sampled_from(shape.referrers)),
        "agreement": {"parent": draw(maybe), "home_based": draw(maybe)},
        "evidence": draw(st.lists(st.sampled_from(sorted(EVIDENCE_KEYS)), max_size=2)),
        "child": {
            "date_of_birth": born.isoformat(), "lives_in_area": draw(maybe), "significant_need": draw(maybe),
            "setting_hours": draw(st.none() | st.integers(0, 40)), "delay": draw(delays(born, received)),
            "reception_ends_on": draw(
                st.none() | st.dates(born + timedelta(days=1), date(2033, 1, 1)).map(date.isoformat)
            ),
        },
    }  # fmt: skip
    for fact in policy.extra_facts:
        value = draw({"yes-no": maybe, "number": st.none() | st.integers(0, 60)}.get(fact.kind, st.none()))
        part, _, name = fact.path.rpartition(".")
        (given.setdefault(part, {}) if part else given)[name] = value
    return given


def inside(group: Group, given: Mapping[str, Any], judged: Determination, stage: str) -> bool:
    """Whether a request is in a group, by what is stored of it."""
    return stage in group.stages or any(_inside(strip, given, judged) for strip in group.band)


def _inside(strip: Strip, given: Mapping[str, Any], judged: Determination) -> bool:
    for path in strip.states:
        at: Any = given
        for name in path.split("."):
            at = at.get(name)
        if at is None:
            return False
    if strip.limits is not None and judged.ages_out_on in strip.limits:
        begins, ends = strip.limits[judged.ages_out_on]
        if not begins <= judged.facts.received_on < ends:
            return False
    least = strip.least_areas is None or judged.delayed_areas >= strip.least_areas
    return least and (strip.most_areas is None or judged.delayed_areas <= strip.most_areas)


@st.composite
def previewed(draw: st.DrawFn) -> tuple[Judge, Judge, str, list[tuple[dict[str, Any], str]]]:
    """An edition, an edit of it, a route, and requests by it with their stages."""
    policy, edition = EDITIONS[draw(st.integers(0, len(EDITIONS) - 1))]
    shape = draw(st.sampled_from(policy.shapes_of(edition.terms)))
    requests = [(facts_for(draw, policy, shape), draw(st.sampled_from(STAGES))) for _ in range(4)]
    return Judge.of(policy, edition), Judge.of(policy, edited(draw, policy, edition)), shape.key, requests


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[*HealthCheck])
@given(previewed())
def test_no_request_that_an_edit_changes_is_outside_its_band(
    drawn: tuple[Judge, Judge, str, list[tuple[dict[str, Any], str]]],
) -> None:
    own, draft, route, requests = drawn
    group = _group(own, draft, route)
    for facts, stage in requests:
        read, difference = compare(own, draft, facts, stage)
        if difference is not None:
            assert inside(group, facts, own.judge(read), stage), difference


SOME_AREAS = ("physical", "hearing", "vision", "speech-and-language")
subsets = st.frozensets(st.sampled_from(SOME_AREAS), min_size=1)
figures = st.builds(
    lambda percent, more: DelayFigure(((percent, 100, ""),), None, more), st.sampled_from([30, 50]), st.booleans()
)
among = st.one_of(st.just(frozenset()), subsets)
delay_rules = st.one_of(
    st.builds(DelayInAreas, st.just("X-1"), st.sampled_from([30, 50, 70]), st.integers(1, 4), subsets),
    st.builds(
        lambda figure, *rest: DelayByAge("X-1", ((0, figure),), *rest), figures, st.integers(1, 4), subsets, among
    ),
)
measured = st.none() | st.sampled_from([20, 30, 40, 50, 60, 80]).map(lambda percent: Measured(percent, 100, ""))
found_delays = st.none() | st.dictionaries(st.sampled_from(SOME_AREAS), measured)


@settings(max_examples=examples(600), deadline=None)
@given(delay_rules, delay_rules, st.lists(found_delays, min_size=5, max_size=5))
def test_no_request_that_another_figure_of_delay_changes_is_outside_its_band(
    was: Any, now: Any, delays: list[dict[str, Measured | None] | None]
) -> None:
    before, after = (Plan((rule,), "eligible", (), {}) for rule in (was, now))
    band = Bands((FIRST, FIRST)).between(before, after)
    for delay in delays:
        facts = Facts(LAST, "", "", FIRST, delay=delay)
        if was.test(facts) is not now.test(facts):
            counted = sum(
                1 for area, one in (delay or {}).items() if one and area in was.areas and was.reaches(facts, one)
            )
            judged: Any = SimpleNamespace(delayed_areas=counted)
            assert any(_inside(strip, {"child": {"delay": delay}}, judged) for strip in band)


def _group(own: Judge, draft: Judge, route: str) -> Group:
    """The group of one route, as the planner tells it for a stored edition."""
    planner = Planner(draft, Bands((FIRST - timedelta(days=2920), LAST)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portage.previews.planning.edition_by_id", lambda _: (own.policy, own.edition))
        return planner.group(Planned(UUID(int=0), (route,)))


@pytest.mark.parametrize(("policy", "edition"), EDITIONS, ids=[f"{e.tenant} {e.title}" for _, e in EDITIONS])
def test_an_edition_written_down_again_changes_nobody(policy: Policy[Any], edition: Edition) -> None:
    again = policy.edition(edition.tenant, copy.deepcopy(dict(edition.given)))
    bands = Bands((date(2020, 1, 1), LAST))
    for route, plan in edition.plans.items():
        assert bands.between(plan, again.plans[route]) == ()


def test_other_words_of_the_same_test_are_alike_and_another_figure_is_not() -> None:
    assert alike(dataclasses.replace(age_up_to("X-1", 30), states="Other words."), age_up_to("X-1", 30))
    assert not alike(age_up_to("X-1", 30), age_up_to("X-1", 31))
    one, other = (Known("X-2", "", "p", read, "", "", "") for read in (lambda f: f.lives_in_area, lambda f: None))
    assert not alike(one, other)
    areas = frozenset({"physical"})
    assert not alike(DelayInAreas("X-3", 50, 2, areas), DelayInAreas("X-3", 50, 1, areas))


def test_a_rule_that_asks_for_more_than_a_date_of_birth_is_judged_for_everybody() -> None:
    (edition,) = council("lancashire").published
    plan = edition.plans["portage-form"]

    def own_way(facts: Facts) -> date:
        return date(2030, 1, 1) if facts.lives_in_area else date(2029, 1, 1)

    odd = AgeLimit("LAN-01-age", "", "", own_way)
    changed = dataclasses.replace(plan, rules=(odd, *plan.rules[1:]))
    assert Bands((FIRST, LAST)).between(plan, changed) == EVERY_REQUEST


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("leeds", {"eligibility.age.oldest.age": 24}),
    ("leeds", {"eligibility.delay.percent": 70}),
    ("leeds", {"eligibility.delay.percent": 30, "eligibility.delay.in_areas": 3}),
    ("lancashire", {"eligibility.age.until.birthday": 4}),
    ("west-northants", {"eligibility.reception_turns": 4, "eligibility.evidence": ["asq"]}),
    ("portsmouth", {"eligibility.age": {"oldest": {"age": 2, "unit": "years", "last_day": "before"}}}),
    (
        "portsmouth",
        {
            "eligibility.delay": {
                "months": 9,
                "compared": "at-least",
                "in_areas": 1,
                "areas_compared": "at-least",
                "areas": ["physical", "speech-and-language"],
            }
        },
    ),
    (
        "lincoln-st-christophers",
        {"eligibility.age": {"oldest": {"age": 3, "unit": "years", "last_day": "before"}, "looks_again": ["support"]}},
    ),
    ("leeds", {"offers.home-visits.name": "Home visiting"}),
]


@pytest.mark.parametrize(("slug", "changes"), CHANGES)
def test_the_database_finds_what_judging_every_request_finds(
    slug: str, changes: dict[str, Any], council: Within, shipped: dict[str, UUID], db_admin: psycopg.Connection,
    draft_of: DraftOf, preview_of: PreviewOf,
) -> None:  # fmt: skip
    seed(db_admin, slug, shipped[slug], 250, today=clock.today())
    draft = draft_of(slug, changes)
    preview_id = preview_of(slug, draft)
    with council(slug):
        preview, changed = found(preview_id)
        assert preview.status == "done"
        assert preview.total == 250
        assert changed == plainly(draft)
        assert (len(changed) > 0) is ("offers.home-visits.name" not in changes)


ODDLY_STORED = {
    "no-outcome": "outcome = null",
    "for-a-person": "outcome = 'needs-a-person'",
    "no-limit": "limit_on = null",
    "limit-before-the-list": "limit_on = '1990-01-01'",
    "limit-after-the-list": "limit_on = '2090-01-01'",
    # Thirty months after the 28 days of February come 28 days of August: no child is too old from the 31st on.
    "limit-that-no-birth-has": "limit_on = '2027-08-31'",
}


@pytest.mark.parametrize("how", ODDLY_STORED)
def test_a_request_of_which_too_little_is_stored_is_judged_again(
    how: str, council: Within, shipped: dict[str, UUID], db_admin: psycopg.Connection, draft_of: DraftOf,
    preview_of: PreviewOf,
) -> None:  # fmt: skip
    seed(db_admin, "leeds", shipped["leeds"], 40, today=clock.today())
    draft = draft_of("leeds", {"eligibility.age.oldest.age": 24})
    preview_id = preview_of("leeds", draft)
    with council("leeds"):
        before = _judged_again(preview_id)
    # A request that arrived long after the child had grown too old, which no change of the age limit can touch.
    db_admin.execute("set session_replication_role = replica")  # past the trail, which this is not about
    odd = db_admin.execute(
        f"update referral set {ODDLY_STORED[how]} where reference = (select min(reference) from referral "  # noqa: S608 - literals above
        "where tenant_id = %s and stage = 'closed' and received_on > limit_on + 300) returning reference",
        (shipped["leeds"],),
    ).fetchone()
    db_admin.execute("set session_replication_role = origin")
    assert odd is not None
    with council("leeds"):
        assert odd[0] not in before
        assert _judged_again(preview_id) == before | {odd[0]}


def _judged_again(preview_id: UUID) -> set[str]:
    """Which requests the database gives for judging."""
    preview = db.session.scalars(scoped(Preview).where(Preview.id == preview_id)).one()
    draft = Judge.by(preview.edition_id)
    assert draft is not None
    scope = cases.Scope(preview.since, preview.asked_at)
    with cases.reading() as session:
        groups = Planner.of(draft, scope.since, scope.known_at.date()).plan(cases.counted(session, scope))
        return {row.reference for group in groups for row in cases.candidates(session, scope, group, None)}
