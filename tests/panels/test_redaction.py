"""What a member from another organisation reads of an item is what the family allows; a rule in one place (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import psycopg
import pytest

from portage.core import clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.identity import SYSTEM, Viewer
from portage.families.permissions import PermissionAnswer, record_permission
from portage.panels.redaction import ANONYMOUS, PAPER, WHOLE, family_allows, sight_of
from portage.panels.rules import panel_rules
from support.cases import Family
from support.panels import SLUG, closed, decided, item_at, meeting_on, paper_of, plan
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
MEMBER = frozenset({Role.PANEL_MEMBER})


@pytest.mark.parametrize(
    ("answer", "agreement", "allows"),
    [
        (None, None, False),
        (None, {"parent": True}, False),  # agreeing to a request is not agreeing that others read it
        (None, {"panel": True}, True),
        (None, {"sharing": True}, True),
        (None, {"panel": None, "sharing": False}, False),
        ("yes", None, True),
        ("no", {"panel": True}, False),  # the last answer holds before what the request says
        ("withdrawn", {"sharing": True}, False),
    ],
)
def test_silence_and_a_withdrawn_yes_are_a_no(
    answer: str | None, agreement: dict[str, bool | None] | None, allows: bool
) -> None:
    assert family_allows(answer, agreement) is allows


def test_who_works_for_the_council_reads_the_whole_paper() -> None:
    inside, outside = (Viewer(kind="person", roles=MEMBER, outside=each) for each in (False, True))
    assert [sight_of(inside, allowed=each) for each in (True, False)] == [WHOLE, WHOLE]
    assert [sight_of(outside, allowed=each) for each in (True, False)] == [PAPER, ANONYMOUS]


@pytest.fixture
def family(request_of: RequestOf, council: Council) -> Family:
    """A request with a paper."""
    found = request_of(SLUG, given_name="Ada")
    with council(SLUG):
        paper_of(found)
        db.session.commit()
    return found


@pytest.fixture
def item(chair: Hired, family: Family, db_admin: psycopg.Connection) -> str:
    """The address of its item."""
    plan(chair)
    return item_at(meeting_on(db_admin), family)


@pytest.fixture
def outsider(sign_in: SignIn, db_admin: psycopg.Connection) -> Hired:
    """A member who works for a health trust."""
    member = sign_in(SLUG, "panel-member", name="Tess Trust")
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update person set organisation = 'Sample Health Trust' where id = %s", (member.id,))
    db_admin.execute("set session_replication_role = origin")
    return member


def answered(council: Council, family: Family, answer: str) -> None:
    """The family says something about members of the panel from other services."""
    with council(SLUG):
        rules = panel_rules(clock.today())
        assert rules is not None
        assert rules.sharing is not None
        given = PermissionAnswer(rules.sharing.key, answer, "Sam Canarychild", clock.today(), "By telephone")
        record_permission(family.child_id, given, [rules.sharing], by=SYSTEM)
        db.session.commit()


def paper_at(db_admin: psycopg.Connection, item: str) -> str:
    (found,) = db_admin.execute("select id from evidence").fetchone() or ()
    return f"{item}/papers/{found}"


def test_without_the_familys_word_they_see_a_reference_and_no_name(
    outsider: Hired, family: Family, item: str, db_admin: psycopg.Connection
) -> None:
    for page in ("/panel", item):
        text = outsider.client.get(page).text
        assert family.reference in text
        for hidden in ("Ada", "Canarychild", "Kit loves water.", "asq.pdf", "1 Sample Street"):
            assert hidden not in text, (page, hidden)
    assert "1 paper" in outsider.client.get(item).text
    assert outsider.client.get(paper_at(db_admin, item)).status_code == 404


def test_with_the_familys_word_they_read_the_paper_and_still_no_record(
    outsider: Hired, family: Family, item: str, council: Council, db_admin: psycopg.Connection
) -> None:
    answered(council, family, "yes")
    page = outsider.client.get(item).text
    for shown in ("Ada Canarychild", "Kit loves water.", "asq.pdf"):
        assert shown in page
    for hidden in ("1 Sample Street", "sam@family.example", f"/referrals/{family.referral_id}", "Open the whole"):
        assert hidden not in page
    with outsider.client.get(paper_at(db_admin, item)) as paper:
        assert paper.status_code == 200
    opened = db_admin.execute("select actor from audit_event where action = 'panel.paper-opened'").fetchall()
    assert opened == [(f"person:{outsider.id}",)], "opening a paper is in the trail"
    answered(council, family, "withdrawn")
    assert "Ada" not in outsider.client.get(item).text
    assert outsider.client.get(paper_at(db_admin, item)).status_code == 404


def test_a_seat_on_the_panel_opens_no_record_and_no_list_to_them(
    outsider: Hired, family: Family, item: str, council: Council
) -> None:
    answered(council, family, "yes")
    request = f"/referrals/{family.referral_id}"
    refused = (request, f"/children/{family.child_id}", f"/children/{family.child_id}/reason", "/worklist")
    assert {outsider.client.get(page).status_code for page in refused} == {403}
    today = outsider.client.get("/today").text
    assert 'href="/panel"' in today
    assert 'href="/worklist"' not in today


def test_the_minutes_give_them_words_only_where_the_family_allows_it(
    outsider: Hired, chair: Hired, family: Family, item: str, council: Council, db_admin: psycopg.Connection
) -> None:
    assert decided(chair, item).status_code == 303
    meeting_id = meeting_on(db_admin)
    assert closed(chair, meeting_id).status_code == 303
    page = outsider.client.get(f"/panel/{meeting_id}").text.replace("&#39;", "'")
    assert family.reference in page
    assert "Practitioner allocated" in page
    assert "Ada" not in page
    assert OWN_WORDS not in page
    answered(council, family, "yes")
    page = outsider.client.get(f"/panel/{meeting_id}").text.replace("&#39;", "'")
    assert "Ada" in page
    assert OWN_WORDS in page
    assert outsider.client.get(item).status_code == 200


def test_the_administrator_says_who_works_elsewhere(
    sign_in: SignIn, outsider: Hired, db_admin: psycopg.Connection
) -> None:
    from support.forms import form_to, send

    member, administrator = sign_in(SLUG, "panel-member"), sign_in(SLUG, "tenant-administrator")
    page = f"/people/{member.id}"
    form = form_to(administrator.client.get(page), f"{page}/access")
    typed = {"roles": ["panel-member"], "whole_council": "yes", "organisation": "Sample Health Trust"}
    assert send(administrator.client, form, typed).status_code == 303
    assert "Sample Health Trust" in administrator.client.get(page).text
    found = "select organisation from person where id = %s"
    assert db_admin.execute(found, (member.id,)).fetchone() == ("Sample Health Trust",)
    assert member.client.get("/panel").status_code == 401, "the session from before would see more"
