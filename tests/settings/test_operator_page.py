"""What operators see of every council: its policy, the edition in force, what failed; and nothing of a family."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.core.db import db
from portage.policy import installed_policies
from portage.referrals.operations.troubles import note_use
from support.asking import filled
from support.background import WorkOff, mail_server, work_off, worker_app, worker_app_of_process
from support.broken import SECRET, Broken, instead, raising
from support.forms import form_to, send
from support.mailserver import MailServer
from support.operators import at_the_desk
from support.people import Hired
from support.requests import RequestOf, request_of

__all__ = ["instead", "mail_server", "request_of", "work_off", "worker_app", "worker_app_of_process"]
Instead = Callable[..., Any]
MAILBOX = "operators@platform.example"


@pytest.fixture(autouse=True)
def _day(clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


def test_the_page_shows_plugin_version_rules_and_edition_in_force_of_every_council(
    app: Flask, db_admin: psycopg.Connection
) -> None:
    page = at_the_desk(app, db_admin).get("/operator")
    assert page.status_code == 200, page.text
    standard = installed_policies()["standard"]
    assert f"standard {standard.version}" in page.text
    assert f"rules {standard.rules_digest[:12]}" in page.text
    assert "One minute guide no. 166, October 2025" in page.text
    assert "since 1 October 2025" in page.text
    assert "One minute guide no. 166, March 2025" not in page.text
    assert "A policy gave no answer" not in page.text
    assert "Kept answers also come from" not in page.text


def test_the_page_names_councils_whose_kept_answers_come_from_other_rules(
    app: Flask,
    council: Callable[..., AbstractContextManager[UUID]],
    request_of: RequestOf,
    db_admin: psycopg.Connection,
) -> None:
    request_of("leeds")
    with council("leeds"):
        note_use(Broken(raising))
        db.session.commit()
    page = at_the_desk(app, db_admin).get("/operator").text
    assert "Kept answers also come from: standard 6.6.6 (bbbbbbbbbbbb)" in page
    assert page.count("Kept answers also come from") == 1


def test_operators_hear_of_a_failing_policy_by_e_mail_and_on_their_page_until_a_person_has_decided(
    app: Flask,
    request_of: RequestOf,
    instead: Instead,
    worker_app: Flask,
    work_off: WorkOff,
    mail_server: MailServer,
    sign_in: Callable[..., Hired],
    db_admin: psycopg.Connection,
) -> None:
    told = worker_app.extensions
    told["portage.settings"] = replace(told["portage.settings"], operator_email=MAILBOX)
    with instead("standard", Broken(raising)):
        family = request_of("leeds")
        request_of("leeds")
        assert "dead" not in work_off()
    to_operators = [mail for mail in mail_server.mails if mail["To"] == MAILBOX]
    assert len(to_operators) == 1
    text = to_operators[0].get_content()
    assert "Policy: standard, version 6.6.6" in text
    assert "It raised an error (ZeroDivisionError in support/broken.py" in text
    desk = at_the_desk(app, db_admin)
    page = desk.get("/operator").text
    assert "2 requests wait for a person" in page
    assert "It raised an error" in page
    for private in (SECRET, "Kit", "Canarychild", family.reference, str(family.referral_id)):
        assert private not in text
        assert private not in page
    manager = sign_in("leeds", "service-manager")
    manager.client.get(f"/referrals/{family.referral_id}")
    left = f"/referrals/{family.referral_id}/withdraw"
    form = form_to(manager.client.get(left), left)
    assert send(manager.client, form, filled(form, {"told_on-day": "21"}, "parent")).status_code == 303
    assert "1 request waits for a person" in desk.get("/operator").text
