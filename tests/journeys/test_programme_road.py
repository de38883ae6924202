"""The programme of West Northamptonshire in one go, by real people in real browsers.

A health visitor notifies, the panel allocates, both are contacted and a first visit is booked; a volunteer signs in at
a provider of their own and visits, until the day after a check was to be renewed. (WNC-01, WNC-02, WNC-04, WNC-05,
WNC-10, WNC-13)
"""

import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portage.core import clock
from portage.policy.dates import add_months
from support import main_road
from support.journey import ASQ, Answers, Walker, link_in, text_of
from support.live import Live
from support.live_realms import VOLUNTEERS_PROVIDER
from support.main_road import REASON, Cast, CastOf, days, decide, hire
from support.notifying import told_of

pytestmark = pytest.mark.browser
cast_of = main_road.cast_of
SLUG = "west-northants"
PARENT = "siskin.family@family.example"
NAMES = ("Siskin", "Ferngrove", "Robin Ferngrove", "Sam Sample", "Sample Foundation Trust")
STEPS = (
    "notification.sent", "link.read", "panel.conflict-declared", "panel.decided", "contact.logged",
    "introduction.arranged", "offer.answered", "child.allocated", "volunteer.let-visit", "family.seen-by-volunteer",
    "visit.arrived", "visit.left", "visit.recorded", "volunteer.visit-reviewed",
)  # fmt: skip


def name_of(who: Walker) -> str:
    """The name that the header shows."""
    return who.page.locator(".portage-header__who").inner_text().strip()


def notify(cast: Cast) -> str:
    """A health visitor notifies with an ASQ and confirms their address; the parent's first pointers leave at once."""
    visitor = cast.phone()
    visitor.go("/")
    visitor.follow("Section 23 or Early Years health notification")
    told: Answers = told_of("Siskin", PARENT)
    reference = visitor.send_form("/notify", "Send the notification", "health-professional", told, ASQ)
    visitor.go(link_in(visitor.mail(reference, "We have received the notification")))
    visitor.press("Open my message")
    expect(visitor.main).to_contain_text("Your work address is confirmed")
    since = time.monotonic()
    mail = visitor.mail(reference, "You can turn to these at once")
    assert time.monotonic() - since < 60
    said = text_of(mail)
    assert mail["To"] == PARENT
    assert said.index("SENCo or manager") < said.index("SENDIASS")
    assert [name for name in NAMES if name in said] == []
    family = cast.phone()
    family.go(link_in(mail))
    family.press("Open my message")
    expect(family.main).to_contain_text("A health professional told us about your child")
    return reference


def bring_before_the_panel(chair: Walker, reference: str) -> None:
    """The chair finds the item on the agenda of the next panel; the first one is planned where none is."""
    chair.go("/panel")
    if not chair.main.get_by_role("link", name=f"Record the decision on {reference}").count():
        if not chair.main.locator("[name=first_on-day]").is_visible():
            chair.main.get_by_text("Plan meetings").click()
        chair.on("first_on", clock.today())
        chair.fill({"count": "2"})
        chair.press("Plan")
    expect(chair.main).to_contain_text(reference)


def declare_a_conflict(member: Walker, reference: str) -> None:
    """A member who knows the family says so, and can open the item no more."""
    member.go("/panel")
    row = member.main.get_by_role("row").filter(has_text=reference)
    member.open(row.get_by_role("link"))
    item = member.path
    expect(member.main).to_contain_text("Siskin Ferngrove")
    member.main.get_by_text("I know this child or family, or have another tie").click()
    member.fill({"nature": "The family lives next door to mine."})
    member.press("Declare the conflict of interest")
    expect(row).to_contain_text("this item is closed to you")
    answer = member.page.goto(member.live.address(SLUG, item))
    assert answer is not None
    assert answer.status == 403
    expect(member.main).to_contain_text("this is closed to you")
    assert [name for name in NAMES if name in member.page.content()] == []
    member.looking.at(member.page)


def allocate(chair: Walker, reference: str, practitioner: str) -> str:
    """The chair records what the panel decides, and the week begins; answers where the request is."""
    chair.follow(f"Record the decision on {reference}")
    expect(chair.main).to_contain_text("asq.pdf")
    chair.main.locator("[name=practitioner_id]").select_option(label=practitioner)
    decide(chair, "Record what the panel decides")
    expect(chair.main).to_contain_text("Practitioner allocated")
    chair.go(f"/worklist?q={reference}&area=all")
    chair.follow("Siskin Ferngrove")
    week = clock.today() + timedelta(days=7)
    for name in ("The family and the person who asked are contacted", "An introductory visit is arranged"):
        running = chair.main.get_by_role("listitem").filter(has_text=name).first
        expect(running).to_contain_text(f"{week.day} {week:%B %Y}")
    return chair.path


