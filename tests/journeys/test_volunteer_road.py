"""A volunteer, from an offer on the public site to visits, and shut out the day after a check was to be renewed."""

from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import expect

from portage.core import clock
from support.journey import Answers, Walker
from support.live import Live
from support.run import Servers

from .test_main_job import FAMILY, Cast, CastOf, born, cast_of, days, decide, open_request

__all__ = ["cast_of"]
pytestmark = pytest.mark.browser
SLUG = "west-northants"


def name_of(who: Walker) -> str:
    """The name that the header shows."""
    return who.page.locator(".portage-header__who").inner_text().strip()


def offer_help(cast: Cast) -> None:
    """Somebody offers to volunteer; the first try forgets how to be reached, and loses nothing."""
    helper = cast.phone()
    helper.go("/")
    helper.follow("Become a volunteer")
    helper.fill({"name": "Val Helper", "why": "I like playing with children.", "adult": "yes", "may_contact": "yes"})
    helper.press("Send", refused=True)
    helper.fill({"email": "val@people.example"})
    helper.press("Send")
    expect(helper.main).to_contain_text("Thank you")


def make_ready(manager: Walker, volunteer: str, supervisor: str) -> None:
    """Take the offer on as the person who signs in already, and bring everything that is missing."""
    today = clock.today()
    manager.go("/today")
    expect(manager.main).to_contain_text("Somebody would like to volunteer")
    manager.go("/volunteers")
    manager.follow("Val Helper")
    manager.main.locator("[name=person_id]").select_option(label=volunteer)
    manager.press("Take the offer on")
    manager.press("Let them visit", refused=True)
    expect(manager.main).to_contain_text("0 of 2 came and satisfied")
    record = manager.path.removesuffix("/let-visit")
    manager.go(record)
    for name in ("Rae Referee", "Rob Referee"):
        manager.follow("References")
        manager.fill({"name": name, "how_known": "Worked together", **days("asked_on", today - timedelta(days=9))})
        manager.press("Save")
        manager.follow("References")
        manager.main.get_by_text("It has come").click()
        manager.fill({**days("received_on", today), "satisfactory": "yes"})
        manager.main.get_by_role("button", name="Save the reference of").click()
        manager.page.wait_for_load_state()
    manager.follow("Write HR’s decision")
    manager.fill({"level": "enhanced", "reason": "A parent is in the room.", "decided_by": "Hal of HR"})
    manager.on("decided_on", today)
    manager.press("Save")
    manager.follow("Training, induction and supervisor")
    manager.on("trained_on", today)
    manager.on("induction_on", today)
    manager.main.locator("[name=supervisor_id]").select_option(label=supervisor)
    manager.press("Save")
    for kind in ("dbs", "safeguarding-training"):
        manager.follow("Record a check that you saw")
        if kind == "dbs":
            manager.press("Save", refused=True)
            manager.fill({"level": "enhanced", "certificate_number": "001234567890"})
        manager.fill({"kind": kind, "how": "certificate", "cleared": "yes", **days("issued_on", today)})
        manager.press("Save")
    manager.press("Let them visit")
    expect(manager.main).to_contain_text("May visit. Every check is in date until")


def give_a_family(cast: Cast, manager: Walker, volunteer: str) -> None:
    """A family asks, the panel decides, and the manager gives the child to the volunteer, with a visit today."""
    family = cast.phone()
    given: Answers = {**FAMILY, **born(20), "postcode": "NN1 1AA"}
    reference = family.ask("request-for-support", "parent", given)
    chair = cast.desk()
    chair.sign_in("Panel chair")
    chair.go("/panel")
    if not chair.main.get_by_role("link", name=f"Record the decision on {reference}").count():
        if not chair.main.locator("[name=first_on-day]").is_visible():
            chair.main.get_by_text("Plan meetings").click()
        chair.on("first_on", clock.today())
        chair.fill({"count": "2"})
        chair.press("Plan")
    chair.follow(f"Record the decision on {reference}")
    decide(chair, "Record what the panel decides")
    open_request(manager, reference)
    manager.follow("Make the offer")
    manager.fill({"kinds": "home-visits", "explanation": "A volunteer comes to your home."})
    manager.press("Record the offer")
    manager.fill({"answer": "accepted"})
    manager.press("Save the answer")
    manager.go("/waiting-list?area=all")
    manager.follow("Wren Ashgrove")
    manager.main.get_by_label(f"{volunteer} (volunteer)").check()
    manager.press("Give to this person")
    manager.follow("Plan visits")
    manager.on("starts_on", clock.today())
    manager.fill({"at": "10:00", "in_school_holidays": "yes", "visits": "3", "every_weeks": "1"})
    manager.press("See the dates")
    manager.press("Plan these visits")


