"""Health notifications of invented children: one whose pointers went out, and some that wait for a person."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.demo.seed import words
from portage.families.operations import NewCarer, NewChild
from portage.notifications.operations.first_words import sender_opened
from portage.notifications.operations.receive import ReceiveNotification, Sender, Steps, receive_notification
from portage.notifications.taken import taken_on
from portage.policy import NoEditionInForce
from portage.referrals.operations.receive import AgreedBy
from portage.tenants.models import Tenant

PROFESSIONAL = Actor(None, "health-professional:invented")
NOWHERE = "ZZ99 3VZ"  # the statistics office's postcode for no place
MONTHS_OLD = (8, 14, 19, 26, 64)


@dataclass(frozen=True, slots=True)
class Told:
    """How one invented notification came: how long ago, by whom, and what is amiss with it."""

    days_ago: int
    body_kind: str
    body: str
    professional: str
    informed: bool = True
    here: bool = True
    safeguarding: bool = False
    agreed: bool = False
    opened: bool = False  # the professional opened the link in the receipt


TOLD = (
    Told(9, "nhs-foundation-trust", "Example Foundation Trust (invented)", "Health visitor", opened=True, agreed=True),
    Told(3, "nhs-trust", "Example Hospital Trust (invented)", "Paediatrician", informed=False),
    Told(2, "gp", "Example Surgery (invented)", "General practitioner", safeguarding=True),
    Told(1, "independent-therapist", "Example Therapy (invented)", "Speech and language therapist", here=False),
    Told(1, "icb", "Example Integrated Care Board (invented)", "Community nurse"),
)


def invent_notifications(slug: str) -> int:
    """Bring a few notifications in where the council's policy takes any; answers how many."""
    try:
        if taken_on(clock.today() - timedelta(days=TOLD[0].days_ago)) is None:
            return 0
    except NoEditionInForce:
        return 0
    domain = _trusted_domain()
    for number, told in enumerate(TOLD):
        day = clock.today() - timedelta(days=told.days_ago)
        with clock.frozen(datetime.combine(day, time(9), clock.LONDON)):
            command = _command(slug, number, told, day, domain)
            notification = receive_notification(command, by=PROFESSIONAL, at=clock.now())
            if told.opened:
                sender_opened(notification.id, at=clock.now())
            db.session.commit()
    return len(TOLD)


def _command(slug: str, number: int, told: Told, day: date, domain: str) -> ReceiveNotification:
    chance = random.Random(f"{slug} notification {number}")  # noqa: S311 - the same children in every run
    family = words.FAMILY[-1 - number]
    given, carer = chance.choice(words.GIVEN), f"{chance.choice(words.CARERS)} {family}"
    said = day - timedelta(days=2)
    return ReceiveNotification(
        arrived_on=day,
        sender=_sender(number, told, domain, chance),
        steps=_steps(told, said),
        child=NewChild(
            given_name=given,
            family_name=family,
            date_of_birth=day - timedelta(days=MONTHS_OLD[number] * 30),
            address=f"{chance.randint(1, 90)} {chance.choice(words.STREETS)}",
            postcode=NOWHERE,
            invented=True,
        ),
        carers=(
            NewCarer(
                name=carer,
                relationship_to_child="mother",
                email=f"{family.lower()}@family.example",
                telephone=f"01632 960{chance.randint(100, 899)}",
                main_contact=True,
            ),
        ),
        lives_in_area=told.here,
        safeguarding=told.safeguarding,
        safeguarding_note="Invented: the family has moved often, and nobody has seen the child for a while."
        if told.safeguarding
        else None,
        agreement=True if told.agreed else None,
        agreed=AgreedBy(carer, "mother", said, "In person") if told.agreed else AgreedBy(),
        in_their_words=chance.choice(words.IN_THEIR_WORDS).format(name=given),
        facts={"child": {"delay": {"speech-and-language": None}, "lives_in_area": told.here}},
    )


def _trusted_domain() -> str:
    """A domain that the council trusts, if it names any."""
    profile = db.session.execute(select(Tenant.profile).where(Tenant.id == current_tenant_id())).scalar_one()
    trusted = profile.get("notifications", {}).get("trusted_domains") or ["trust.example"]
    return str(trusted[0])


def _sender(number: int, told: Told, domain: str, chance: random.Random) -> Sender:
    return Sender(
        body_kind=told.body_kind,
        body=told.body,
        professional=f"{chance.choice(words.CARERS)} Invented",
        role=told.professional,
        email=f"notifier{number}@{domain}",
        telephone="01632 960999",
    )


def _steps(told: Told, said: date) -> Steps:
    """What a notifier told the parents, on the same day as it was discussed; or nothing yet."""
    return Steps(
        informed=told.informed,
        informed_on=said if told.informed else None,
        discussed=told.informed,
        discussed_on=said if told.informed else None,
        organisation_told="none-likely" if told.informed else "not-told",
    )
