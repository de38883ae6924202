"""What follows from a notification is the council's policy: a panel item, a request once the parents agree, nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core.db import db
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_on, forget_compiled
from support.asking import rows, submit, the_referral
from support.background import WorkOff
from support.forms import form_to, send
from support.mailserver import MailServer
from support.notifying import Notice, Notified, open_receipt, to_check, to_page
from support.people import Hired
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
SAID_YES = {
    "answer": "yes",
    "agreed_by": "Robin Invented",
    "agreed_relationship": "Mother",
    "agreed_on-day": "20",
    "agreed_on-month": "11",
    "agreed_on-year": "2026",
    "agreed_how": "telephone",
}


@pytest.fixture(autouse=True)
def _on_that_day(day: datetime) -> None:
    """The clock stands still."""


def record(client: FlaskClient, notice: Notice, **said: str) -> object:
    """Record what the parents said, on the notification's page."""
    path = f"/notifications/{notice.id}"
    return send(client, form_to(client.get(path), f"{path}/agreement"), {**SAID_YES, **said})


def tasks(db_admin: psycopg.Connection, *, done: bool = False) -> list[object]:
    """The kinds of the open tasks, or of those that are done."""
    found = rows(db_admin, "select kind from notification_task where (done_on is not null) = %s order by kind", done)
    return [row["kind"] for row in found]


# ---- a panel item (WNC-04, WNC-13)