def contact_and_arrange(practitioner: Walker, request: str) -> None:
    """The practitioner tells the family and the health visitor, and books the introductory visit: every clock stops."""
    practitioner.go(request)
    for whom in ("Robin Ferngrove", "Sam Sample"):
        practitioner.main.get_by_text("Log a conversation, such as").click()
        practitioner.fill({"with_whom": whom, "how": "telephone", "purpose": "outcome", "reached": "yes"})
        practitioner.on("happened_on", clock.today())
        practitioner.fill({"happened_time": f"{clock.now().astimezone(clock.LONDON):%H:%M}"})
        practitioner.press("Log the conversation")
    practitioner.follow("Arrange the introductory visit")
    practitioner.press("Arrange the visit", refused=True)
    practitioner.on("arranged_for", clock.today() + timedelta(days=1))
    practitioner.fill({"arranged_time": "10:30", "place": "At home"})
    practitioner.press("Arrange the visit")
    expect(practitioner.main).to_contain_text("Introductory visit on")
    expect(practitioner.main.get_by_role("list", name="Clocks")).to_have_count(0)


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
    seen = {"dbs": today, "safeguarding-training": add_months(today, -12) + timedelta(days=1)}
    for kind, issued in seen.items():
        manager.follow("Record a check that you saw")
        if kind == "dbs":
            manager.press("Save", refused=True)
            manager.fill({"level": "enhanced", "certificate_number": "001234567890"})
        manager.fill({"kind": kind, "how": "certificate", "cleared": "yes", **days("issued_on", issued)})
        manager.press("Save")
    manager.press("Let them visit")
    expect(manager.main).to_contain_text(f"May visit. Every check is in date until {today.day} {today:%B %Y}")


def give_a_family(manager: Walker, request: str, volunteer: str) -> None:
    """The family says yes, and the manager gives the child to the volunteer, with a visit today."""
    manager.go(request)
    manager.follow("Make the offer")
    manager.fill({"kinds": "home-visits", "explanation": "A volunteer comes to your home."})
    manager.press("Record the offer")
    manager.fill({"answer": "accepted"})
    manager.press("Save the answer")
    manager.go("/waiting-list?area=all")
    manager.follow("Siskin Ferngrove")
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
    manager.follow("Siskin Ferngrove")
    manager.open(manager.main.get_by_role("link", name="10am"))
    manager.follow("What to know before a visit")
    manager.fill({"kind": "home-risk", "note": "A large dog. Ring first."})
    manager.press("Save")
    manager.press("Release to volunteers")


def visit(volunteer: Walker) -> str:
    """Arrive, leave, record; the family's page says what a visit needs, and no more; answers where that page is."""
    volunteer.go("/my-families")
    volunteer.follow("Siskin")
    family = volunteer.path
    expect(volunteer.main).to_contain_text("A large dog. Ring first.")
    expect(volunteer.main).not_to_contain_text("Ferngrove")
    volunteer.follow("Worried about a child?")
    volunteer.page.go_back()
    volunteer.go("/my-families")
    volunteer.follow("Today at 10am: Siskin")
    volunteer.press("I am there")
    volunteer.press("I am out and safe")
    volunteer.press("Save the record", refused=True)
    volunteer.fill({"status": "done"})
    volunteer.looking.at(volunteer.page, "what took place")
    volunteer.fill({"how_it_went": "We played with water and spoons."})
    volunteer.press("Save the record")
    expect(volunteer.main).to_contain_text("It took place")
    return family


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


def shut_out(cast: Cast, family: str) -> None:
    """The next day: the volunteer signs in at their provider, and sees no family; the manager sees why."""
    volunteer = cast.phone()
    volunteer.sign_in("Volunteer", provider=VOLUNTEERS_PROVIDER)
    volunteer.go("/my-families")
    expect(volunteer.main).to_contain_text("You cannot visit families just now")
    expect(volunteer.main).not_to_contain_text("Siskin")
    answer = volunteer.page.goto(volunteer.live.address(SLUG, family))
    assert answer is not None
    assert answer.status in (403, 404)
    manager = cast.desk()
    manager.sign_in("Service manager")
    manager.go("/volunteers")
    manager.follow("Val Helper")
    expect(manager.main).to_contain_text("May not visit.")
    expect(manager.main).to_contain_text("Visits that need another visitor")


def test_a_notified_child_is_visited_by_a_volunteer_until_a_check_was_to_be_renewed(
    cast_of: CastOf, live: Live
) -> None:
    """WNC-01, WNC-02 by the ASQ, WNC-04, WNC-05, WNC-10 and WNC-13."""
    cast = cast_of(SLUG, "programme")
    practitioner, practitioner_name = hire(cast, "Home visitor")
    reference = notify(cast)
    chair, member = cast.desk(), cast.phone()
    chair.sign_in("Panel chair")
    bring_before_the_panel(chair, reference)
    member.sign_in("Panel member")
    declare_a_conflict(member, reference)
    chair.go("/panel")
    request = allocate(chair, reference, practitioner_name)
    contact_and_arrange(practitioner, request)
    family = cast.phone()
    family.go(link_in(family.mail(reference, "We have written you a letter")))
    family.press("Open my message")
    expect(family.main).to_contain_text(REASON)

    volunteer, manager = cast.phone(), cast.desk()
    volunteer_name = volunteer.sign_in("Volunteer", provider=VOLUNTEERS_PROVIDER)
    expect(volunteer.main).to_contain_text("You cannot visit families just now")
    manager.sign_in("Service manager")
    offer_help(cast)
    make_ready(manager, volunteer_name, practitioner_name)
    give_a_family(manager, request, volunteer_name)
    note_for_safety(manager)
    family_page = visit(volunteer)
    read_it(practitioner)
    manager.go("/overdue-visits")
    with live.later(timedelta(days=1)):
        shut_out(cast, family_page)

    auditor = cast.desk()
    auditor.sign_in("Auditor")
    for action in STEPS:
        auditor.page.goto(live.address(SLUG, f"/trail?action={action}"))
        expect(auditor.main.get_by_role("table")).to_contain_text(action)
    auditor.go("/trail/check")
