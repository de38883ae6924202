"""One request's page, through HTTP."""

from datetime import timedelta

import psycopg

from portage.core import clock
from support.forms import form_to, send
from support.requests import CONCERNED, ELIGIBLE, RequestOf
from support.staff import SignIn


def test_the_page_shows_findings_with_their_sources_and_what_is_missing(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=CONCERNED)
    manager = sign_in("leeds", "service-manager")
    page = manager.client.get(f"/referrals/{family.referral_id}")
    assert page.status_code == 200
    for words in (
        "LDS-10", "LDS-11, Delay in areas of development", "One minute guide no. 166, October 2025",
        "Still to be found out", "a measure of the delay in physical development", "Kit Canarychild",
        family.reference, "Kit loves water.", "Ten working days is a working figure",
    ):  # fmt: skip
        assert words in page.text, words


def test_a_request_that_meets_the_conditions_says_that_an_assessment_comes_next(
    sign_in: SignIn, request_of: RequestOf
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    page = sign_in("leeds", "service-manager").client.get(f"/referrals/{family.referral_id}")
    assert "The request meets the published conditions. An assessment comes next" in page.text
    assert "What may be offered, after an assessment" in page.text
    assert f'href="/referrals/{family.referral_id}/offer"' not in page.text


def test_a_kept_determination_stands_when_the_rules_installed_now_are_others(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager = sign_in("leeds", "service-manager")
    address = f"/referrals/{family.referral_id}"
    assert "Judged again" not in manager.client.get(address).text
    db_admin.execute("set session_replication_role = replica")  # as if it had been kept so: no log of this change
    db_admin.execute("update determination set plugin_version = '0.0.1', rules_digest = 'of-another-day'")
    page = manager.client.get(address)
    assert "The kept answer was made by version 0.0.1" in page.text
    assert "The kept answer stands" in page.text
    assert db_admin.execute("select count(*) from determination").fetchone() == (1,)


def test_looking_at_a_new_request_moves_it_to_where_it_belongs(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager = sign_in("leeds", "service-manager")
    address = f"/referrals/{family.referral_id}"
    page = manager.client.get(address)
    assert send(manager.client, form_to(page, f"{address}/move-on")).status_code == 303
    assert ">Assessment</strong>" in manager.client.get(address).text


def test_a_telephone_that_is_not_safe_is_not_shown(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds")
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute(
        "update carer set telephone = '01632 960 777', telephone_is_safe = false, contact_note = 'Only in the morning'"
        " where id = %s",
        (family.carer_id,),
    )
    page = sign_in("leeds", "service-manager").client.get(f"/referrals/{family.referral_id}")
    assert "01632 960 777" not in page.text
    assert "Do not telephone: it is not safe" in page.text
    assert "Only in the morning" in page.text


def test_another_councils_request_is_not_here(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    own = sign_in("leeds", "service-manager").client
    other = sign_in("lancashire", "service-manager").client
    for path in ("", "/delay", "/facts", "/assessment", "/decide", "/second-look", "/reopen"):
        assert own.get(f"/referrals/{family.referral_id}{path}").status_code in (200, 303)
        assert other.get(f"/referrals/{family.referral_id}{path}").status_code == 404, path


def test_a_conversation_in_the_future_is_refused_and_nothing_typed_is_lost(
    sign_in: SignIn, request_of: RequestOf
) -> None:
    family = request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    address = f"/referrals/{family.referral_id}"
    tomorrow = clock.today() + timedelta(days=1)
    answer = send(
        manager.client,
        form_to(manager.client.get(address), f"{address}/contacts"),
        {
            "with_whom": "Sam Canarychild", "happened_on-day": str(tomorrow.day),
            "happened_on-month": str(tomorrow.month), "happened_on-year": str(tomorrow.year),
            "happened_time": "10:00", "how": "telephone", "purpose": "information", "reached": "yes",
            "note": "A note that stays",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert "This is in the future" in answer.text
    assert "A note that stays" in answer.text
