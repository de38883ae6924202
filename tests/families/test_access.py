"""Who may open whose record: caseload, area team, an agenda, or a reason; never another council's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.families.access import put_on_caseload
from portage.families.models import Child
from portage.tenants.models import Area
from support.forms import form_to, send
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]


def give(council: Council, slug: str, child_id: UUID, person_id: UUID, kind: str, first: int, last: int | None) -> None:
    """Put a child on a caseload from and until so many days from today."""
    today = clock.today()
    with council(slug):
        until = None if last is None else today + timedelta(days=last)
        put_on_caseload(child_id, person_id, kind, from_on=today + timedelta(days=first), until_on=until, by=SYSTEM)
        db.session.commit()


def area_key(council: Council, slug: str, child_id: UUID) -> str:
    """The key of a child's area team."""
    with council(slug):
        area_id = db.session.scalars(scoped(Child).where(Child.id == child_id)).one().area_id
        return db.session.scalars(scoped(Area).where(Area.id == area_id)).one().key


@pytest.mark.parametrize(
    ("kind", "first", "last", "opens"),
    [
        ("allocated", -1, None, True),
        ("allocated", 1, None, False),
        ("allocated", -9, -1, False),
        ("allocated", -9, 0, True),
        ("cover", 0, 3, True),
        ("cover", 1, 3, False),
        ("assessor", 0, None, True),
    ],
)
def test_a_visitor_opens_their_caseload_while_it_lasts(
    sign_in: SignIn, request_of: RequestOf, council: Council, kind: str, first: int, last: int | None, opens: bool
) -> None:
    family = request_of("leeds")
    visitor = sign_in("leeds", "home-visitor")
    give(council, "leeds", family.child_id, visitor.id, kind, first, last)
    answer = visitor.client.get(f"/children/{family.child_id}")
    assert answer.status_code == (200 if opens else 303)
    if not opens:
        assert answer.headers["Location"].startswith(f"/children/{family.child_id}/reason?next=")


def test_a_reason_opens_the_record_for_eight_hours_and_the_managers_read_it(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds")
    visitor, manager = sign_in("leeds", "home-visitor", name="Vi Visitor"), sign_in("leeds", "service-manager")
    wanted = f"/referrals/{family.referral_id}"
    asked = visitor.client.get(wanted)
    assert asked.status_code == 303
    page = visitor.client.get(asked.headers["Location"])
    assert "Canarychild" not in page.text
    address = f"/children/{family.child_id}/reason"
    assert send(visitor.client, form_to(page, address), {"reason": " "}).status_code == 422
    assert send(visitor.client, form_to(page, address), {"reason": "because"}).status_code == 422
    answer = send(visitor.client, form_to(page, address), {"reason": "Covering for Ann, who is ill today."})
    assert (answer.status_code, answer.headers["Location"]) == (303, wanted)
    assert visitor.client.get(wanted).status_code == 200

    assert "Vi Visitor opened a record beyond their own cases." in manager.client.get("/today").text
    listed = manager.client.get("/access-reasons")
    assert "Covering for Ann, who is ill today." in listed.text
    (reason_id,) = db_admin.execute("select id from access_reason").fetchone() or (None,)
    assert send(manager.client, form_to(listed, f"/access-reasons/{reason_id}/seen")).status_code == 303
    assert db_admin.execute("select seen_by from access_reason").fetchone() == (manager.id,)
    told = db_admin.execute("select detail::text from audit_event where action = 'access.reason-given'").fetchall()
    assert len(told) == 1
    assert "Ann" not in told[0][0]

    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update access_reason set until = now() - interval '1 second'")
    assert visitor.client.get(wanted).status_code == 303


def test_a_reason_leads_only_to_pages_of_this_service(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    visitor = sign_in("leeds", "home-visitor")
    address = f"/children/{family.child_id}/reason"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:1"):
        page = visitor.client.get(address, query_string={"next": elsewhere})
        answer = send(visitor.client, form_to(page, address), {"reason": "The family telephoned me."})
        assert answer.headers["Location"] == f"/children/{family.child_id}"


def test_managers_open_their_area_and_say_why_beyond_it(
    sign_in: SignIn, request_of: RequestOf, council: Council
) -> None:
    near, far = request_of("lancashire", postcode="BB9 1AA"), request_of("lancashire", postcode="LA1 1AA")
    own = area_key(council, "lancashire", near.child_id)
    for role in ("service-manager", "team-administrator"):
        person = sign_in("lancashire", role, areas=[own])
        assert person.client.get(f"/children/{near.child_id}").status_code == 200
        assert person.client.get(f"/referrals/{far.referral_id}").status_code == 303
    everywhere = sign_in("lancashire", "service-manager")
    assert everywhere.client.get(f"/children/{far.child_id}").status_code == 200


def test_a_child_without_an_area_is_open_to_every_manager(sign_in: SignIn, request_of: RequestOf) -> None:
    nowhere = request_of("lancashire", postcode="ZZ1 1ZZ")
    near = sign_in("lancashire", "team-administrator", areas=["east"])
    assert near.client.get(f"/children/{nowhere.child_id}").status_code == 200


def test_a_volunteer_opens_only_families_given_to_them_and_is_never_asked_why(
    sign_in: SignIn, request_of: RequestOf, council: Council
) -> None:
    given, other = request_of("west-northants"), request_of("west-northants")
    volunteer = sign_in("west-northants", "volunteer")
    give(council, "west-northants", given.child_id, volunteer.id, "allocated", -1, None)
    assert volunteer.client.get(f"/my-families/{given.child_id}").status_code == 200
    assert volunteer.client.get(f"/my-families/{other.child_id}").status_code == 404
    for child_id in (given.child_id, other.child_id):
        for path in ("", "/reason"):
            assert volunteer.client.get(f"/children/{child_id}{path}").status_code == 403


def test_a_volunteers_families_are_no_way_into_a_record_whatever_other_role_they_hold(
    sign_in: SignIn, request_of: RequestOf, council: Council
) -> None:
    given = request_of("west-northants", route="moving-forwards")
    both = sign_in("west-northants", "volunteer", "panel-member")
    give(council, "west-northants", given.child_id, both.id, "allocated", -1, None)
    assert both.client.get(f"/my-families/{given.child_id}").status_code == 200
    asked = both.client.get(f"/children/{given.child_id}")
    assert asked.status_code == 303
    assert asked.headers["Location"].startswith(f"/children/{given.child_id}/reason?next=")


def test_a_panel_member_opens_what_is_on_the_agenda(sign_in: SignIn, request_of: RequestOf) -> None:
    on_agenda = request_of("west-northants")
    elsewhere = request_of("west-northants", route="moving-forwards")
    member = sign_in("west-northants", "panel-member")
    assert member.client.get(f"/referrals/{on_agenda.referral_id}").status_code == 200
    assert member.client.get(f"/referrals/{elsewhere.referral_id}").status_code == 303


@pytest.mark.parametrize("role", ["auditor", "tenant-administrator"])
def test_roles_without_case_work_open_no_record(sign_in: SignIn, request_of: RequestOf, role: str) -> None:
    family = request_of("leeds")
    assert sign_in("leeds", role).client.get(f"/children/{family.child_id}").status_code == 403


def test_another_councils_child_and_no_child_answer_alike(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    manager = sign_in("lancashire", "service-manager")
    for child_id in (family.child_id, UUID(int=7)):
        for path in ("", "/reason", "/permissions", "/marks", "/carers/new"):
            assert manager.client.get(f"/children/{child_id}{path}").status_code == 404, path
