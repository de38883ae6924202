"""A child's record: carers and safe contact, permissions to share, and what is restricted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import psycopg

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.families.access import give_reason, put_on_caseload
from portage.families.permissions import NewMark, may_share, record_mark
from support.forms import form_to, send
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]


def test_the_second_of_two_changes_to_a_carer_sees_both_versions(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds")
    first, second = sign_in("leeds", "service-manager"), sign_in("leeds", "team-administrator")
    address = f"/children/{family.child_id}/carers/{family.carer_id}"
    mine, late = form_to(first.client.get(address), address), form_to(second.client.get(address), address)
    assert send(first.client, mine, {"telephone": "01632 960 001", "email_is_safe": []}).status_code == 303
    answer = send(second.client, late, {"telephone": "01632 960 002"})
    assert answer.status_code == 409
    for words in ("Somebody else changed this", "01632 960 001", "01632 960 002"):
        assert words in answer.text
    assert db_admin.execute("select telephone, email_is_safe from carer").fetchone() == ("01632 960 001", False)
    assert 'href="tel:01632960001"' in first.client.get(f"/children/{family.child_id}").text
    unsafe = form_to(first.client.get(address), address)
    assert send(first.client, unsafe, {"telephone_is_safe": []}).status_code == 303
    page = first.client.get(f"/children/{family.child_id}").text
    assert "Do not telephone: it is not safe" in page
    assert "tel:01632960001" not in page


def test_a_form_that_is_opened_and_sent_changes_nothing(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    address = f"/children/{family.child_id}/carers/{family.carer_id}"
    before = db_admin.execute("select to_jsonb(carer) - 'version' from carer").fetchall()
    answer = send(manager.client, form_to(manager.client.get(address), address))
    assert answer.status_code == 303, answer.text
    assert db_admin.execute("select to_jsonb(carer) - 'version' from carer").fetchall() == before


def test_a_carer_of_another_child_is_not_under_this_one(sign_in: SignIn, request_of: RequestOf) -> None:
    one, other = request_of("leeds"), request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    assert manager.client.get(f"/children/{one.child_id}/carers/{other.carer_id}").status_code == 404


def test_another_carer_is_added(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    address = f"/children/{family.child_id}/carers/new"
    form = form_to(manager.client.get(address), address)
    assert send(manager.client, form, {"name": "", "relationship_to_child": "uncle"}).status_code == 422
    assert send(manager.client, form, {"name": "Uli Canary", "relationship_to_child": "uncle"}).status_code == 303
    assert "Uli Canary, uncle" in manager.client.get(f"/children/{family.child_id}").text


def test_each_answer_about_sharing_stays_and_the_last_one_holds(
    sign_in: SignIn, request_of: RequestOf, council: Council, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire")
    visitor = sign_in("lancashire", "service-manager")
    address = f"/children/{family.child_id}/permissions"

    def say(answer: str) -> int:
        form = form_to(visitor.client.get(address), address)
        typed = {"question": "physiotherapist", "answer": answer, "answered_by": "Sam", "how": "In person"}
        return send(visitor.client, form, typed).status_code

    for answer, shared in (("yes", True), ("withdrawn", False), ("yes", True), ("no", False)):
        assert say(answer) == 303
        with council("lancashire"):
            assert may_share(family.child_id, "Physiotherapist", "share") is shared
            assert may_share(family.child_id, "Occupational therapist", "share") is False
    assert say("maybe") == 422
    assert db_admin.execute("select count(*) from sharing_permission").fetchone() == (4,)
    page = visitor.client.get(f"/children/{family.child_id}")
    assert "Not asked yet" in page.text
    assert "Before: yes" in page.text


def test_a_question_that_the_policy_does_not_ask_is_refused(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    address = f"/children/{family.child_id}/permissions"
    form = form_to(manager.client.get(address), address)
    typed = {"question": "the-press", "answer": "yes", "answered_by": "Sam", "how": "In person"}
    assert send(manager.client, form, typed).status_code == 422


def test_restricted_facts_are_seen_by_managers_and_the_allocated_visitor_alone(
    sign_in: SignIn, request_of: RequestOf, council: Council
) -> None:
    family = request_of("leeds")
    secret = "Canary-social-worker-Nia"
    manager, administrator = sign_in("leeds", "service-manager"), sign_in("leeds", "team-administrator")
    allocated, cover, assessor, stranger = (sign_in("leeds", "home-visitor") for _ in range(4))
    with council("leeds"):
        record_mark(family.child_id, NewMark("child-protection", date(2026, 1, 5), None, secret), by=SYSTEM)
        for person, kind in ((allocated, "allocated"), (cover, "cover"), (assessor, "assessor")):
            put_on_caseload(family.child_id, person.id, kind, from_on=clock.today(), by=SYSTEM)
        give_reason(family.child_id, stranger.id, "The family telephoned me.", at=clock.now())
        db.session.commit()
    pages = (f"/children/{family.child_id}", f"/referrals/{family.referral_id}")
    for person in (manager, allocated, cover):
        assert secret in person.client.get(pages[0]).text
        assert "child protection plan" in person.client.get(pages[1]).text
        assert person.client.get(f"{pages[0]}/marks").status_code == 200
    for person in (administrator, assessor, stranger):
        for path in pages:
            page = person.client.get(path)
            assert page.status_code == 200
            assert secret not in page.text
            assert "child protection" not in page.text.lower()
        assert person.client.get(f"{pages[0]}/marks").status_code == 403


def test_a_restricted_fact_is_recorded_and_ended(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    address = f"/children/{family.child_id}/marks"
    assert send(manager.client, form_to(manager.client.get(address), address), {"kind": "x"}).status_code == 422
    form = form_to(manager.client.get(address), address)
    assert send(manager.client, form, {"kind": "looked-after"}).status_code == 303
    (mark_id,) = db_admin.execute("select id from child_mark").fetchone() or (None,)
    page = manager.client.get(f"/children/{family.child_id}")
    assert send(manager.client, form_to(page, f"{address}/{mark_id}/end")).status_code == 303
    assert db_admin.execute("select until_on from child_mark").fetchone() == (clock.today(),)


def test_the_record_links_to_the_requests(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    page = sign_in("leeds", "service-manager").client.get(f"/children/{family.child_id}")
    assert f'href="/referrals/{family.referral_id}"' in page.text
