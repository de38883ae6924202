"""What staff see of notifications and do about them: warnings and tasks instead of rejections, each in its area."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portage.core.db import db
from portage.notifications.operations.tasks import show_overdue
from support.asking import filled, rows
from support.background import WorkOff
from support.cases import Family
from support.forms import Values, form_to, send
from support.letters import Decide
from support.mailserver import MailServer
from support.notifying import USUAL, Notice, Notified, open_receipt, to_page
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]


@pytest.fixture(autouse=True)
def _on_that_day(day: datetime) -> None:
    """The clock stands still."""


def open_tasks(db_admin: psycopg.Connection, notice: Notice) -> set[object]:
    """The kinds of what is to be done about a notification."""
    question = "select kind from notification_task where notification_id = %s and done_on is null"
    return {row["kind"] for row in rows(db_admin, question, notice.id)}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("icb", "section-23"),
        ("nhs-trust", "section-23"),
        ("nhs-foundation-trust", "section-23"),
        ("gp", "early-years"),
        ("independent-therapist", "early-years"),
        ("other", "early-years"),
    ],
)
def test_the_body_decides_which_of_the_two_kinds_it_counts_as(
    body: str, kind: str, notified: Notified, db_admin: psycopg.Connection
) -> None:
    assert notified(body_kind=body).row(db_admin)["kind"] == kind


@pytest.mark.parametrize(
    ("given", "warning", "task"),
    [
        ({"parents_informed": "no"}, "parent-not-informed", "steps"),
        ({"parents_discussed": "no"}, "no-discussion", "steps"),
        ({"organisation_told": "not-told"}, "organisation-not-named", "steps"),
        ({"lives_in_area": "no"}, "outside-area", "forward"),
        ({"born-year": "2021"}, "school-age", "school-age"),
        ({"safeguarding": "yes"}, "safeguarding", "safeguarding"),
    ],
)
def test_what_is_amiss_is_a_warning_and_a_task_and_never_a_rejection(
    given: dict[str, str | list[str]],
    warning: str,
    task: str,
    notified: Notified,
    db_admin: psycopg.Connection,
    sign_in: SignIn,
) -> None:
    notice = notified(**given)
    assert notice.row(db_admin)["warnings"] == ["sent-very-fast", warning] or notice.row(db_admin)["warnings"] == [
        warning,
        "sent-very-fast",
    ]
    assert open_tasks(db_admin, notice) == {"first-words", task}
    assert rows(db_admin, "select stage from referral") == [{"stage": "panel"}]  # and to the panel in any case
    office = sign_in("west-northants", "team-administrator").client
    path = f"/notifications/{notice.id}"
    (task_id,) = rows(db_admin, "select id from notification_task where kind = %s", task)
    form = form_to(office.get(path), f"{path}/tasks/{task_id['id']}/done")
    assert send(office, form, {"note": ""}).status_code == 422
    assert send(office, form, {"note": "Telephoned the ward."}).status_code == 303
    assert open_tasks(db_admin, notice) == {"first-words"}
    assert "Telephoned the ward." in office.get(path).text


def test_a_child_with_nothing_amiss_has_no_warning(notified: Notified, db_admin: psycopg.Connection) -> None:
    assert notified().row(db_admin)["warnings"] == ["sent-very-fast"]


@pytest.mark.parametrize(("born", "warned"), [("14-3-2021", True), ("1-9-2021", False)])
def test_compulsory_school_age_is_that_of_england(
    born: str, warned: bool, notified: Notified, db_admin: psycopg.Connection
) -> None:
    """Five before 31 August: of that age from then on; born on 1 September 2021: not before 31 December 2026."""
    day, month, year = born.split("-")
    notice = notified(**{"born-day": day, "born-month": month, "born-year": year})
    assert ("school-age" in notice.row(db_admin)["warnings"]) is warned  # type: ignore[operator]  # JSON


def test_managers_hear_of_a_safeguarding_mark_at_once_and_the_note_is_restricted(
    notified: Notified, sign_in: SignIn
) -> None:
    notice = notified(safeguarding="yes", safeguarding_note="A bruise that nobody explained")
    manager = sign_in("west-northants", "service-manager").client
    assert f"The notification {notice.reference} bears a safeguarding mark" in manager.get("/today").text
    path = f"/notifications/{notice.id}"
    assert "A bruise that nobody explained" in manager.get(path).text
    office = sign_in("west-northants", "team-administrator").client.get(path).text
    assert "Safeguarding mark." in office
    assert "A bruise that nobody explained" not in office


def test_each_opening_of_a_notification_is_one_line_in_the_trail(
    notified: Notified, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    notice = notified()
    office = sign_in("west-northants", "team-administrator").client
    for _ in range(2):
        assert office.get(f"/notifications/{notice.id}").status_code == 200
    seen = rows(db_admin, "select subject_id from audit_event where action = 'notification.opened'")
    assert [row["subject_id"] for row in seen] == [notice.id] * 2


def test_it_opens_to_those_who_may_open_the_childs_record(
    notified: Notified, sign_in: SignIn, db_admin: psycopg.Connection, client_of: Callable[[str], FlaskClient]
) -> None:
    notice = notified()
    path = f"/notifications/{notice.id}"
    assert client_of("west-northants").get(path).status_code == 401
    assert sign_in("leeds", "service-manager").client.get(path).status_code == 404
    assert sign_in("west-northants", "volunteer").client.get(path).status_code == 403
    asked = sign_in("west-northants", "home-visitor").client.get(path)
    assert asked.status_code == 303
    assert f"/children/{notice.child_id}/reason?next={path}" in asked.headers["Location"]
    for role in ("home-visitor", "panel-member", "auditor", "volunteer"):
        assert sign_in("west-northants", role).client.get("/notifications").status_code == 403


def test_the_list_is_narrowed_by_kind_state_task_and_name(notified: Notified, sign_in: SignIn) -> None:
    first = notified("leeds", agreement_parent="unknown")
    second = notified("leeds", body_kind="gp", given_name="Finch", family_name="Other", **{"agreed_on-day": "2"})
    office = sign_in("leeds", "team-administrator").client

    def found(query: str) -> set[UUID]:
        text = office.get(f"/notifications?{query}").text
        return {each.id for each in (first, second) if f"/notifications/{each.id}" in text}

    assert found("") == {first.id, second.id}
    assert found("kind=section-23") == {first.id}
    assert found("kind=early-years") == {second.id}
    assert found("state=agreement") == {first.id}
    assert found("state=followed") == {second.id}
    assert found("to_do=yes") == {first.id}
    assert found("q=other") == {second.id}
    assert found(f"q={first.reference.lower().replace('-', ' ')}") == {first.id}
    assert found("q=nobody") == set()
    assert found("kind=nonsense&state=nonsense&page=0") == {first.id, second.id}


def test_the_two_kinds_are_counted_apart_and_no_request_of_a_family_with_them(
    notified: Notified, request_of: RequestOf, sign_in: SignIn
) -> None:
    request_of("west-northants")
    for body in ("icb", "nhs-trust", "gp"):
        notified(body_kind=body)
    text = sign_in("west-northants", "service-manager").client.get("/notifications/figures?year=2026").text
    in_all = text.partition("In all</th>")[2].partition("</tr>")[0]
    assert in_all.index("<strong>2</strong>") < in_all.index("<strong>1</strong>")
    assert 'data-label="Section 23 notification"><strong>2' in in_all
    assert "November" in text
    old = sign_in("west-northants", "service-manager").client.get("/notifications/figures?year=2025").text
    assert "November" not in old.partition("In all")[0].partition("<tbody>")[2]


def test_what_came_on_paper_is_entered_with_its_gaps_and_its_real_day(
    sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    office = sign_in("leeds", "team-administrator")
    path = "/notifications/enter"
    form = form_to(office.client.get(path), path)
    needed: Values = {
        "body_kind": "gp", "referrer_name": "Dr Sample", "given_name": "Wren", "family_name": "Invented",
        "born-day": "14", "born-month": "3", "born-year": "2025", "arrived_how": "paper",
        "arrived_known_by": "The date stamp", "arrived_on-day": "9", "arrived_on-month": "11",
        "arrived_on-year": "2026",
    }  # fmt: skip
    empty: Values = {name: [] if field.kind in ("radio", "checkbox") else "" for name, field in form.fields.items()}
    kept = {name: field.values for name, field in form.fields.items() if field.kind == "hidden"}
    late = send(office.client, form, {**empty, **kept, **needed, "arrived_on-year": "2027"})
    assert late.status_code == 422
    assert "cannot have come in the future" in late.text
    led = send(office.client, form, {**empty, **kept, **needed})
    assert led.status_code == 303, led.text
    (row,) = rows(db_admin, "select * from notification")
    assert led.headers["Location"] == f"/notifications/{row['id']}"
    assert (row["arrived_on"], row["arrived_how"], row["entered_by"]) == (date(2026, 11, 9), "paper", office.id)
    assert row["body"] == "GP practice"
    assert (row["state"], row["agreement"]) == ("agreement", "unknown")
    early = send(office.client, form, {**empty, **kept, **needed, "arrived_on-year": "2025", "arrived_on-month": "2"})
    assert early.status_code == 422


def test_the_outcome_is_told_back_through_the_link(
    notified: Notified, work_off: WorkOff, mail_server: MailServer, decide: Decide, db_admin: psycopg.Connection
) -> None:
    notice = notified(lives_in_area="no")
    work_off()
    assert "A panel looks at it next." in open_receipt(notice.client, mail_server).text
    (referral,) = rows(db_admin, "select id from referral")
    sent = len(mail_server.mails)
    decide(Family(notice.slug, referral["id"], notice.child_id, notice.child_id, notice.reference), "signposted")  # type: ignore[arg-type]  # a row's
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update referral set stage = 'signposted' where id = %s", (referral["id"],))
    (news,) = [mail for mail in mail_server.mails[sent:] if mail["To"] == "sam@trust.example"]
    assert "There is news about the notification" in news.get_content()
    told = open_receipt(notice.client, mail_server).text
    assert "Decided." in told
    assert "Wren" not in told


def test_the_childs_record_leads_to_the_notification_or_to_its_case_file(notified: Notified, sign_in: SignIn) -> None:
    served = notified()
    page = sign_in("west-northants", "service-manager").client.get(f"/children/{served.child_id}").text
    assert f"{served.reference}</a>" in page
    assert "opened by a health notification" in page
    kept = notified("leeds", agreement_parent="unknown")
    page = sign_in("leeds", "service-manager").client.get(f"/children/{kept.child_id}").text
    assert f'href="/notifications/{kept.id}"' in page
    assert "Section 23 notification, Waits for the parents&#39; agreement, 21 Nov 2026" in page


def test_managers_see_once_a_week_what_nobody_did_in_time(
    notified: Notified, sign_in: SignIn, council: Council, clock: Callable[[datetime], None]
) -> None:
    notice = notified("leeds", agreement_parent="unknown")
    clock(datetime.fromisoformat("2026-11-30T08:00Z"))
    manager = sign_in("leeds", "service-manager").client
    with council("leeds"):
        assert [show_overdue(date(2026, 11, day)) for day in (28, 29, 30, 30)] == [0, 1, 1, 1]
        db.session.commit()
    said = f"Overdue since 28 November 2026: Ask whether the parents agree to a request: {notice.reference}."
    assert manager.get("/today").text.count(f">{said}</a>") == 2  # the week of the 29th, and that of the 30th
    path = f"/notifications/{notice.id}"
    typed = {
        "answer": "yes", "agreed_by": "Robin", "agreed_relationship": "Mother", "agreed_how": "telephone",
        "agreed_on-day": "27", "agreed_on-month": "11", "agreed_on-year": "2026",
    }  # fmt: skip
    assert send(manager, form_to(manager.get(path), f"{path}/agreement"), typed).status_code == 303
    assert said not in manager.get("/today").text


def test_the_form_is_kept_when_an_answer_is_refused(client_of: Callable[[str], FlaskClient], unhurried: None) -> None:
    client = client_of("west-northants")
    page = to_page(client, "told-parents")
    form = form_to(page, "/notify/told-parents")
    typed = {**filled(form, USUAL, "health-professional"), "parents_informed_on-day": "", "parents_views": "Glad of it"}
    typed |= {"parents_informed_on-month": "", "parents_informed_on-year": "", "organisation_told": "named"}
    refused = send(client, form, typed)
    assert refused.status_code == 422
    assert "Enter the day on which you told the parents." in refused.text
    assert "Enter the name of the organisation." in refused.text
    assert form_to(refused, "/notify/told-parents").typed("parents_views") == ["Glad of it"]
