"""The directory and what some councils run beside home visits, in a real browser at a phone's and a desk's width."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect

from portage.core import clock
from support import background, episodes, requests, served
from support.background import WorkOff
from support.episodes import SupportedOf
from support.feeds import FeedServer, service
from support.journey import ASQ
from support.mailserver import MailServer
from support.requests import RequestOf
from support.served import enter
from support.staff import SignIn

pytestmark = pytest.mark.browser
port = served.port
request_of = requests.request_of
accepted_of, supported_of = episodes.accepted_of, episodes.supported_of
mail_server, work_off = background.mail_server, background.work_off
worker_app, worker_app_of_process = background.worker_app, background.worker_app_of_process
HERE = "west-northants"
Sound = Callable[[Page], None]


@pytest.fixture
def at(port: int) -> str:
    """The address of the council's site."""
    return f"http://{HERE}.localhost:{port}"


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


def fill_day(page: Page, group: str, days: int) -> None:
    day = clock.today() + timedelta(days=days)
    fields = page.get_by_role("group", name=group)
    for name, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        fields.get_by_label(name, exact=True).fill(str(value))


def test_services_are_typed_brought_in_checked_and_found_by_a_family(
    phone: Page, sound: Sound, at: str, sign_in: SignIn, work_off: WorkOff
) -> None:
    enter(phone, HERE, sign_in(HERE, "tenant-administrator", name="Ada Administrator"))
    phone.goto(f"{at}/services")
    sound(phone)
    phone.get_by_role("button", name="Add a service").click()
    press(phone, "Add the service")
    sound(phone)  # with its errors
    phone.get_by_label("Name, as families know it").fill("Sleep clinic")
    phone.get_by_label("What it is for").fill("For tired families.")
    phone.get_by_label("From age").fill("2")
    phone.get_by_label("Telephone").fill("01632 960 222")
    press(phone, "Add the service")
    phone.get_by_role("link", name="Sleep clinic").click()
    press(phone, "Name it in the first pointers")
    expect(phone.get_by_role("main")).to_contain_text("The first pointers name it.")
    sound(phone)
    phone.goto(f"{at}/services/lists")
    sound(phone)
    with FeedServer() as feed:
        feed.services = [service(number) for number in range(3)]
        phone.get_by_label("Address of the feed").fill(feed.address)
        press(phone, "Read the feed")
        work_off()
    phone.get_by_role("link", name="Look again").click()
    expect(phone.get_by_role("main")).to_contain_text("New: 3")
    sound(phone)
    press(phone, "Take what is ticked")
    phone.goto(f"{at}/who-else-can-help")
    main = phone.get_by_role("main")
    sound(phone)
    main.get_by_label("Your child’s age").fill("30 months")
    press(phone, "Find")
    expect(main).to_contain_text("Sleep clinic")
    expect(main).to_contain_text("Last checked on 4 May 2026")
    sound(phone)


def open_mail(page: Page, at: str, mail_server: MailServer, to: str, words: str) -> None:
    """Follow the link in the e-mail to somebody that says these words, and press its button."""
    mails = (each for each in mail_server.mails if each["To"] == to)
    mail = next(said for each in mails if words in (said := each.get_content()))
    link = next(word for word in mail.split() if "/l/" in word)
    page.goto(at + link[link.index("/l/") :])
    press(page, "Open my message")


