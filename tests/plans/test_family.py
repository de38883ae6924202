"""The family's own space: a link to their plan, what they write, and the task that it gives (LAN-07, WNC-10)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from portage.accounts.models import RoleGrant
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.models import Carer
from portage.families.operations import NewCarer, add_carer
from portage.messages.models import Alert, OneTimeLink
from portage.plans.models import FamilyNote, PlayPlan
from support.background import WorkOff, mail_server, work_off, worker_app, worker_app_of_process
from support.episodes import Council, SignIn, Supported, SupportedOf, post_to
from support.forms import form_to, send
from support.mailserver import MailServer

__all__ = ["mail_server", "work_off", "worker_app", "worker_app_of_process"]
ClientOf = Callable[[str], FlaskClient]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINK = re.compile(r"http://[a-z-]+\.localhost(/l/[A-Za-z0-9_-]{43})\s")
PLAN = {"can_do": "Kit points.", "goal_1": "Eat together.", "agreed_with": "Mum"}
PARTS = {"does_what": "holds a spoon", "conditions": "at breakfast", "success": "three times of four"}
PLAY = {"wording": "Hold out two spoons and wait", "how_often": "Once a day"}
SEEN = {"words": "Kit held the spoon & laughed.\nTwice!"}


@pytest.fixture
def case(supported_of: SupportedOf, council: Council, clock: Callable[[datetime], None]) -> Supported:
    """A child with a plan and an activity, whose mother can be reached by e-mail."""
    clock(AT)
    case = supported_of("lancashire")
    client, path = case.visitor.client, f"/episodes/{case.episode_id}/plan/new"
    plan = send(client, form_to(client.get(path), path), PLAN).headers["Location"]
    goal = client.get(plan).text.split('href="/goals/')[1].split("/")[0]
    path = f"/goals/{goal}/targets"
    plan, _, target = send(client, form_to(client.get(path), path), PARTS).headers["Location"].partition("#target-")
    path = f"/targets/{target}/activities"
    assert send(client, form_to(client.get(path), path), PLAY).status_code == 303
    with council("lancashire"):
        change(Carer, email="sam@family.example")
    return case


def change(model: type[Any], **values: object) -> None:
    """Change every row of a table of the council in scope."""
    for row in db.session.scalars(scoped(model)).all():
        for name, value in values.items():
            setattr(row, name, value)
    db.session.commit()


def plan_of(case: Supported) -> str:
    """The address of the plan that is worked on."""
    return case.visitor.client.get(f"/episodes/{case.episode_id}/plan").headers["Location"]


def link_sent(case: Supported) -> None:
    """Send the family a link by the button."""
    client, plan = case.visitor.client, plan_of(case)
    assert send(client, form_to(client.get(plan), f"{plan}/link")).status_code == 303


def opened(case: Supported, client_of: ClientOf, work_off: WorkOff, mails: MailServer) -> tuple[FlaskClient, str]:
    """The parent's browser, and the address under which they read the plan."""
    link_sent(case)
    work_off()
    found = LINK.search(mails.mails[-1].get_content())
    assert found
    parent = client_of("lancashire")
    return parent, str(send(parent, form_to(parent.get(found[1]), found[1])).location)


