"""A decision points the family to services of the directory, and the letter and the link say how to reach them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.directory.operations import Withdrawal, withdraw_service
from portage.families.models import Contact
from portage.messages.models import Letter
from portage.referrals.jobs import write_letter
from portage.referrals.models import Decision
from support.cases import Family
from support.forms import form_to, send
from support.people import Hired
from support.requests import CONCERNED, OWN_WORDS, RequestOf
from support.staff import SignIn

from .conftest import ServiceOf

Council = Callable[..., AbstractContextManager[UUID]]


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """A manager of the first council."""
    return sign_in("leeds", "service-manager", name="Mona Manager")


def decided(manager: Hired, family: Family, **typed: str | list[str]) -> tuple[int, str]:
    """Open the request and decide."""
    manager.client.get(f"/referrals/{family.referral_id}")
    address = f"/referrals/{family.referral_id}/decide"
    form = form_to(manager.client.get(address), address)
    answer = send(manager.client, form, {"outcome": "signposted", "reason": OWN_WORDS, **typed})
    return answer.status_code, answer.text


def letter_of(council: Council, family: Family) -> str:
    with council(family.slug):
        decision = db.session.scalars(scoped(Decision).where(Decision.referral_id == family.referral_id)).one()
        write_letter(decision.id)
        letter = db.session.scalars(scoped(Letter).where(Letter.referral_id == family.referral_id)).one()
        db.session.commit()
        return str(letter.content)


def test_signposting_names_services_and_the_letter_says_how_to_reach_them(
    manager: Hired, request_of: RequestOf, service_of: ServiceOf, council: Council
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    speech, play = service_of(), service_of(name="Stay and Play", what_for="Play", telephone="01632 960 333")
    service_of(name="Not meant", what_for="Other things")
    page = manager.client.get(f"/referrals/{family.referral_id}/decide").text
    assert "Point the family to services" in page
    status, text = decided(manager, family, services=[str(speech), str(play)])
    assert status == 303, text
    shown = manager.client.get(f"/referrals/{family.referral_id}").text
    assert "Pointed to" in shown
    assert shown.index("Speech drop-in") < shown.index("Stay and Play")
    letter = letter_of(council, family)
    assert "Speech drop-in: Talking and listening. 01632 960 222" in letter
    assert "01632 960 333" in letter
    assert "Not meant" not in letter


def test_a_ticked_service_is_enough_and_neither_words_nor_service_is_not(
    manager: Hired, request_of: RequestOf, service_of: ServiceOf
) -> None:
    family, service = request_of("leeds", facts=CONCERNED), service_of()
    status, text = decided(manager, family)
    assert status == 422
    assert "or tick a service that may" in text
    assert decided(manager, family, services=[str(service)])[0] == 303


def test_a_withdrawn_unknown_or_foreign_service_cannot_be_named(
    manager: Hired, request_of: RequestOf, service_of: ServiceOf, council: Council, db_admin: psycopg.Connection
) -> None:
    family, gone, foreign = request_of("leeds", facts=CONCERNED), service_of(), service_of("lancashire")
    with council("leeds"):
        withdraw_service(gone, Withdrawal("It closed.", 1), by=SYSTEM, on=clock.today())
        db.session.commit()
    for service in (gone, foreign, uuid4()):
        status, text = decided(manager, family, services=[str(service)])
        assert status == 422
        assert "was withdrawn meanwhile" in text
    assert decided(manager, family, services=["no-id"])[0] == 422
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


def test_services_for_the_childs_age_come_first(manager: Hired, request_of: RequestOf, service_of: ServiceOf) -> None:
    family = request_of("leeds", months=20, facts=CONCERNED)
    service_of(name="A group for schoolchildren", age_from_months=60)
    service_of(name="Baby and toddler group", age_to_months=36)
    page = manager.client.get(f"/referrals/{family.referral_id}/decide").text
    assert page.index("Baby and toddler group") < page.index("A group for schoolchildren")


def test_advice_in_a_family_hub_is_a_contact_with_a_mode_wnc_16(
    sign_in: SignIn, request_of: RequestOf, council: Council
) -> None:
    family = request_of("west-northants")
    office = sign_in("west-northants", "team-administrator", name="Olu Office")
    address, page = f"/referrals/{family.referral_id}/contacts", f"/referrals/{family.referral_id}"
    today = clock.today()
    typed = {
        "with_whom": "Sam Canarychild", "happened_on-day": str(today.day), "happened_on-month": str(today.month),
        "happened_on-year": str(today.year), "happened_time": "0:00", "how": "family-hub", "purpose": "advice",
        "reached": "yes", "note": "Showed ways to share a book.",
    }  # fmt: skip
    assert send(office.client, form_to(office.client.get(page), address), typed).status_code == 303
    assert "in a family hub: to give advice, or to point to other help" in office.client.get(page).text
    with council("west-northants"):
        kept = db.session.scalars(scoped(Contact).where(Contact.referral_id == family.referral_id)).one()
        assert (kept.how, kept.purpose) == ("family-hub", "advice")


def test_a_council_that_does_not_work_in_family_hubs_is_not_asked_about_them(
    manager: Hired, request_of: RequestOf
) -> None:
    family = request_of("leeds", facts=CONCERNED)
    assert "family-hub" not in manager.client.get(f"/referrals/{family.referral_id}").text


@pytest.fixture
def keeper(sign_in: SignIn) -> Hired:
    """Who keeps the directory of the council that writes to parents at once."""
    return sign_in("west-northants", "tenant-administrator", name="Ada Administrator")


def point(keeper: Hired, service: UUID, answer: str) -> int:
    """Press the button about the first pointers; answers the status."""
    page = keeper.client.get(f"/services/{service}")
    form = form_to(page, f"/services/{service}/first")
    assert form.typed("first") == [answer]
    return send(keeper.client, form).status_code


def test_a_service_marked_so_is_in_the_first_pointers_to_parents_wnc_13(
    keeper: Hired, request_of: RequestOf, service_of: ServiceOf, db_admin: psycopg.Connection
) -> None:
    """WNC-13: the first signposting draws on the directory."""
    first = service_of("west-northants", name="Family hub on Mill Street")
    service_of("west-northants", name="Not among the first")
    assert point(keeper, first, "yes") == 303
    assert "The first pointers name it." in keeper.client.get(f"/services/{first}").text
    request_of("west-northants", route="section-23", referrer="health-professional")
    (letter,) = db_admin.execute("select content::text from letter where kind = 'signposting'").fetchone() or ("",)
    assert "Family hub on Mill Street: Talking and listening. 01632 960 222" in letter
    assert letter.index("SENDIASS") < letter.index("Family hub on Mill Street")
    assert "Not among the first" not in letter
    assert point(keeper, first, "no") == 303
    assert "The first pointers name it." not in keeper.client.get(f"/services/{first}").text


def test_a_withdrawn_service_is_no_first_pointer(
    keeper: Hired, request_of: RequestOf, service_of: ServiceOf, council: Council, db_admin: psycopg.Connection
) -> None:
    gone = service_of("west-northants", name="Closed group")
    point(keeper, gone, "yes")
    with council("west-northants"):
        withdraw_service(gone, Withdrawal("It closed.", 2), by=SYSTEM, on=clock.today())
        db.session.commit()
    request_of("west-northants", route="section-23", referrer="health-professional")
    (letter,) = db_admin.execute("select content::text from letter where kind = 'signposting'").fetchone() or ("",)
    assert "Closed group" not in letter


def test_a_council_that_writes_nothing_at_once_is_not_asked_about_it(sign_in: SignIn, service_of: ServiceOf) -> None:
    keeper = sign_in("leeds", "tenant-administrator", name="Ada Administrator")
    assert "first pointers" not in keeper.client.get(f"/services/{service_of()}").text.lower()