def test_a_professional_sends_papers_that_came_later(
    phone: Page, sound: Sound, at: str, request_of: RequestOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    family = request_of(HERE, route="section-23", referrer="health-professional")
    work_off()
    open_mail(phone, at, mail_server, "ola@clinic.example", f"We have received the request {family.reference}")
    phone.get_by_role("link", name="Send papers that came later").click()
    sound(phone)
    press(phone, "Send these files")
    sound(phone)  # with its errors
    phone.get_by_label("What kind of paper is it?").select_option("asq")
    phone.get_by_label("Choose one or more files").set_input_files(ASQ)
    press(phone, "Send these files")
    expect(phone.get_by_role("main")).to_contain_text("We have 1 file from you by this link.")


def test_a_moving_forwards_meeting_is_prepared_within_its_limits(
    phone: Page, desktop: Page, sound: Sound, at: str, sign_in: SignIn, request_of: RequestOf, work_off: WorkOff,
    mail_server: MailServer,
) -> None:  # fmt: skip
    family = request_of(HERE, route="moving-forwards", months=50)
    enter(phone, HERE, sign_in(HERE, "service-manager", name="Mona Manager"))
    phone.goto(f"{at}/referrals/{family.referral_id}")
    sound(phone)
    phone.get_by_role("link", name="The meeting").click()
    sound(phone)
    fill_day(phone, "Day", 7)
    phone.get_by_label("Time").fill("10:00")
    phone.get_by_label("Place").fill("Oak School")
    press(phone, "Plan the meeting")
    main = phone.get_by_role("main")
    expect(main).to_contain_text("gives no health advice")
    sound(phone)
    press(phone, "Put on the list")
    sound(phone)  # with its errors
    press(phone, "Send the invitation")
    phone.get_by_role("link", name="Print it for the others").click()
    expect(main).to_contain_text("mediation or the tribunal")
    sound(phone)
    phone.go_back()
    fill_day(phone, "When did it go out?", 0)
    phone.get_by_label("How?").fill("by post")
    press(phone, "Note that it went out")
    work_off()
    open_mail(desktop, at, mail_server, "sam@family.example", "on its way to you")
    sound(desktop)
    desktop.get_by_role("link", name="Tell us that you have it").click()
    sound(desktop)
    desktop.get_by_label("What do you think of the plan?").fill("More time for reading.")
    press(desktop, "I have the plan")
    expect(desktop.get_by_role("main")).to_contain_text("More time for reading.")
    sound(desktop)
    phone.get_by_text("It does not take place").click()
    press(phone, "Cancel the meeting")
    sound(phone)  # with its errors
    phone.get_by_label("Why is it cancelled?").fill("The school is shut that day.")
    press(phone, "Cancel the meeting")
    expect(main).to_contain_text("The school is shut that day.")
    sound(phone)
    phone.get_by_role("link", name="Print the word that it is cancelled").click()
    sound(phone)


def test_a_child_starts_school_and_another_is_supported_in_the_setting(
    phone: Page, sound: Sound, at: str, sign_in: SignIn, request_of: RequestOf, supported_of: SupportedOf
) -> None:
    flagged = request_of(HERE, route="school-transition", referrer="school-admissions", months=52)
    case = supported_of(HERE, route="setting-support", referrer="senco")
    enter(phone, HERE, case.manager)
    phone.goto(f"{at}/referrals/{flagged.referral_id}/starting-school")
    phone.get_by_label("Name of the school").fill("Oak School")
    press(phone, "Keep the school")
    sound(phone)
    phone.goto(f"{at}/episodes/{case.episode_id}/setting")
    phone.get_by_label("Name of the setting").fill("Acorns")
    press(phone, "Keep the setting")
    sound(phone)
    fill_day(phone, "When?", 0)
    phone.get_by_label("At what time?").fill("9:30")
    phone.get_by_label("How long?").fill("45")
    phone.get_by_label("What did you see?").fill("Plays beside others.")
    press(phone, "Record the observation")
    phone.get_by_label("Modelling of strategies").check()
    phone.get_by_label("What?").fill("A now and next board")
    phone.get_by_label("For whom?").fill("The key person")
    fill_day(phone, "When was it offered?", 0)
    press(phone, "Keep the offer")
    sound(phone)
    phone.get_by_role("link", name="Say what became of it").click()
    press(phone, "Keep it")
    sound(phone)  # with its errors
    phone.goto(f"{at}/children/{case.child_id}/partners")
    phone.get_by_label("Which team?").select_option(index=1)
    phone.get_by_label("What does the team do for this child?").fill("Advice")
    phone.get_by_label("It is part of the council").check()
    press(phone, "Link the team")
    sound(phone)


def test_who_holds_the_stamp_is_kept_and_read_by_everybody(
    phone: Page, sound: Sound, at: str, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    enter(phone, HERE, sign_in(HERE, "service-manager", name="Mona Manager"))
    phone.goto(f"{at}/stamps/new")
    sound(phone)
    phone.get_by_label("Name of the setting").fill("Acorns")
    phone.get_by_label("Holds it").check()
    fill_day(phone, "Day of the award", -300)
    press(phone, "Save")
    sound(phone)
    assert db_admin.execute("select count(*) from stamp").fetchone() == (1,)
    phone.goto(f"{at}/stamp-of-approval")
    expect(phone.get_by_role("main")).to_contain_text("Acorns, since")
    sound(phone)
