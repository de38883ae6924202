"""Deciding: by a named person who opened the case, in their own words, once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.db import db
from support.forms import form_to, send
from support.later_age import look_at_the_age_again
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

MET = {"child": {"significant_need": True}}
INSTEAD = "The family hub on Mill Street has a play group on Mondays."


def decide(person: Hired, referral_id: UUID, **typed: str) -> TestResponse:
    """Open the page for deciding and send it."""
    address = f"/referrals/{referral_id}/decide"
    page = person.client.get(address)
    assert page.status_code == 200, page.text
    return send(person.client, form_to(page, address), {"outcome": "accepted", "reason": OWN_WORDS, **typed})


def test_a_decision_names_the_person_the_reason_and_the_determination_it_was_made_on(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    manager = sign_in("lancashire", "service-manager", name="Mo Manager")
    assert decide(manager, family.referral_id).status_code == 303
    kept = db_admin.execute(
        "select d.outcome, d.reason, d.agrees, d.decided_by, d.determination_id = j.id, r.stage "
        "from decision d join determination j on true join referral r on true"
    ).fetchall()
    assert kept == [("accepted", OWN_WORDS, True, manager.id, True, "to-offer")]
    page = manager.client.get(f"/referrals/{family.referral_id}")
    assert "by Mo Manager" in page.text
    assert "As recommended" in page.text
    asked = db_admin.execute("select count(*) from outbox where kind = 'referral.outcome-letter'")
    assert asked.fetchone() == (1,)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "   ",
        "ok",
        "I agree",
        "The request meets the published conditions",
        "THE REQUEST MEETS THE PUBLISHED CONDITIONS. I agree.",
    ],
)
def test_an_empty_or_copied_reason_is_refused_also_when_agreeing(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection, reason: str
) -> None:
    family = request_of("lancashire", facts=MET)
    answer = decide(sign_in("lancashire", "service-manager"), family.referral_id, reason=reason)
    assert answer.status_code == 422
    assert "in your own words" in answer.text
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


def test_the_findings_sentences_are_no_reason_of_ones_own(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    ((findings,),) = db_admin.execute("select answer->'findings' from determination").fetchall()
    copied = " ".join(finding["because"] for finding in findings)
    answer = decide(sign_in("lancashire", "service-manager"), family.referral_id, reason=copied)
    assert answer.status_code == 422


def test_refusing_needs_what_may_help_instead_and_says_that_it_goes_against_the_recommendation(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    manager = sign_in("lancashire", "service-manager")
    page = manager.client.get(f"/referrals/{family.referral_id}/decide")
    assert "With this you decide otherwise than the recommendation." in page.text
    answer = decide(manager, family.referral_id, outcome="declined")
    assert answer.status_code == 422
    assert "Say what may help the family instead" in answer.text
    assert OWN_WORDS in answer.text.replace("&#39;", "'")
    assert decide(manager, family.referral_id, outcome="declined", may_help_instead=INSTEAD).status_code == 303
    assert db_admin.execute("select outcome, agrees, may_help_instead from decision").fetchall() == [
        ("declined", False, INSTEAD)
    ]
    assert "decided otherwise than the recommendation" in manager.client.get(f"/referrals/{family.referral_id}").text


def test_two_people_who_decide_at_once_make_one_decision(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    first, second = sign_in("lancashire", "service-manager"), sign_in("lancashire", "service-manager")
    address = f"/referrals/{family.referral_id}/decide"
    late = form_to(second.client.get(address), address)
    assert decide(first, family.referral_id).status_code == 303
    answer = send(
        second.client, late, {"outcome": "declined", "reason": "My own view differs.", "may_help_instead": INSTEAD}
    )
    assert answer.status_code == 409
    assert "My own view differs." in answer.text
    assert OWN_WORDS in answer.text.replace("&#39;", "'")
    assert db_admin.execute("select count(*) from decision").fetchone() == (1,)


def test_a_decision_that_keeps_the_stage_still_shuts_older_forms(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire")  # more information is wanted, and stays wanted
    first, second = sign_in("lancashire", "service-manager"), sign_in("lancashire", "service-manager")
    address = f"/referrals/{family.referral_id}/decide"
    late = form_to(second.client.get(address), address)
    asked = {"outcome": "information", "may_help_instead": INSTEAD}
    assert decide(first, family.referral_id, **asked).status_code == 303
    assert send(second.client, late, {**asked, "reason": OWN_WORDS}).status_code == 409
    assert db_admin.execute("select count(*) from decision").fetchone() == (1,)


def test_facts_that_changed_since_the_page_was_opened_refuse_the_decision(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    manager, administrator = sign_in("lancashire", "service-manager"), sign_in("lancashire", "team-administrator")
    address = f"/referrals/{family.referral_id}"
    late = form_to(manager.client.get(f"{address}/decide"), f"{address}/decide")
    facts = form_to(administrator.client.get(f"{address}/facts"), f"{address}/facts")
    assert send(administrator.client, facts, {"significant_need": "no"}).status_code == 303
    assert send(manager.client, late, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 409
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


def test_who_has_not_opened_the_case_cannot_decide(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    reader, stranger = sign_in("lancashire", "service-manager"), sign_in("lancashire", "service-manager")
    address = f"/referrals/{family.referral_id}/decide"
    form = form_to(reader.client.get(address), address)
    own = form_to(stranger.client.get("/worklist"), "/sign-out")
    form.fields["_csrf"] = own.fields["_csrf"]
    answer = send(stranger.client, form, {"outcome": "accepted", "reason": OWN_WORDS})
    assert answer.status_code == 403
    assert "Open the case and read it before you decide" in answer.text
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


@pytest.mark.parametrize("role", ["team-administrator", "home-visitor", "panel-member", "auditor", "volunteer"])
def test_only_a_role_that_decides_may_decide(sign_in: SignIn, request_of: RequestOf, role: str) -> None:
    family = request_of("lancashire", facts=MET)
    person = sign_in("lancashire", role)
    assert person.client.get(f"/referrals/{family.referral_id}/decide").status_code == 403


def test_the_call_that_reaches_the_family_stops_the_clock_of_telling(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("lancashire", facts=MET)
    manager = sign_in("lancashire", "service-manager")
    assert decide(manager, family.referral_id).status_code == 303
    running = "select key, stopped_on is null from deadline where key = 'tell-outcome'"
    assert db_admin.execute(running).fetchall() == [("tell-outcome", True)]
    address = f"/referrals/{family.referral_id}"

    def call(reached: str) -> None:
        now = clock.now().astimezone(clock.LONDON)
        typed = {
            "with_whom": "Sam Canarychild", "happened_on-day": str(now.day), "happened_on-month": str(now.month),
            "happened_on-year": str(now.year), "happened_time": f"{now:%H:%M}", "how": "telephone",
            "purpose": "outcome", "reached": reached,
        }  # fmt: skip
        form = form_to(manager.client.get(address), f"{address}/contacts")
        answer = send(manager.client, form, typed)
        assert answer.status_code == 303, answer.text

    call("no")
    assert db_admin.execute(running).fetchall() == [("tell-outcome", True)]
    call("yes")
    assert db_admin.execute(running).fetchall() == [("tell-outcome", False)]
    assert "Reached." in manager.client.get(address).text


def test_where_the_policy_looks_at_the_age_again_the_decider_reads_that_it_has_passed_and_decides_all_the_same(
    sign_in: SignIn,
    request_of: RequestOf,
    council: Callable[..., AbstractContextManager[UUID]],
    clock: Callable[[datetime], None],
) -> None:
    clock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    with council("hampshire"):
        look_at_the_age_again("hampshire", "decision")
        db.session.commit()
    family = request_of("hampshire", months=61)  # of compulsory school age after 31 March 2026
    address = f"/referrals/{family.referral_id}/decide"
    manager = sign_in("hampshire", "service-manager")
    assert "looks at the age again" not in manager.client.get(address).text
    clock(datetime(2026, 4, 20, 10, tzinfo=UTC))
    manager = sign_in("hampshire", "service-manager", name="Mo Manager")
    assert "looks at the age again on the day of the decision" in manager.client.get(address).text
    assert decide(manager, family.referral_id).status_code == 303
