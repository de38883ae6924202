"""Every page and form of the service as a volunteer: what is named here answers, and nothing else does.

The pages are those of the application itself, so that one that comes later is closed to volunteers until it is named.
"""

from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from portage.core import clock
from portage.core.access import Audience, Role, permissions_of
from portage.core.db import db
from portage.core.routes import Declaration, declaration_of
from portage.offline.models import RecordConflict
from support.episodes import Council, SignIn, Supported, SupportedOf, visit_on
from support.people import Hired
from support.prober import TABLES, Door, doors

SLUG = "west-northants"
OWN = {  # a volunteer's own pages
    "GET /my-families", "GET /my-families/<uuid:child_id>", "GET /my-families/<uuid:child_id>/concern",
    "POST /my-families/<uuid:child_id>/concern", "GET /my-visits/<uuid:visit_id>",
    "POST /my-visits/<uuid:visit_id>/arrived", "POST /my-visits/<uuid:visit_id>/left",
    "POST /my-visits/<uuid:visit_id>/record", "POST /app/phones", "POST /app/records",
    "GET /my-visits/calendar", "POST /my-visits/calendar", "POST /my-visits/calendar/revoke",
    "GET /record-conflicts/<uuid:record_conflict_id>", "POST /record-conflicts/<uuid:record_conflict_id>",
    "GET /out-and-safe", "POST /out-and-safe/<uuid:visit_id>",
}  # fmt: skip
EVERYBODYS = {  # what everybody who signs in has, of which none holds a family's data
    "GET /start", "GET /today", "POST /alerts/<uuid:alert_id>/seen", "GET /policy", "GET /policy/compare",
    "GET /policy/drafts/<uuid:draft_id>", "GET /telephone-numbers", "POST /telephone-numbers",
}  # fmt: skip
WORDS = ("Canarychild", "/children/", "/episodes/", "/referrals/", "/caseload", "export", "/worklist")


@pytest.fixture
def volunteer(sign_in: SignIn) -> Hired:
    """A volunteer whose checks are in date."""
    return sign_in(SLUG, "volunteer", name="Vic Volunteer")


@pytest.fixture
def case(supported_of: SupportedOf, volunteer: Hired, council: Council) -> Supported:
    """A family that is given to the volunteer, with a visit today."""
    made = supported_of(SLUG, visitor=volunteer)
    with council(SLUG):
        visit_id = visit_on(made, clock.today())
        fields = {"status": "done", "done_on": clock.today().isoformat(), "how_it_went": "We sang.", "version": 1}
        twice = {"visit_id": visit_id, "sent_by": volunteer.id, "written_at": clock.now()}
        db.session.add(RecordConflict(**twice, ours=fields, theirs=fields))
        db.session.commit()
    return made


def staff_doors(app: Flask) -> list[Door]:
    """Every page and form for people who sign in."""
    return [door for door in doors(app) if door.declared.audience is Audience.STAFF and door.method != "HEAD"]


def rows_of(admin: psycopg.Connection, tenant_id: UUID, noun: str, case: Supported) -> UUID:
    """The id of a row of the council, the volunteer's own family first; one that nobody has where there is none."""
    own = {"child_id": case.child_id, "episode_id": case.episode_id, "referral_id": case.referral_id}
    if noun in own:
        return own[noun]
    name = TABLES.get(noun, noun.removesuffix("_id"))
    if admin.execute("select to_regclass(%s)", (name,)).fetchone() == (None,):
        return uuid4()  # rows that go by another name: what matters here is that permission is refused before
    table = sql.Identifier(name)
    found = admin.execute(sql.SQL("select id from {} where tenant_id = %s limit 1").format(table), (tenant_id,))
    row = found.fetchone()
    return row[0] if row else uuid4()


def test_the_permissions_of_a_volunteer_lead_to_their_own_pages_and_to_those_of_everybody(app: Flask) -> None:
    can = permissions_of(frozenset({Role.VOLUNTEER}))
    allowed = {str(door) for door in staff_doors(app) if door.declared.can in can}
    assert allowed == OWN | EVERYBODYS


def test_nothing_but_their_own_pages_answers_a_volunteer(
    app: Flask, case: Supported, volunteer: Hired, db_admin: psycopg.Connection, shipped: dict[str, UUID]
) -> None:
    opened, told = set(), []
    for door in staff_doors(app):
        ids = tuple(rows_of(db_admin, shipped[SLUG], noun, case) for noun in door.nouns)
        answer = volunteer.client.open(door.at(ids), method=door.method)
        declared = declaration_of(app, door.endpoint)
        assert isinstance(declared, Declaration)
        if answer.status_code == 403 and door.method == "POST" and str(door) in OWN | EVERYBODYS:
            opened.add(str(door))  # the form's token is missing here; what matters is that permission was not
        elif answer.status_code in (200, 302, 303, 422):
            opened.add(str(door))
            told += [(str(door), word) for word in WORDS if word in answer.get_data(as_text=True)]
        else:
            assert answer.status_code in (403, 404), (str(door), answer.status_code)
    assert opened <= OWN | EVERYBODYS
    assert opened >= OWN
    assert told == []


def test_a_volunteer_whose_check_has_lapsed_keeps_two_pages_of_their_own_without_any_family(
    app: Flask, case: Supported, volunteer: Hired, db_admin: psycopg.Connection, shipped: dict[str, UUID],
    council: Callable[..., object],
) -> None:  # fmt: skip
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update volunteer_check set counts_from = counts_from - 4000")
    opened = set()
    for door in staff_doors(app):
        ids = tuple(rows_of(db_admin, shipped[SLUG], noun, case) for noun in door.nouns)
        answer = volunteer.client.open(door.at(ids), method=door.method)
        if answer.status_code in (200, 302, 303, 422):
            opened.add(str(door))
            page = answer.get_data(as_text=True)
            assert "Kit" not in page, str(door)
            assert str(case.child_id) not in page or door.rule == "/today", str(door)
    assert "GET /my-families" in opened
    assert opened <= {"GET /my-families", "GET /out-and-safe"} | EVERYBODYS
