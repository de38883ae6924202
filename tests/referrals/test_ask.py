"""Asking for support on the public pages, for every route of every shipped council."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from support.asking import answer, ask, begin, submit, walk, ways
from support.forms import form_to, forms_on, send
from support.policies import council as policy_of
from support.policies import shape_of

Clients = Callable[[str], FlaskClient]
Clock = Callable[[datetime], None]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day(clock: Clock, unhurried: None) -> None:
    clock(NOW)


def rows(db_admin: psycopg.Connection, question: str, *values: object) -> list[dict[str, object]]:
    with db_admin.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(question, values).fetchall()


def the_referral(db_admin: psycopg.Connection) -> dict[str, object]:
    found = rows(db_admin, "select * from referral")
    assert len(found) == 1
    return found[0]


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


@pytest.mark.parametrize(("slug", "route", "referrer"), ways())
def test_what_the_policy_asks_becomes_facts_or_is_kept_beside_them(
    slug: str, route: str, referrer: str, client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of(slug), route, referrer)
    referral = the_referral(db_admin)
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
    ask(client_of("leeds"), "hen", "health-professional", agreement_parent="unknown", concerns=["hearing", "vision"])
    referral = the_referral(db_admin)
    assert (referral["outcome"], referral["stage"]) == ("more-information", "information")


def test_a_child_who_is_clearly_too_old_is_taken_and_a_person_decides(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    ask(client_of("leeds"), "request-form", "parent", **{"born-year": "2020"})
    referral = the_referral(db_admin)
    assert (referral["outcome"], referral["stage"]) == ("not-eligible", "new")
    assert referral["limit_on"] == date(2022, 9, 15)


def test_the_law_asks_for_a_notification_without_agreement(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("west-northants")
    check = walk(client, "section-23", "health-professional", carer_email="robin@family.example", carer_safe=["email"])
    assert "agree" not in re.sub(r"<[^>]+>", "", check.text).split("What the parents were told")[0].lower()
    submit(client, check)
    referral = the_referral(db_admin)
    assert referral["answers"]["parents_informed_on"] == "2026-11-02"  # type: ignore[index]  # JSON
    assert referral["answers"]["parents_discussed_on"] == "2026-11-02"  # type: ignore[index]  # JSON
    assert (referral["stage"], referral["agreed_by"]) == ("panel", None)
    sent = rows(db_admin, "select kind, recipient_kind from message where link_id is not null")
    assert sent == [{"kind": "letter", "recipient_kind": "carer"}]
    letter = rows(db_admin, "select kind, content from letter")[0]
    assert letter["kind"] == "signposting"
    assert "SENDIASS: free and impartial advice" in str(letter["content"])


def test_first_pointers_go_by_post_when_no_email_is_safe(client_of: Clients, db_admin: psycopg.Connection) -> None:
    ask(client_of("west-northants"), "section-23", "health-professional")
    assert rows(db_admin, "select kind from message where link_id is not null") == []
    alerts = rows(db_admin, "select role, sentence from alert")
    assert [alert["role"] for alert in alerts] == ["team-administrator"]
    assert "print and post" in str(alerts[0]["sentence"])


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
    ask(client_of("leeds"), "hen", "health-professional", referrer_email="sam@clinic.example")
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
    ask(client_of("leeds"), "hen", "health-professional", family_name="OSHEA")
    ask(client_of("leeds"), "hen", "health-professional", family_name="OSHEA", **{"born-day": "15"})
    first, second, third = rows(
        db_admin, "select id, child_id, possible_duplicate_of from referral order by created_at"
    )
    assert second["possible_duplicate_of"] == first["id"]
    assert first["possible_duplicate_of"] is third["possible_duplicate_of"] is None
    assert len({first["child_id"], second["child_id"], third["child_id"]}) == 3


def test_sending_twice_makes_one_request(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    again = client.get(check.request.path)
    first, second, third = submit(client, check), submit(client, check), submit(client, again)
    assert str(the_referral(db_admin)["reference"]) in first.text
    assert first.status_code == second.status_code == third.status_code == 200


def test_a_sent_request_leaves_nothing_of_the_family_in_the_draft(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    ask(client, "request-form", "parent")
    draft = rows(db_admin, "select answers, files from ask_draft")[0]
    assert "Invented" not in str(draft)
    assert draft["files"] == []
    fresh = walk(client, "request-form", "parent", until="you")
    assert "Robin" not in fresh.text


def test_addresses_and_cookies_hold_nothing_of_the_family(client_of: Clients) -> None:
    client = client_of("leeds")
    seen: list[str] = []
    page = begin(client, "request-form")
    while not page.request.path.endswith("/check"):
        led = answer(client, page, "parent")
        seen += [led.headers["Location"], *led.headers.getlist("Set-Cookie")]
        page = client.get(led.headers["Location"])
        seen += page.headers.getlist("Set-Cookie")
    assert not [text for text in seen if "Invented" in text or "Wren" in text or "Robin" in text]


def test_another_browser_and_another_council_see_nothing_of_a_draft(client_of: Clients) -> None:
    client = client_of("leeds")
    walk(client, "request-form", "parent", until="contact")
    cookie = client.get_cookie("portage-visitor", domain="leeds.localhost")
    assert cookie is not None
    other = client_of("west-northants")
    other.set_cookie("portage-visitor", cookie.value, domain="west-northants.localhost")
    for stranger, path in ((client_of("leeds"), "/ask/request-form/you"), (other, "/ask/request-for-support/you")):
        led = stranger.get(path)
        assert led.status_code == 303
        assert "Robin" not in stranger.get(led.headers["Location"]).text
    assert other.get("/ask/request-form").status_code == 404


def test_what_was_typed_after_the_draft_was_forgotten_is_kept(
    client_of: Clients, clock: Clock, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until="contact")
    clock(NOW + timedelta(hours=3))
    led = answer(client, page, "parent", carer_contact_note="Ring only after four")
    assert led.headers["Location"] == "/ask/request-form/who"
    assert "We keep answers for two hours" in client.get("/ask/request-form/who").text
    assert "Ring only after four" in walk_on(client, "contact")


def walk_on(client: FlaskClient, until: str) -> str:
    page = client.get("/ask/request-form/who")
    while not page.request.path.endswith(until):
        page = client.get(answer(client, page, "parent").headers["Location"])
    return page.text


def test_a_draft_can_be_deleted_from_any_page(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until="home")
    send(client, form_to(page, "/ask/request-form/forget"))
    assert rows(db_admin, "select id from ask_draft") == []


def test_drafts_whose_time_is_over_are_deleted(
    client_of: Clients, council: Callable[..., object], db_admin: psycopg.Connection
) -> None:
    from portage.core.db import db
    from portage.referrals.operations.drafts import forget_expired

    walk(client_of("leeds"), "request-form", "parent", until="home")
    with council("leeds"):  # type: ignore[attr-defined]  # a context manager
        assert forget_expired(at=NOW + timedelta(hours=1)) == 0
        assert forget_expired(at=NOW + timedelta(hours=3)) == 1
        db.session.commit()
    assert rows(db_admin, "select id from ask_draft") == []


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


def test_a_page_cannot_be_jumped_to_before_the_ones_that_lead_there(client_of: Clients) -> None:
    client = client_of("leeds")
    walk(client, "request-form", "parent", until="contact")
    for path in ("/ask/request-form/check", "/ask/request-form/papers"):
        assert client.get(path).headers["Location"] == "/ask/request-form/contact"
    assert client.get("/ask/request-form/no-such-page").status_code == 404


def test_a_changed_answer_leads_back_to_the_check(client_of: Clients) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    assert 'href="/ask/request-form/child?change=1"' in check.text
    page = client.get("/ask/request-form/child?change=1")
    changed = send(client, form_to(page, "/ask/request-form/child"), {"given_name": "Jay"})
    assert changed.headers["Location"] == "/ask/request-form/check"
    assert "Jay" in client.get("/ask/request-form/check").text


def test_somebody_else_asking_gets_the_pages_for_them(client_of: Clients) -> None:
    client = client_of("leeds")
    walk(client, "request-form", "parent")
    page = client.get("/ask/request-form/who?change=1")
    led = send(client, form_to(page, "/ask/request-form/who"), {"referrer": "practitioner"})
    assert led.headers["Location"] == "/ask/request-form/you"
    assert "Where you work" in client.get("/ask/request-form/you").text


BAD = [
    ("who", {"referrer": "school-admissions"}, "Choose the answer that fits you best."),
    ("who", {"referrer": []}, "Choose the answer that fits you best."),
    ("you", {"carer_name": ""}, "Enter your name."),
    ("you", {"carer_name": "x" * 101}, "Use 100 characters or fewer."),
    ("you", {"carer_name": "Ro\x07bin"}, "characters that cannot be printed"),
    ("contact", {"carer_email": "robin at family", "carer_safe": ["email"]}, "Enter an e-mail address in full"),
    ("contact", {"carer_email": "", "carer_safe": ["email"]}, "take the tick away from e-mail"),
    ("contact", {"carer_telephone": "ask my aunt"}, "Enter a telephone number"),
    ("contact", {"carer_safe": []}, "Tick at least one safe way"),
    ("contact", {"carer_safe": ["pigeon"]}, "Choose from the list."),
    ("child", {"given_name": ""}, "Enter the child&#39;s first name."),
    ("child", {"born-year": "2027"}, "The date of birth is in the future."),
    ("child", {"born-day": "31", "born-month": "2"}, "Enter a real date"),
    ("child", {"born-month": "March"}, "Enter a real date"),
    ("child", {"born-day": "", "born-month": "", "born-year": ""}, "Enter the child&#39;s date of birth."),
    ("child", {"born-year": "1985"}, "Check the year"),
    ("home", {"postcode": "LS"}, "Enter a full postcode"),
    ("own-words", {"own_words": "word " * 1000}, "Use 4000 characters or fewer."),
    ("concerns", {"concerns": ["everything"]}, "Choose from the list."),
    ("lives-in-area", {"lives_in_area": "perhaps"}, "Choose one of the answers."),
    ("setting", {"setting_hours": "some"}, "Enter the hours as a number"),
    ("setting", {"setting_hours": "200"}, "a week has no more"),
    ("other-carer", {"other_telephone": "01632 960 002"}, "Enter their name."),
]


@pytest.mark.parametrize(("page_key", "typed", "sentence"), BAD)
def test_each_slip_gets_a_sentence_and_everything_typed_stays(
    page_key: str, typed: dict[str, str | list[str]], sentence: str, client_of: Clients
) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until=page_key)
    refused = answer(client, page, "parent", **typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "There is a problem" in refused.text
    shown = form_to(refused, f"/ask/request-form/{page_key}")
    for name, value in typed.items():
        control = shown.fields[name]
        if control.kind in ("radio", "checkbox"):
            assert control.values == [each for each in value if each in control.options]
        else:
            assert control.values == [str(value).strip()]


@pytest.mark.parametrize(
    ("slug", "route", "referrer", "page_key", "typed", "sentence"),
    [
        ("lancashire", "early-help", "senco", "early-help", {"discussed_on-year": "2031"}, "in the future"),
        ("leeds", "hen", "health-professional", "agreement", {"agreed_by": ""}, "name of the person who agreed"),
        ("leeds", "hen", "health-professional", "agreement", {"agreed_on-year": "2031"}, "in the future"),
        ("leeds", "hen", "health-professional", "agreement", {"agreement_parent": []}, "Choose one of the answers."),
        ("leeds", "hen", "health-professional", "you", {"referrer_telephone": ""}, "so that we can reach you"),
        ("west-northants", "moving-forwards", "parent", "school", {"school": ""}, "Answer this question."),
    ],
)
def test_slips_on_other_routes_get_a_sentence_too(
    slug: str, route: str, referrer: str, page_key: str, typed: dict[str, str], sentence: str, client_of: Clients
) -> None:
    client = client_of(slug)
    page = walk(client, route, referrer, until=page_key)
    refused = answer(client, page, referrer, **typed)
    assert (refused.status_code, sentence in refused.text) == (422, True)


def test_answers_that_contradict_each_other_are_named_on_the_check(client_of: Clients) -> None:
    client = client_of("west-northants")
    early = {"reception_ends_on-year": "2024"}
    check = walk(client, "request-for-support", "parent", **early)
    refused = send(client, form_to(check, check.request.path))
    assert refused.status_code == 422
    assert "must be after the date of birth" in refused.text
    assert "Robin Invented" in refused.text
