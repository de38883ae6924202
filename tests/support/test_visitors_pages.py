"""Visitors see what is written down of them, and managers that HR's check of somebody is not marked (LAN-05)."""

from datetime import timedelta

from sqlalchemy import update

from portage.accounts.models import StaffCheck
from portage.core import clock
from portage.core.db import db
from portage.support.models import VisitorAbsence, VisitorProfile
from portage.support.operations.checks import tell_of_checks
from support.episodes import Council, SignIn, SupportedOf, supported_of
from support.forms import form_to, send

__all__ = ["supported_of"]
SAID = "The HR check of 1 visitor with children is not marked yet, or has run out"


def words(page: str) -> str:
    """The text of a page with its spaces made one."""
    return " ".join(page.split())


def test_a_visitor_sees_what_is_written_down_and_whom_to_ask(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    today = clock.today()
    with council("leeds"):
        db.session.add(
            VisitorProfile(
                person_id=case.visitor.id, weekly_minutes=1110, half_days=["mon-am", "mon-pm", "tue-am"],
                most_children=9, most_visits=8, skills=["Makaton"], district="LS6",
            )
        )  # fmt: skip
        for start, until in ((3, 9), (-9, -3)):
            away = VisitorAbsence(
                person_id=case.visitor.id, from_on=today + timedelta(start), until_on=today + timedelta(until)
            )
            db.session.add(away)
        db.session.commit()
    client = case.visitor.client
    assert 'href="/caseload/me"' in client.get("/caseload").get_data(as_text=True)
    page = words(client.get("/caseload/me").get_data(as_text=True))
    for said in (
        "18.5 hours", "Monday, Tuesday morning", "The whole council", "Makaton", "1 now, at most 9", "At most 8", "LS6",
        case.manager.name,
    ):  # fmt: skip
        assert said in page, said
    assert page.count(" to ") >= 1
    assert "Nothing is planned" not in page
    assert page.count("<form") == 1, "nothing is changed here: the one form signs out"


def test_where_nothing_is_written_down_the_page_says_so(supported_of: SupportedOf, sign_in: SignIn) -> None:
    case = supported_of("leeds")
    page = words(case.visitor.client.get("/caseload/me").get_data(as_text=True))
    assert "1 now; nobody has written down how many at most" in page
    assert page.count("Not given") == 5
    assert "Nothing is planned" in page
    manager = sign_in("leeds", "service-manager")
    assert manager.client.get("/caseload/me").status_code == 404, "who does not visit has no such page"
    assert "/caseload/me" not in manager.client.get("/caseload").get_data(as_text=True)


def test_managers_are_told_while_a_visitor_with_children_lacks_the_mark(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    without_children = sign_in("leeds", "home-visitor", name="Una Unasked", checked=False)
    with council("leeds"):
        tell_of_checks(clock.today())
        db.session.commit()
    today = case.manager.client.get("/today")
    assert "HR check" not in today.get_data(as_text=True), "nobody with children lacks it"
    assert "HR check" not in case.manager.client.get("/visitors").get_data(as_text=True)
    with council("leeds"):
        gone = update(StaffCheck).where(StaffCheck.person_id == case.visitor.id).values(current_until=None)
        db.session.execute(gone)
        for _ in range(2):
            tell_of_checks(clock.today())
        db.session.commit()
    page = case.manager.client.get("/today").get_data(as_text=True)
    assert page.count(f'href="/visitors?area=all&amp;check=unmarked">{SAID}: they cannot be given another child.') == 1
    page = words(case.manager.client.get("/visitors").get_data(as_text=True))
    assert f"<strong>{SAID}</strong>: they cannot be given another child until an administrator marks it." in page
    page = case.manager.client.get("/visitors?area=all&check=unmarked").get_data(as_text=True)
    assert case.visitor.name in page
    assert "1 person visits" in page
    assert without_children.name not in page


def test_the_mark_settles_what_managers_were_told(supported_of: SupportedOf, council: Council, sign_in: SignIn) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        yesterday = clock.today() - timedelta(days=1)
        db.session.execute(update(StaffCheck).values(current_until=yesterday))
        tell_of_checks(clock.today())
        db.session.commit()
    assert SAID in case.manager.client.get("/today").get_data(as_text=True)
    administrator = sign_in("leeds", "tenant-administrator").client
    path = f"/people/{case.visitor.id}"
    until = clock.today() + timedelta(days=300)
    day = {
        "current_until-day": str(until.day), "current_until-month": str(until.month),
        "current_until-year": str(until.year),
    }  # fmt: skip
    answer = send(administrator, form_to(administrator.get(path), f"{path}/check"), {"current": "yes", **day})
    assert answer.status_code == 303
    assert "HR check" not in case.manager.client.get("/today").get_data(as_text=True)
    page = case.manager.client.get("/visitors?check=unmarked").get_data(as_text=True)
    assert "The HR check of everybody with children here is marked." in page
