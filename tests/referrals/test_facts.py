"""Recording what was found, through HTTP."""

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock
from support.forms import form_to, send
from support.people import Hired
from support.requests import CONCERNED, RequestOf
from support.staff import SignIn

TODAY = clock.today()
MEASURED = {
    "area": "physical", "basis": "measured", "form": "percent", "amount": "50",
    "assessed_by": "Dr Ola Example, physiotherapist",
    "assessed_on-day": str(TODAY.day), "assessed_on-month": str(TODAY.month), "assessed_on-year": str(TODAY.year),
    "instrument": "Schedule of Growing Skills",
}  # fmt: skip


def record(person: Hired, referral_id: object, **changed: str) -> TestResponse:
    """Send the form for a delay."""
    address = f"/referrals/{referral_id}/delay"
    return send(person.client, form_to(person.client.get(address), address), {**MEASURED, **changed})


def test_two_measured_delays_meet_the_condition_and_the_page_says_what_changed(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    visitor = sign_in("leeds", "team-administrator")
    assert record(visitor, family.referral_id).status_code == 303
    assert record(visitor, family.referral_id, area="speech-and-language").status_code == 303
    page = visitor.client.get(f"/referrals/{family.referral_id}")
    assert "LDS-11 is now met. It was not known." in page.text
    assert "Schedule of Growing Skills" in page.text
    assert "An assessment comes next" in page.text
    assert db_admin.execute("select stage, outcome, delayed_areas from referral").fetchone() == (
        "assessment", "eligible", 2,
    )  # fmt: skip
    assert db_admin.execute("select count(*) from determination").fetchone() == (3,)


def test_a_judgement_needs_its_reason_and_an_area_without_a_developmental_age(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    manager = sign_in("leeds", "service-manager")
    wrong = record(manager, family.referral_id, basis="judgement", area="physical", instrument="")
    assert wrong.status_code == 422
    assert "This area has a developmental age, so it is measured." in wrong.text
    assert "Write the professional’s reason." in wrong.text.replace("&#39;", "’").replace("'s", "’s")
    right = record(
        manager, family.referral_id, basis="judgement", area="hearing", instrument="", reason="Profound loss, both ears"
    )
    assert right.status_code == 303
    kept = db_admin.execute("select area, basis, percent, reason from delay_record").fetchall()
    assert kept == [("hearing", "judgement", 50, "Profound loss, both ears")]


def test_a_measure_names_its_instrument(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=CONCERNED)
    answer = record(sign_in("leeds", "service-manager"), family.referral_id, instrument="")
    assert answer.status_code == 422
    assert "Enter what it was measured with." in answer.text
    assert "Dr Ola Example, physiotherapist" in answer.text


def test_everything_that_is_wrong_is_said_at_once(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=CONCERNED)
    answer = record(sign_in("leeds", "service-manager"), family.referral_id, instrument="", assessed_by="")
    assert "Enter what it was measured with." in answer.text
    assert "Enter who found it, with their profession." in answer.text


def test_an_age_found_after_the_request_is_worked_out_in_percent_for_the_person(
    sign_in: SignIn, request_of: RequestOf
) -> None:
    family = request_of("leeds", facts=CONCERNED, days_ago=40, months=25)
    answer = record(
        sign_in("leeds", "service-manager"), family.referral_id, form="developmental_age_months", amount="10"
    )
    assert answer.status_code == 422
    assert "give the delay in percent" in answer.text


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "101", "half", ""])
def test_a_figure_that_is_none_is_refused(sign_in: SignIn, request_of: RequestOf, amount: str) -> None:
    family = request_of("leeds", facts=CONCERNED)
    assert record(sign_in("leeds", "service-manager"), family.referral_id, amount=amount).status_code == 422


