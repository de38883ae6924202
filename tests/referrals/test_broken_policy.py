"""A policy that fails never keeps a request out: it is taken, a person looks at it, and the operator is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.policy import Facts, installed_policies
from portage_standard import StandardPolicy
from portage_west_northants import WestNorthantsPolicy
from support.asking import ask, filled
from support.broken import KINDS, SECRET, Broken, instead, raising
from support.forms import form_to, send
from support.people import Hired
from support.requests import ELIGIBLE, RequestOf

Clients = Callable[[str], FlaskClient]
SignIn = Callable[..., Hired]
Instead = Callable[..., Any]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOW = {
    "raises": "raised",
    "loops": "too-slow",
    "ends the process": "raised",
    "answers nonsense": "nonsense",
    "contradicts itself": "nonsense",
    "cannot read its edition": "not-installed",
    "loops in its drawing": "not-installed",
}
__all__ = ["instead"]


@pytest.fixture(autouse=True)
def _day(clock: Callable[[datetime], None], unhurried: None) -> None:
    clock(NOW)


def one(db_admin: psycopg.Connection, question: str, *values: object) -> Any:
    found = db_admin.execute(question, values).fetchall()
    assert len(found) == 1, found
    return found[0] if len(found[0]) > 1 else found[0][0]


def kinds_of_effects(db_admin: psycopg.Connection) -> list[str]:
    return [kind for (kind,) in db_admin.execute("select kind from outbox order by kind")]


def taken(db_admin: psycopg.Connection) -> Any:
    """What is kept of the one request: everything that an intake promises."""
    referral_id, outcome, stage, facts = one(db_admin, "select id, outcome, stage, facts from referral")
    assert outcome == "needs-a-person"
    assert stage == "new"
    assert facts["route"] == "request-form"
    answer = one(db_admin, "select answer from determination where referral_id = %s", referral_id)
    assert (answer["outcome"], answer["findings"], answer["missing"]) == ("needs-a-person", [], [])
    assert one(db_admin, "select count(*) from stage_change where referral_id = %s", referral_id) == 1
    return referral_id


@pytest.mark.parametrize("kind", KINDS)
def test_a_family_asks_and_is_received_whatever_the_policy_does(
    kind: str, client_of: Clients, instead: Instead, db_admin: psycopg.Connection
) -> None:
    with instead("standard", KINDS[kind]()):
        thanks = ask(
            client_of("leeds"), "request-form", "parent", carer_email="robin@family.example", carer_safe=["email"]
        )
    referral_id = taken(db_admin)
    assert one(db_admin, "select reference from referral") in thanks.text
    assert kinds_of_effects(db_admin) == ["message.send", "policy.trouble"]
    assert one(db_admin, "select how, settled_at from policy_trouble where referral_id = %s", referral_id) == (
        HOW[kind],
        None,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_staff_enter_a_request_whatever_the_policy_does(
    kind: str, sign_in: SignIn, instead: Instead, db_admin: psycopg.Connection
) -> None:
    who = sign_in("leeds", "team-administrator")
    with instead("standard", KINDS[kind]()):
        path = "/enter/request-form/parent"
        form = form_to(who.client.get(path), path)
        led = send(who.client, form, filled(form, {}, "parent"))
        assert led.status_code == 303, led.text
        case = f"/referrals/{taken(db_admin)}"
        assert "policy.trouble" in kinds_of_effects(db_admin)
        for page in ("/", "/worklist", case):
            assert who.client.get(page).status_code == 200, page


def test_a_request_is_taken_while_the_plugin_is_not_installed(
    client_of: Clients, instead: Instead, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    with instead("standard", None):
        assert "Part of our rules cannot be shown just now" in client.get("/").text
        assert "this form is shorter than usual" in client.get("/ask/request-form").text
        ask(client, "request-form", "parent")
    taken(db_admin)
    assert one(db_admin, "select plugin, plugin_version from policy_trouble") == ("standard", "none")


def test_worklist_and_case_say_so_and_a_mended_policy_is_asked_again(
    client_of: Clients, sign_in: SignIn, instead: Instead, db_admin: psycopg.Connection
) -> None:
    manager = sign_in("leeds", "service-manager")
    with instead("standard", Broken(raising)):
        ask(client_of("leeds"), "request-form", "parent", concerns=["speech-and-language", "physical"])
        referral_id = taken(db_admin)
        worklist = manager.client.get("/worklist").text
        assert "Needs a person" in worklist
        assert "1</strong> needs a person: the policy gave no answer" in worklist
        assert "Needs a person" in manager.client.get("/worklist?unjudged=yes").text
        page = manager.client.get(f"/referrals/{referral_id}")
        assert "A person has to look: the policy gave no answer" in page.text
        assert "nothing is decided" in page.text
        again = send(manager.client, form_to(page, f"/referrals/{referral_id}/judge-again"))
        assert "The policy still gives no answer" in manager.client.get(again.headers["Location"]).text
    page = manager.client.get(f"/referrals/{referral_id}")
    again = send(manager.client, form_to(page, f"/referrals/{referral_id}/judge-again"))
    assert again.status_code == 303
    shown = manager.client.get(again.headers["Location"]).text
    assert "Judged again. More information is needed." in shown
    assert "Judge again</button>" not in shown
    assert one(db_admin, "select outcome from referral") == "more-information"
    history = db_admin.execute("select outcome, plugin_version from determination order by made_at, id").fetchall()
    assert [outcome for outcome, _ in history] == ["needs-a-person", "needs-a-person", "more-information"]
    assert history[-1][1] == installed_policies()["standard"].version
    assert one(db_admin, "select count(*) from policy_trouble where settled_at is null") == 0
    assert "1</strong> needs a person" not in manager.client.get("/worklist").text
    assert one(db_admin, "select count(*) from audit_event where action = 'referral.judged-again'") == 2


def test_a_person_decides_while_the_policy_gives_no_answer(
    client_of: Clients, sign_in: SignIn, instead: Instead, db_admin: psycopg.Connection
) -> None:
    manager = sign_in("leeds", "service-manager")
    with instead("standard", Broken(raising)):
        ask(client_of("leeds"), "request-form", "parent")
        referral_id = taken(db_admin)
        manager.client.get(f"/referrals/{referral_id}")
        page = manager.client.get(f"/referrals/{referral_id}/decide")
        assert "With this you decide otherwise" not in page.text
        decided = send(
            manager.client,
            form_to(page, f"/referrals/{referral_id}/decide"),
            {
                "outcome": "signposted",
                "reason": "I spoke with the family and they would like a group nearby first.",
                "may_help_instead": "The stay and play group on Tuesdays.",
            },
        )
        assert decided.status_code == 303, decided.text
    assert one(db_admin, "select stage from referral") == "signposted"


def test_a_failing_policy_is_told_to_the_operator_once_and_without_a_word_of_the_family(
    client_of: Clients, instead: Instead, db_admin: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with instead("standard", Broken(raising)):
        for _ in range(2):
            ask(client_of("leeds"), "request-form", "parent")
    assert kinds_of_effects(db_admin).count("policy.trouble") == 1
    assert one(db_admin, "select count(*) from policy_trouble") == 2
    kept = str(
        db_admin.execute("select plugin, plugin_version, rules_digest, how, what from policy_trouble").fetchall()
    )
    assert "ZeroDivisionError in support/broken.py, line" in kept
    for seen in (kept, caplog.text):
        assert SECRET not in seen
        assert "2025-03-14" not in seen
    assert "policy standard gave no answer: raised" in caplog.text


def test_whoever_looks_after_the_policy_is_told_that_it_cannot_be_read(sign_in: SignIn, instead: Instead) -> None:
    who = sign_in("leeds", "tenant-administrator")
    for policy in (None, KINDS["cannot read its edition"]()):
        with instead("standard", policy):
            page = who.client.get("/policy")
        assert page.status_code == 200
        assert "The conditions of this edition cannot be read just now." in page.text
        assert "There is no condition." not in page.text
        assert "Early Years SEND Home Visiting Service" in page.text


def test_a_policy_with_facts_of_its_own_keeps_nobody_from_the_page_of_a_case(
    request_of: RequestOf, sign_in: SignIn, instead: Instead
) -> None:
    family, manager = request_of("portsmouth"), sign_in("portsmouth", "service-manager")

    class Failing(StandardPolicy):
        def determine(self, edition: Any, facts: Facts) -> Any:
            raise ZeroDivisionError

    policy = Failing()
    policy.__dict__.update(version="6.6.6", rules_digest="b" * 64)
    with instead("standard", policy):
        for page in (f"/referrals/{family.referral_id}", f"/referrals/{family.referral_id}/facts"):
            assert manager.client.get(page).status_code == 200, page


def test_cases_from_before_are_still_read_and_decided_while_the_plugin_is_away(
    request_of: RequestOf, sign_in: SignIn, instead: Instead
) -> None:
    family, manager = request_of("leeds", facts=ELIGIBLE), sign_in("leeds", "service-manager")
    case = f"/referrals/{family.referral_id}"
    with instead("standard", None):
        shown = manager.client.get(case)
        assert "The request meets the published conditions" in shown.text
        assert "LDS-11, as published" in shown.text
        for page in ("/today", "/worklist", f"{case}/facts", f"{case}/delay", f"{case}/decide"):
            assert manager.client.get(page).status_code == 200, page


def test_the_panel_is_told_that_the_policy_gave_no_answer(
    request_of: RequestOf, sign_in: SignIn, instead: Instead, db_admin: psycopg.Connection
) -> None:
    policy = Unanswering()
    policy.__dict__.update(version="6.6.6", rules_digest="b" * 64)
    with instead("west-northants", policy):
        request_of("west-northants")
    assert one(db_admin, "select stage, outcome from referral") == ("panel", "needs-a-person")
    chair = sign_in("west-northants", "panel-chair").client
    first = {"first_on-day": "21", "first_on-month": "11", "first_on-year": "2026", "count": "1"}
    send(chair, form_to(chair.get("/panel"), "/panel/meetings"), first)
    assert "The policy gave no answer" in chair.get("/panel").text


class Unanswering(WestNorthantsPolicy):
    """A council with a panel whose rules fail."""

    def determine(self, edition: Any, facts: Facts) -> Any:
        raise ZeroDivisionError


def test_facts_that_contradict_each_other_are_still_refused(sign_in: SignIn, db_admin: psycopg.Connection) -> None:
    who = sign_in("leeds", "team-administrator")
    path = "/enter/request-form/parent"
    form = form_to(who.client.get(path), path)
    born = {"born-day": "21", "born-month": "11", "born-year": "2026"}
    typed = filled(form, born, "parent")
    assert send(who.client, form, typed).status_code == 422
    assert one(db_admin, "select count(*) from referral") == 0