def test_a_section_23_notification_is_on_the_panels_list_in_any_case_wnc_04(
    notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    """WNC-04: the panel looks at Section 23 notifications; no agreement, no evidence and no tick is needed."""
    notice = notified(parents_informed="no", parents_discussed="no", organisation_told="not-told", safeguarding="yes")
    referral = the_referral(db_admin)
    assert (referral["stage"], referral["route"]) == ("panel", "section-23")
    assert (referral["notification_id"], referral["reference"]) == (notice.id, notice.reference)
    assert referral["answers"]["parents_discussed_on"] == "2026-11-02"  # type: ignore[index]  # JSON
    assert notice.row(db_admin)["state"] == "followed"
    manager = sign_in("west-northants", "service-manager").client
    page = manager.get(f"/referrals/{referral['id']}")
    assert f'href="/notifications/{notice.id}"' in page.text
    assert f'href="/referrals/{referral["id"]}"' in manager.get(f"/notifications/{notice.id}").text


def test_the_case_file_of_a_notification_writes_to_nobody_by_itself(
    notified: Notified, work_off: WorkOff, mail_server: MailServer
) -> None:
    notified(safeguarding="yes")
    work_off()
    assert [mail["To"] for mail in mail_server.mails] == ["sam@trust.example"]


def test_an_asq_that_comes_with_it_is_evidence_of_the_case_file_wnc_13(
    client_of: Callable[[str], FlaskClient], db_admin: psycopg.Connection, sign_in: SignIn, unhurried: None
) -> None:
    client = client_of("west-northants")
    page = to_page(client, "papers")
    form = form_to(page, "/notify/papers")
    asq = ("papers", ("asq.pdf", b"%PDF-1.4\n%%EOF\n"))
    added = send(client, form, {"kind": "asq", "more": "yes"}, files=[asq])
    assert added.status_code == 303, added.text
    onward = send(client, form_to(client.get("/notify/papers"), "/notify/papers"), {"kind": ""})
    submit(client, client.get(onward.headers["Location"]))
    referral = the_referral(db_admin)
    assert referral["facts"]["evidence"] == ["asq"]  # type: ignore[index]  # JSON
    (evidence,) = rows(db_admin, "select kind, object_key from evidence where referral_id = %s", referral["id"])
    (paper,) = rows(db_admin, "select id, object_key, notification_id from notification_paper")
    assert (evidence["kind"], evidence["object_key"]) == ("asq", paper["object_key"])
    chair = sign_in("west-northants", "service-manager").client
    with chair.get(f"/notifications/{paper['notification_id']}/papers/{paper['id']}") as got:
        assert got.data.startswith(b"%PDF")
        assert "attachment" in got.headers["Content-Disposition"]


# ---- a request once the parents agree (LDS-14)


def test_a_hen_without_agreement_is_kept_and_starts_no_request_lds_14(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified("leeds", agreement_parent="unknown")
    assert rows(db_admin, "select id from referral") == []
    assert notice.row(db_admin)["state"] == "agreement"
    assert tasks(db_admin) == ["agreement"]
    work_off()
    assert [mail["To"] for mail in mail_server.mails] == ["sam@trust.example"]
    manager = sign_in("leeds", "service-manager").client
    page = manager.get(f"/notifications/{notice.id}")
    assert "A request begins when a yes is recorded" in page.text


def test_a_recorded_agreement_begins_the_request_of_a_hen_lds_14(
    notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn, clock: Callable[[datetime], None]
) -> None:
    """Who agreed, how and when; the request was received on the day they agreed, by this council's policy."""
    notice = notified("leeds", agreement_parent="unknown", concerns=["hearing", "vision"])
    clock(datetime.fromisoformat("2026-11-30T10:00Z"))
    manager = sign_in("leeds", "service-manager")
    led = record(manager.client, notice, **{"agreed_on-day": "27"})
    referral = the_referral(db_admin)
    assert led.headers["Location"] == f"/referrals/{referral['id']}"  # type: ignore[attr-defined]
    assert (referral["route"], referral["received_on"]) == ("hen", date(2026, 11, 27))
    assert (referral["agreed_by"], referral["agreed_on"], referral["agreed_how"]) == (
        "Robin Invented", date(2026, 11, 27), "By telephone",
    )  # fmt: skip
    assert referral["facts"]["agreement"] == {"parent": True}  # type: ignore[index]  # JSON
    assert referral["facts"]["child"]["delay"] == {"hearing": None, "vision": None}  # type: ignore[index]  # JSON
    row = notice.row(db_admin)
    assert (row["agreement"], row["state"], row["agreement_recorded_by"]) == ("yes", "followed", manager.id)
    assert tasks(db_admin) == []
    finding = rows(db_admin, "select answer from determination")[0]["answer"]["findings"]  # type: ignore[index]  # JSON
    assert {each["rule"]: each["met"] for each in finding}["LDS-14"] is True
    told = rows(db_admin, "select kind, recipient_kind from message where referral_id = %s", referral["id"])
    assert {(each["kind"], each["recipient_kind"]) for each in told} == {("receipt", "carer"), ("receipt", "referrer")}


def test_an_agreement_from_before_the_notification_does_not_make_the_request_older(
    notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified("leeds", agreement_parent="no")
    record(sign_in("leeds", "team-administrator").client, notice, **{"agreed_on-day": "2"})
    assert the_referral(db_admin)["received_on"] == date(2026, 11, 21)


def test_a_hen_with_agreement_is_a_request_at_once_lds_14(notified: Notified, db_admin: psycopg.Connection) -> None:
    notice = notified("leeds", **{"agreed_on-day": "2"})
    referral = the_referral(db_admin)
    assert (referral["route"], referral["notification_id"]) == ("hen", notice.id)
    assert referral["received_on"] == date(2026, 11, 21)
    assert (referral["agreed_by"], referral["agreed_how"]) == ("Robin Invented", "By telephone")


def test_a_no_is_recorded_and_keeps_the_notification(
    notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn, work_off: WorkOff, mail_server: MailServer
) -> None:
    notice = notified("leeds", agreement_parent="unknown")
    office = sign_in("leeds", "team-administrator").client
    assert record(office, notice, answer="no").status_code == 303  # type: ignore[attr-defined]
    assert notice.row(db_admin)["agreement"] == "no"
    path = f"/notifications/{notice.id}"
    form = form_to(office.get(path), f"{path}/close")
    assert send(office, form, {"closed_as": "no-agreement", "closed_reason": ""}).status_code == 422
    assert send(office, form, {"closed_as": "no-agreement", "closed_reason": "They want to wait."}).status_code == 303
    assert rows(db_admin, "select id from referral") == []
    row = notice.row(db_admin)
    assert (row["state"], row["closed_as"], row["closed_reason"]) == ("closed", "no-agreement", "They want to wait.")
    work_off()
    told = open_receipt(notice.client, mail_server)
    assert "No request follows from it" in told.text
    assert "They want to wait" not in told.text


def test_an_agreement_on_a_day_to_come_is_refused(
    notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified("leeds", agreement_parent="unknown")
    refused = record(sign_in("leeds", "team-administrator").client, notice, **{"agreed_on-year": "2027"})
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert notice.row(db_admin)["agreement"] == "unknown"


def test_two_people_who_record_at_once_begin_one_request(
    notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified("leeds", agreement_parent="unknown")
    one, other = (sign_in("leeds", "team-administrator").client for _ in range(2))
    path = f"/notifications/{notice.id}"
    forms = [form_to(each.get(path), f"{path}/agreement") for each in (one, other)]
    first, second = send(one, forms[0], SAID_YES), send(other, forms[1], SAID_YES)
    assert (first.status_code, second.status_code) == (303, 409)
    assert the_referral(db_admin)["notification_id"] == notice.id


# ---- nothing


@pytest.fixture
def keeps_them(council: Council) -> Iterator[None]:
    """A council from whose notifications nothing follows by itself."""
    with council("leeds"):
        _, held = edition_on(date(2026, 11, 1))
        terms = dict(held.given["terms"])
        told = {**terms["notifications"], "follows": "nothing", "agreement_first": False}
        db.session.add(
            PolicyEdition(
                plugin=held.plugin,
                source="A page that lets nothing follow",
                status="published",
                effective_from=date(2026, 11, 2),
                terms={**terms, "notifications": told},
                assumptions=[],
            )
        )
        db.session.commit()
    forget_compiled()
    yield
    forget_compiled()


def test_where_nothing_follows_it_is_kept_and_a_person_may_open_a_case_file(
    keeps_them: None, notified: Notified, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    notice = notified("leeds", agreement_parent="unknown")
    assert notice.row(db_admin)["state"] == "kept"
    assert tasks(db_admin) == ["read"]
    office = sign_in("leeds", "team-administrator").client
    path = f"/notifications/{notice.id}"
    led = send(office, form_to(office.get(path), f"{path}/case-file"))
    referral = the_referral(db_admin)
    assert led.headers["Location"] == f"/referrals/{referral['id']}"
    assert tasks(db_admin) == []


# ---- no notifications at all


def test_a_council_without_notifications_has_no_page_and_no_link(
    client_of: Callable[[str], FlaskClient], sign_in: SignIn
) -> None:
    """Lancashire's page names no notification by health bodies."""
    stranger = client_of("lancashire")
    assert [stranger.get(path).status_code for path in ("/notify", "/notify/you", "/notify/check")] == [404] * 3
    assert "/notify" not in stranger.get("/").text
    everybody: Hired = sign_in("lancashire", "service-manager", "team-administrator", "panel-chair")
    for path in ("/notifications", "/notifications/enter", "/notifications/figures"):
        assert everybody.client.get(path).status_code == 404
    for path in ("/today", "/enter", "/worklist"):
        assert "otification" not in everybody.client.get(path).text


def test_the_old_way_to_ask_leads_to_the_form_and_takes_nothing(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("leeds")
    assert client.get("/ask/hen").headers["Location"] == "/notify"
    assert client.get("/ask/hen/you").status_code == 404
    assert "/ask/hen" not in client.get("/").text
    assert 'href="/notify"' in client.get("/").text
    check = to_check(client)
    assert check.status_code == 200
