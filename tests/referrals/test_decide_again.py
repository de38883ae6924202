"""Another look by another person, and opening an ended case again."""

import psycopg

from support.forms import form_to, send
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

MET = {"child": {"significant_need": True}}
NO = {"outcome": "declined", "reason": OWN_WORDS, "may_help_instead": "The family hub on Mill Street."}


def decline(person: Hired, address: str) -> int:
    """Open the page and decline."""
    form = form_to(person.client.get(f"{address}/decide"), f"{address}/decide")
    return send(person.client, form, NO).status_code


def test_another_look_is_decided_by_another_person(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    address = f"/referrals/{family.referral_id}"
    first, second = sign_in("lancashire", "service-manager"), sign_in("lancashire", "service-manager")
    office = sign_in("lancashire", "team-administrator")
    assert decline(first, address) == 303
    assert db_admin.execute("select stage, closed_on is not null from referral").fetchone() == ("declined", True)

    form = form_to(office.client.get(f"{address}/second-look"), f"{address}/second-look")
    typed = {"asked_by": "Sam Canarychild, mother", "why": "The new report was not read."}
    assert send(office.client, form, typed).status_code == 303
    assert "Another look was asked for" in second.client.get("/today").text
    assert "The new report was not read." in second.client.get(f"{address}/decide").text

    same = form_to(first.client.get(f"{address}/decide"), f"{address}/decide")
    refused = send(first.client, same, {"outcome": "accepted", "reason": OWN_WORDS})
    assert refused.status_code == 422
    assert "Somebody else has to look at it this time" in refused.text

    other = form_to(second.client.get(f"{address}/decide"), f"{address}/decide")
    assert send(second.client, other, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 303
    assert db_admin.execute(
        "select l.answered_by_decision = d.id, d.looks_again_at = l.decision_id "
        "from second_look l join decision d on d.looks_again_at is not null"
    ).fetchall() == [(True, True)]
    assert db_admin.execute("select stage, closed_on from referral").fetchone() == ("to-offer", None)


def test_an_ended_case_is_opened_again_with_a_reason_that_stands_in_its_history(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    address = f"/referrals/{family.referral_id}"
    manager = sign_in("lancashire", "service-manager")
    assert decline(manager, address) == 303
    form = form_to(manager.client.get(f"{address}/reopen"), f"{address}/reopen")
    assert send(manager.client, form, {"reopen_reason": ""}).status_code == 422
    assert send(manager.client, form, {"reopen_reason": "The family moved back."}).status_code == 303
    assert "Opened again: The family moved back." in manager.client.get(address).text
    assert db_admin.execute("select stage from referral").fetchone() == ("to-decide",)


def test_nothing_is_looked_at_again_before_it_is_decided(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("lancashire", facts=MET)
    address = f"/referrals/{family.referral_id}/second-look"
    manager = sign_in("lancashire", "service-manager")
    answer = send(manager.client, form_to(manager.client.get(address), address), {"asked_by": "Sam", "why": "Because"})
    assert answer.status_code == 422
    assert "Nothing is decided yet" in answer.text


def test_a_second_decision_starts_the_clock_of_telling_anew(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    address = f"/referrals/{family.referral_id}"
    manager = sign_in("lancashire", "service-manager")
    assert decline(manager, address) == 303
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update deadline set stopped_on = started_on, started_on = started_on - 30, due_on = due_on - 30")
    form = form_to(manager.client.get(f"{address}/reopen"), f"{address}/reopen")
    assert send(manager.client, form, {"reopen_reason": "The family moved back."}).status_code == 303
    assert decline(manager, address) == 303
    assert db_admin.execute(
        "select stopped_on, due_on > current_date from deadline where key = 'tell-outcome'"
    ).fetchall() == [(None, True)]


def test_another_look_does_not_take_support_away_that_is_under_way(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    address = f"/referrals/{family.referral_id}"
    manager = sign_in("lancashire", "service-manager")
    form = form_to(manager.client.get(f"{address}/decide"), f"{address}/decide")
    assert send(manager.client, form, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 303
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update referral set stage = 'supported' where id = %s", (family.referral_id,))
    look = form_to(manager.client.get(f"{address}/second-look"), f"{address}/second-look")
    refused = send(manager.client, look, {"asked_by": "Sam", "why": "More visits"})
    assert refused.status_code == 422
    assert "with the child&#39;s support" in refused.text
    assert db_admin.execute("select stage from referral").fetchone() == ("supported",)


def test_facts_stay_as_they_were_when_somebody_decided(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    address = f"/referrals/{family.referral_id}"
    manager = sign_in("lancashire", "service-manager")
    facts = form_to(manager.client.get(f"{address}/facts"), f"{address}/facts")
    assert decline(manager, address) == 303
    row = db_admin.execute("select version from referral").fetchone()
    assert row is not None
    refused = send(manager.client, facts, {"version": str(row[0])})
    assert refused.status_code == 409
    assert "its facts stay as they were that day" in refused.text
    assert db_admin.execute("select count(*) from determination").fetchone() == (1,)
