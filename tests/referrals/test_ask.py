"""Asking for support on the public pages, for every route of every shipped council."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from support.asking import answer, ask, rows, submit, the_referral, walk, ways
from support.forms import forms_on
from support.policies import council as policy_of
from support.policies import shape_of

Clients = Callable[[str], FlaskClient]
Clock = Callable[[datetime], None]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day(clock: Clock, unhurried: None) -> None:
    clock(NOW)


@pytest.mark.parametrize(("slug", "route", "referrer"), ways())
def test_every_route_takes_a_request_from_everybody_who_may_use_it(
    slug: str, route: str, referrer: str, client_of: Clients, db_admin: psycopg.Connection, shipped: dict[str, UUID]
) -> None:
    thanks = ask(client_of(slug), route, referrer)
    referral = the_referral(db_admin)
    assert str(referral["reference"]) in thanks.text
    assert (referral["route"], referral["referrer"], referral["tenant_id"]) == (route, referrer, shipped[slug])
    assert referral["received_on"] == date(2026, 11, 21)
    shape = shape_of(slug, route)
    assert referral["stage"] == ("panel" if shape.decided_by == "panel" else referral["stage"])
    judged = rows(db_admin, "select * from determination where referral_id = %s", referral["id"])
    assert len(judged) == 1
    assert judged[0]["edition_id"] == referral["edition_id"]
    assert judged[0]["facts"] == referral["facts"]
    assert judged[0]["plugin_version"] == policy_of(slug).policy.version
    assert judged[0]["rules_digest"] == policy_of(slug).policy.rules_digest
    history = rows(db_admin, "select stage from stage_change where referral_id = %s", referral["id"])
    assert [step["stage"] for step in history] == [referral["stage"]]
    for step in shape_of(slug, route).path[1:]:
        assert step.sentence.replace("'", "&#39;") in thanks.text
    what_was_asked_is_a_fact_or_kept(slug, route, referral, db_admin)


def what_was_asked_is_a_fact_or_kept(
    slug: str, route: str, referral: dict[str, object], db_admin: psycopg.Connection
) -> None:
    """See each answer that the policy asks for among the facts of a request, or kept beside them."""
    facts, kept = referral["facts"], referral["answers"]
    assert isinstance(facts, dict)
    assert isinstance(kept, dict)
    columns = {
        "own_words": "in_their_words",
        "early_help_reference": "early_help_reference",
        "discussed_on": "early_help_discussed_on",
    }
    for asked in shape_of(slug, route).asks:
        if asked.fact is not None:
            part, _, name = asked.fact.rpartition(".")
            assert name in (facts.get(part, {}) if part else facts), asked.key
        elif asked.key == "setting_name":
            assert rows(db_admin, "select setting_name from child")[0]["setting_name"]
        elif asked.key in columns:
            assert referral[columns[asked.key]], asked.key
        else:
            assert kept[asked.key], asked.key


def test_the_privacy_notice_comes_before_the_first_question(client_of: Clients) -> None:
    start = client_of("leeds").get("/ask/request-form")
    assert "controller" in start.text
    assert "public task" in start.text
    assert 'href="/privacy"' in start.text
    assert not [form for form in forms_on(start) if set(form.fields) - {"_csrf", "_key", "afresh"}]


def test_a_parent_is_never_asked_for_a_percentage(client_of: Clients) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until="concerns")
    assert "%" not in re.sub(r"<[^>]+>", "", page.text)
    assert "Talking and understanding" in page.text


def test_a_parent_who_asks_agrees_by_asking(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    assert "By sending this request you agree that we look at it" in check.text
    submit(client, check)
    referral = the_referral(db_admin)
    assert referral["facts"]["agreement"] == {"parent": True}  # type: ignore[index]  # JSON
    assert (referral["agreed_by"], referral["agreed_relationship"]) == ("Robin Invented", "Mother")
    assert referral["agreed_on"] == date(2026, 11, 21)


def test_a_professional_says_who_agreed_when_and_how(client_of: Clients, db_admin: psycopg.Connection) -> None:
    ask(client_of("leeds"), "one-send", "senco", agreed_how="telephone")
    referral = the_referral(db_admin)
    assert referral["facts"]["agreement"] == {"parent": True, "home_based": True}  # type: ignore[index]  # JSON
    assert (referral["agreed_by"], referral["agreed_on"]) == ("Robin Invented", date(2026, 11, 2))
    assert referral["agreed_how"] == "By telephone"


def test_agreement_not_asked_yet_waits_for_information(client_of: Clients, db_admin: psycopg.Connection) -> None:
    ask(client_of("leeds"), "one-send", "senco", agreement_parent="unknown", concerns=["hearing", "vision"])
    referral = the_referral(db_admin)
    assert (referral["outcome"], referral["stage"]) == ("more-information", "information")


def test_a_child_who_is_clearly_too_old_is_taken_and_a_person_decides(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of("leeds"), "request-form", "parent", **{"born-year": "2020"})
    referral = the_referral(db_admin)
    assert (referral["outcome"], referral["stage"]) == ("not-eligible", "new")
    assert referral["limit_on"] == date(2022, 9, 15)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"carer_email": "robin@family.example", "carer_safe": ["email"]}, ["carer"]),
        ({"carer_email": "robin@family.example", "carer_safe": ["post"]}, []),
        ({}, []),
    ],
)
def test_a_receipt_goes_only_where_email_is_safe(
    given: dict[str, str | list[str]], told: list[str], client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of("leeds"), "request-form", "parent", **given)
    sent = rows(db_admin, "select kind, recipient_kind, reference from message")
    assert [(row["kind"], row["recipient_kind"]) for row in sent] == [("receipt", kind) for kind in told]


def test_the_person_who_asked_for_somebody_else_gets_a_receipt_too(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of("leeds"), "one-send", "senco", referrer_email="sam@clinic.example")
    assert rows(db_admin, "select kind, recipient_kind from message") == [
        {"kind": "receipt", "recipient_kind": "referrer"}
    ]


def test_a_judgement_of_significant_need_has_its_reason(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("lancashire")
    page = walk(client, "early-help", "senco", until="significant-need")
    refused = answer(client, page, "senco", significant_need="yes", significant_need_reason="")
    assert refused.status_code == 422
    assert "Say what your judgement is based on" in refused.text
    ask(client, "early-help", "senco", significant_need="yes", significant_need_reason="Seen at play on 3 November")
    referral = the_referral(db_admin)
    assert referral["answers"]["significant_need_reason"] == "Seen at play on 3 November"  # type: ignore[index]  # JSON
    assert referral["early_help_discussed_on"] == date(2026, 11, 2)


def test_early_help_without_plan_or_reference_is_taken_and_flagged(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of("lancashire"), "early-help", "senco", early_help_reference="")
    assert "no-early-help-paper" in the_referral(db_admin)["flags"]  # type: ignore[operator]  # JSON


def test_the_postcode_picks_the_area_team_whose_contacts_are_shown(
    client_of: Clients, db_admin: psycopg.Connection, shipped: dict[str, UUID]
) -> None:
    area = rows(
        db_admin,
        "select id, name, telephone, postcode_districts from area where tenant_id = %s and telephone is not null "
        "order by key desc limit 1",
        shipped["lancashire"],
    )[0]
    district = area["postcode_districts"][0]  # type: ignore[index]  # JSON
    thanks = ask(client_of("lancashire"), "portage-form", "parent", postcode=f"{district}1AA".lower())
    assert the_referral(db_admin)["area_id"] == area["id"]
    assert str(area["name"]) in thanks.text
    assert str(area["telephone"]) in thanks.text
    assert rows(db_admin, "select postcode from child") == [{"postcode": f"{district} 1AA"}]


def test_a_second_request_for_the_same_child_is_flagged_and_never_merged(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of("leeds"), "request-form", "parent", family_name="O'Shéa")
    ask(client_of("leeds"), "one-send", "senco", family_name="OSHEA")
    ask(client_of("leeds"), "one-send", "senco", family_name="OSHEA", **{"born-day": "15"})
    first, second, third = rows(db_admin, "select id, child_id, possible_duplicate_of from referral order by id")
    assert second["possible_duplicate_of"] == first["id"]
    assert first["possible_duplicate_of"] is third["possible_duplicate_of"] is None
    assert len({first["child_id"], second["child_id"], third["child_id"]}) == 3


def test_a_filled_trap_flags_the_request_and_never_blocks_it(
    client_of: Clients, clock: Clock, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    clock(NOW + timedelta(minutes=8))
    submit(client, check, website="https://spam.example")
    assert the_referral(db_admin)["flags"] == ["hidden-field-filled"]


@pytest.mark.parametrize(("minutes", "flags"), [(0, ["sent-very-fast"]), (5, [])])
def test_a_request_sent_within_seconds_is_flagged(
    minutes: int, flags: list[str], client_of: Clients, clock: Clock, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    clock(NOW + timedelta(minutes=minutes))
    submit(client, check)
    assert the_referral(db_admin)["flags"] == flags