def note_for_safety(manager: Walker) -> None:
    """What the volunteer must know at the door is written down and released."""
    manager.go("/caseload?area=all")
    manager.follow("Wren Ashgrove")
    manager.open(manager.main.get_by_role("link", name="10am").or_(manager.main.get_by_role("link", name="at 10:00")))
    manager.follow("What to know before a visit")
    manager.fill({"kind": "home-risk", "note": "A large dog. Ring first."})
    manager.press("Save")
    manager.press("Release to volunteers")


def visit(volunteer: Walker) -> None:
    """Arrive, leave, record; the family's page says what a visit needs, and no more."""
    volunteer.go("/my-families")
    volunteer.follow("Wren")
    expect(volunteer.main).to_contain_text("A large dog. Ring first.")
    expect(volunteer.main).not_to_contain_text("Ashgrove")
    volunteer.follow("Worried about a child?")
    volunteer.page.go_back()
    volunteer.go("/my-families")
    volunteer.follow("Today at 10am: Wren")
    volunteer.press("I am there")
    volunteer.press("I have left")
    volunteer.press("Save the record", refused=True)
    volunteer.fill({"status": "done"})
    volunteer.looking.at(volunteer.page, "what took place")
    volunteer.fill({"how_it_went": "We played with water and spoons."})
    volunteer.press("Save the record")
    expect(volunteer.main).to_contain_text("It took place")


def read_it(supervisor: Walker) -> None:
    """The supervisor reads what was recorded, and logs a talk."""
    supervisor.go("/today")
    expect(supervisor.main).to_contain_text("A volunteer recorded a visit. Please read it.")
    supervisor.go("/volunteers")
    supervisor.open(supervisor.main.get_by_role("heading", name="Visits for you to read").locator("+ ul a"))
    expect(supervisor.main).to_contain_text("We played with water and spoons.")
    supervisor.fill({"note": "A calm visit."})
    supervisor.press("I have read it")
    supervisor.follow("Log a supervision or training")
    supervisor.press("Save", refused=True)
    supervisor.fill({"kind": "supervision", "minutes": "45", "topic": "How to end a visit well"})
    supervisor.press("Save")


def let_a_year_pass(live: Live, servers: Servers) -> None:
    """The days of the volunteer's checks move a year back, as they will have when that year has passed."""
    name = urlsplit(live.environment["PORTAGE_OWNER_DATABASE_URL"]).path
    address = urlsplit(servers.superuser)._replace(path=name).geturl()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update volunteer_check set issued_on = issued_on - 366, checked_on = checked_on - 366, "
            "counts_from = counts_from - 366"
        )
        connection.execute("update volunteer_clearance set since = since - 366, until_on = until_on - 366")


def test_a_volunteer_visits_while_every_check_is_in_date_and_is_shut_out_after(
    cast_of: CastOf, live: Live, servers: Servers
) -> None:
    cast = cast_of(SLUG, "volunteer")
    volunteer, supervisor, manager = cast.phone(), cast.phone(), cast.desk()
    volunteer.sign_in("Volunteer")
    expect(volunteer.main).to_contain_text("You cannot visit families just now")
    supervisor.sign_in("Home visitor")
    manager.sign_in("Service manager")
    offer_help(cast)
    make_ready(manager, name_of(volunteer), name_of(supervisor))
    give_a_family(cast, manager, name_of(volunteer))
    note_for_safety(manager)
    visit(volunteer)
    read_it(supervisor)
    manager.go("/overdue-visits")

    let_a_year_pass(live, servers)
    volunteer.go("/my-families")
    expect(volunteer.main).to_contain_text("You cannot visit families just now")
    expect(volunteer.main).not_to_contain_text("Wren")
    manager.go("/volunteers")
    manager.follow("Val Helper")
    expect(manager.main).to_contain_text("May not visit.")
    expect(manager.main).to_contain_text("Visits that need another visitor")

    auditor = cast.desk()
    auditor.sign_in("Auditor")
    auditor.go("/trail")
    for action in ("family.seen-by-volunteer", "visit.recorded", "volunteer.visit-reviewed", "volunteer.let-visit"):
        auditor.go(f"/trail?action={action}")
        expect(auditor.main).to_contain_text(action)