def test_facts_that_the_route_asks_are_recorded_and_judged(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire")
    manager = sign_in("lancashire", "service-manager")
    address = f"/referrals/{family.referral_id}/facts"
    page = manager.client.get(address)
    assert 'name="lives_in_area"' not in page.text
    answer = send(manager.client, form_to(page, address), {"significant_need": "yes"})
    assert answer.status_code == 303
    assert "LAN-01-need is now met" in manager.client.get(f"/referrals/{family.referral_id}").text
    assert db_admin.execute("select stage, outcome from referral").fetchone() == ("to-decide", "eligible")


def test_an_agreement_says_who_gave_it_when_and_how(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", referrer="practitioner")
    manager = sign_in("leeds", "service-manager")
    address = f"/referrals/{family.referral_id}/facts"
    form = form_to(manager.client.get(address), address)
    wrong = send(manager.client, form, {"agreement_parent": "yes"})
    assert wrong.status_code == 422
    assert "Enter who agreed." in wrong.text
    right = send(
        manager.client,
        form_to(wrong, address),
        {
            "agreement_parent": "yes", "agreed_by": "Sam Canarychild", "agreed_relationship": "mother",
            "agreed_on-day": "1", "agreed_on-month": "3", "agreed_on-year": "2026", "agreed_how": "By telephone",
        },
    )  # fmt: skip
    assert right.status_code == 303, right.text
    assert db_admin.execute("select agreed_by, agreed_how, facts->'agreement'->'parent' from referral").fetchone() == (
        "Sam Canarychild", "By telephone", True,
    )  # fmt: skip


def test_the_second_of_two_changes_sees_both_versions_and_loses_nothing(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    first, second = sign_in("leeds", "service-manager"), sign_in("leeds", "team-administrator")
    address = f"/referrals/{family.referral_id}/delay"
    late = form_to(second.client.get(address), address)
    assert record(first, family.referral_id).status_code == 303
    answer = send(second.client, late, {**MEASURED, "amount": "37"})
    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.text
    assert "37 percent" in answer.text
    assert db_admin.execute("select count(*) from delay_record").fetchone() == (1,)


def test_what_only_this_policy_reads_is_asked_recorded_and_judged_again(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    measured = {"speech-and-language": {"percent": 60}, "physical": {"months": 12}}
    family = request_of("portsmouth", facts={"child": {"delay": measured, "setting_hours": 20}})
    manager = sign_in("portsmouth", "service-manager")
    case = manager.client.get(f"/referrals/{family.referral_id}").text
    assert "whether a parent or carer signed the request" in case
    assert "how many of the hours a week are funded at the age of two" in case
    address = f"/referrals/{family.referral_id}/facts"
    form = form_to(manager.client.get(address), address)
    answers = {"agreement_signed": "yes", "child_funded_two_year_old_hours": "15"}
    assert send(manager.client, form, answers).status_code == 303
    page = manager.client.get(f"/referrals/{family.referral_id}").text
    assert "POR-03 is now met. It was not known." in page
    assert "POR-04 is now met. It was not known." in page
    assert db_admin.execute("select outcome from referral").fetchone() == ("eligible",)
    wrong = send(
        manager.client, form_to(manager.client.get(address), address), {"child_funded_two_year_old_hours": "x"}
    )
    assert wrong.status_code == 422


def test_a_person_weighs_what_the_policy_leaves_to_one(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    measured = {"speech-and-language": {"percent": 60}, "physical": {"percent": 60}}
    family = request_of("lincoln-st-christophers", facts={"child": {"delay": measured, "setting_hours": 30}})
    manager = sign_in("lincoln-st-christophers", "service-manager")
    assert "A person decides." in manager.client.get(f"/referrals/{family.referral_id}").text
    address = f"/referrals/{family.referral_id}/facts"
    form = form_to(manager.client.get(address), address)
    assert send(manager.client, form, {"child_hours_accepted_by_a_person": "yes"}).status_code == 303
    assert db_admin.execute("select outcome from referral").fetchone() == ("eligible",)
