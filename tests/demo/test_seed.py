"""Invented families come in as real ones do, and stand everywhere along the road."""

import psycopg
from flask import Flask

from portage.accounts.models import Identity, IdentityProvider, Person, StaffCheck, Training
from portage.core.db import db
from portage.core.tenancy import scoped, tenant_scope
from portage.demo import seed
from portage.demo.personas import personas
from portage.demo.seed.notified import TOLD
from portage.demo.seed.staff import hire_personas
from portage.demo.seed.waiting_before import CHILDREN
from support.policies import COUNCILS, SHIPPED

NOTIFIED = {"leeds", "west-northants"}  # by their policy
FAMILIES = 12  # each step of the road once, and some twice


def test_the_families_of_the_demonstration_are_invented_and_stand_along_the_whole_road(
    app: Flask, db_admin: psycopg.Connection
) -> None:
    said: list[str] = []
    with app.app_context():
        seed.plant(said.append, families=FAMILIES)
        seed.plant(said.append, families=FAMILIES)
    assert len(said) == len(SHIPPED)  # the councils of the tests have no policy; a second planting adds nothing
    rows = db_admin.execute(
        "select t.slug, count(*), count(*) filter (where c.invented) from child c join tenant t on t.id = c.tenant_id "
        "group by 1 order by 1"
    ).fetchall()
    everybody = FAMILIES + len(CHILDREN)
    known = {slug: everybody + (len(TOLD) if slug in NOTIFIED else 0) for slug in sorted(SHIPPED)}
    assert rows == [(slug, number, number) for slug, number in known.items()]
    went = db_admin.execute(
        "select t.slug, n.state, n.first_words from notification n join tenant t on t.id = n.tenant_id"
    ).fetchall()
    assert {slug for slug, _, _ in went} == NOTIFIED
    assert {("leeds", "agreement", "none"), ("leeds", "followed", "none")} <= set(went)
    assert {("west-northants", "followed", "sent"), ("west-northants", "followed", "held")} <= set(went)
    places = db_admin.execute(
        "select t.slug, count(*), count(*) filter (where w.left_on is null) from waiting_entry w "
        "join tenant t on t.id = w.tenant_id where w.before_recorded_policy group by 1 order by 1"
    ).fetchall()
    assert places == [(slug, len(CHILDREN), len(CHILDREN) - 1) for slug in sorted(SHIPPED)]
    for slug in SHIPPED:
        stages = db_admin.execute(
            "select distinct stage from referral r join tenant t on t.id = r.tenant_id where t.slug = %s", (slug,)
        ).fetchall()
        assert len(stages) >= (5 if slug in COUNCILS else 4), (slug, stages)
    done = db_admin.execute("select count(*) from visit where status = 'done'").fetchone()
    assert done is not None
    assert done[0] > 10
    left = db_admin.execute(
        "select (select count(*) from review where family_agreed_on is not null), "
        "(select count(*) from review_due where due_on < current_date - 14), "
        "(select count(*) from transition_pack where status = 'issued')"
    ).fetchone()
    assert left is not None
    assert all(left), left  # reviews that both agreed, overdue ones, and what a nursery was told
    late = db_admin.execute("select count(*) from review where visitor_agreed_on <> held_on").fetchone()
    assert late == (0,)  # both agree on the day on which they sit together
    visiting = db_admin.execute(
        "select t.slug, count(distinct c.person_id), count(distinct c.person_id) filter (where exists "
        "(select from visit v where v.tenant_id = c.tenant_id and v.visitor_id = c.person_id "
        "and v.planned_on = current_date)) from caseload c join tenant t on t.id = c.tenant_id "
        "join role_grant r on r.tenant_id = c.tenant_id and r.person_id = c.person_id and r.role = 'home-visitor' "
        "join episode e on e.tenant_id = c.tenant_id and e.child_id = c.child_id and e.status = 'open' "
        "where c.kind = 'allocated' and c.until_on is null and not exists (select from area_membership a "
        "where a.tenant_id = c.tenant_id and a.person_id = c.person_id) group by 1"
    ).fetchall()
    assert {slug for slug, *_ in visiting} >= set(COUNCILS)  # also where there are area teams, somebody visits anywhere
    assert all(people == busy for _, people, busy in visiting), visiting  # with a visit to look at today
    phones = db_admin.execute(
        "select (select count(*) from record_conflict where settled_at is null), "
        "(select count(*) from phone where ended_at is not null), "
        "(select count(*) from family_note where visit_id is not null)"
    ).fetchone()
    assert phones is not None
    assert min(phones) >= len(COUNCILS), phones  # visits recorded twice, phones to be wiped, words told on visits


def test_who_signed_in_before_the_families_came_is_trained_and_checked_like_the_others(
    app: Flask, db_admin: psycopg.Connection
) -> None:
    """The pages are there before the families, and somebody may look at once."""
    row = db_admin.execute("select id from tenant where slug = 'leeds'").fetchone()
    assert row is not None
    with app.app_context(), tenant_scope(row[0], "system:demo"):
        provider = db.session.scalars(scoped(IdentityProvider).order_by(IdentityProvider.key)).all()[0]
        told = next(each for each in personas("leeds", provider.rules["groups"]) if each.role == "home-visitor")
        visitor = Person(name=told.name)
        db.session.add(visitor)
        db.session.flush()
        known = {"provider_id": provider.id, "issuer": provider.issuer, "subject": told.sub}
        db.session.add(Identity(**known, person_id=visitor.id))
        db.session.commit()
        assert hire_personas("leeds").one("home-visitor").person_id == visitor.id
        hire_personas("leeds")
        for kept in (Training, StaffCheck):
            assert len(db.session.scalars(scoped(kept).where(kept.person_id == visitor.id)).all()) == 1


def test_what_some_councils_run_beside_home_visits_is_shown_where_their_policy_has_it(
    app: Flask, db_admin: psycopg.Connection
) -> None:
    with app.app_context():
        seed.plant(lambda _: None, "west-northants", families=36)
        seed.plant(lambda _: None, "leeds", families=4)
    here = "select t.slug, count(*) from {} x join tenant t on t.id = x.tenant_id group by 1"
    for table in ("stamp", "forward_meeting", "meeting_agreement", "school_start", "setting_work", "setting_help"):
        found = dict(db_admin.execute(here.format(table)).fetchall())
        assert set(found) == {"west-northants"}, table
    assert db_admin.execute("select count(*) from forward_meeting where status = 'held'").fetchone() == (1,)
    modes = db_admin.execute(
        "select distinct v.mode from visit v join episode e on e.tenant_id = v.tenant_id and e.id = v.episode_id "
        "join referral r on r.tenant_id = e.tenant_id and r.id = e.referral_id where r.route = 'setting-support'"
    ).fetchall()
    assert modes == [("setting",)]