def test_the_e_mail_says_nothing_and_the_link_opens_the_plan_and_its_chart(
    case: Supported, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    parent, address = opened(case, client_of, work_off, mail_server)
    mail = mail_server.mails[-1].get_content()
    assert [word for word in ("Kit", "Canarychild", "plan", "spoon") if word in mail] == []
    page = parent.get(address).text
    assert "Play plan for Kit" in page
    assert "holds a spoon, at breakfast." in page
    chart = parent.get(f"{address}/chart")
    assert chart.status_code == 200
    assert chart.text.count('class="portage-week__box"') == 7
    assert client_of("lancashire").get(f"{address}/chart").status_code == 410
    assert client_of("leeds").get(f"{address}/chart").status_code == 410


def test_what_a_parent_saw_lands_with_the_plan_and_gives_the_visitor_a_task(
    case: Supported, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer, council: Council
) -> None:
    parent, address = opened(case, client_of, work_off, mail_server)
    path = f"{address}/plan-notes"
    assert send(parent, form_to(parent.get(address), path), {"words": ""}).status_code == 422
    late = send(parent, form_to(parent.get(address), path), {**SEEN, "seen_on-year": "2027"})
    assert late.status_code == 422
    assert "Kit held the spoon &amp; laughed." in late.text
    form = form_to(parent.get(address), path)
    assert send(parent, form, SEEN).status_code == 303
    assert send(parent, form, SEEN).status_code == 303  # a double tap
    assert "Your visitor has not read it yet" in parent.get(address).text
    with council("lancashire"):
        note = db.session.scalars(scoped(FamilyNote)).one()
        assert (note.words, note.came_by, note.written_by) == ("Kit held the spoon & laughed.\nTwice!", "link", None)
        task = db.session.scalars(scoped(Alert).where(Alert.kind == "family-note")).one()
        assert (task.person_id, task.seen_at) == (case.visitor.id, None)
        note_id = note.id
    client = case.visitor.client
    assert "A family wrote what they saw between visits" in client.get("/today").text
    page = client.get(plan_of(case))
    assert "Written by the family: Sam Canarychild" in page.text
    assert send(client, form_to(page, f"/family-notes/{note_id}/read")).status_code == 303
    assert "Read by Vera Visitor" in client.get(plan_of(case)).text
    assert "Read by your team" in parent.get(address).text
    assert "A family wrote what they saw" not in client.get("/today").text


def test_without_a_home_visitor_the_managers_get_the_task_and_volunteers_none(
    case: Supported,
    client_of: ClientOf,
    work_off: WorkOff,
    mail_server: MailServer,
    council: Council,
) -> None:
    parent, address = opened(case, client_of, work_off, mail_server)
    with council("lancashire"):
        for grant in db.session.scalars(scoped(RoleGrant).where(RoleGrant.person_id == case.visitor.id)).all():
            db.session.delete(grant)
        db.session.commit()
    assert send(parent, form_to(parent.get(address), f"{address}/plan-notes"), SEEN).status_code == 303
    with council("lancashire"):
        task = db.session.scalars(scoped(Alert).where(Alert.kind == "family-note")).one()
        assert (task.person_id, task.role) == (None, "service-manager")


def test_another_carer_does_not_read_what_this_one_wrote(
    case: Supported,
    client_of: ClientOf,
    work_off: WorkOff,
    mail_server: MailServer,
    council: Council,
) -> None:
    parent, address = opened(case, client_of, work_off, mail_server)
    send(parent, form_to(parent.get(address), f"{address}/plan-notes"), SEEN)
    with council("lancashire"):
        change(Carer, email=None)
        add_carer(case.child_id, NewCarer("Alex Invented", "father", email="alex@family.example"))
        db.session.commit()
    father, page = opened(case, client_of, work_off, mail_server)
    assert "Play plan for Kit" in father.get(page).text
    assert "Kit held the spoon" not in father.get(page).text


def test_nobody_writes_to_a_plan_that_ended_or_behind_a_closed_link(
    case: Supported,
    client_of: ClientOf,
    work_off: WorkOff,
    mail_server: MailServer,
    council: Council,
) -> None:
    parent, address = opened(case, client_of, work_off, mail_server)
    form = form_to(parent.get(address), f"{address}/plan-notes")
    with council("lancashire"):
        change(PlayPlan, ended_on=AT.date())
    assert send(parent, form, SEEN).status_code == 410
    with council("lancashire"):
        change(PlayPlan, ended_on=None)
        change(OneTimeLink, closed_at=AT)
    assert send(parent, form, {**SEEN, "_key": str(new_id())}).status_code == 410
    with council("lancashire"):
        assert db.session.scalars(scoped(FamilyNote)).all() == []


def test_without_a_safe_mailbox_no_link_is_sent(case: Supported, council: Council) -> None:
    with council("lancashire"):
        change(Carer, email_is_safe=False)
    client, plan = case.visitor.client, plan_of(case)
    answer = send(client, form_to(client.get(plan), f"{plan}/link"))
    assert answer.status_code == 409
    assert "Print the plan and the chart instead" in answer.text


def test_the_familys_side_is_closed_to_volunteers_auditors_and_other_councils(case: Supported, sign_in: SignIn) -> None:
    """WNC-10: volunteers have pages of their own, and no plan is among them."""
    plan = plan_of(case)
    for address in (f"{plan}/chart", f"{plan}/chart.pdf"):
        assert sign_in("lancashire", "volunteer").client.get(address).status_code == 403
        assert sign_in("lancashire", "auditor").client.get(address).status_code == 403
        assert sign_in("leeds", "service-manager").client.get(address).status_code == 404
    other = sign_in("leeds", "service-manager").client
    assert post_to(other, f"{plan}/link").status_code == 404
    assert post_to(other, f"{plan}/notes", **SEEN).status_code == 404
