"""One invented family after another: a request by each way in turn, and then as far along the road as its turn says."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.demo.seed import words
from portage.demo.seed.notified import PROFESSIONAL
from portage.demo.seed.road import STEPS, WEEK, Road, Traveller, close_meetings, travel
from portage.demo.seed.staff import Staff
from portage.editions.operations import edition_on
from portage.families.operations import NewCarer, NewChild
from portage.notifications.operations.first_words import sender_opened
from portage.notifications.operations.receive import ReceiveNotification, Sender, Steps, receive_notification
from portage.notifications.taken import taken_on
from portage.policy import Route
from portage.referrals.models import Referral
from portage.referrals.operations.receive import AgreedBy, ReceiveReferral, Referrer, receive
from portage.tenants.models import Area

NOWHERE = "ZZ99 3VZ"  # the statistics office's postcode for no place
FAMILY_ITSELF = Actor(None, "family:invented")
AREAS_OF_CONCERN = ("speech-and-language", "social-communication-and-interaction", "cognition-and-learning", "physical")
EVIDENCE: tuple[list[str], ...] = (["asq"], ["adpr", "smart-targets"], [], ["portage-profile"])


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chance gave one family, the same in every run."""

    number: int
    chance: random.Random
    route: Route
    referrer: str
    received_on: date
    districts: tuple[str, ...]


def invent_families(slug: str, staff: Staff, count: int) -> int:
    """Bring `count` families in over the last ten months, the earliest first; answers how many there are."""
    districts = tuple(district for area in db.session.scalars(scoped(Area)) for district in area.postcode_districts)
    road = Road(staff)
    for days_ago, number, steps in sorted(map(_when, range(count)), reverse=True):
        chance = random.Random(f"{slug} {number}")  # noqa: S311 - the same families in every run
        received_on = clock.today() - timedelta(days=days_ago)
        policy, edition = edition_on(received_on)
        routes = policy.routes(edition.terms)
        route = routes[number % len(routes)]
        drawn = Drawn(number, chance, route, chance.choice(route.referrers), received_on, districts)
        close_meetings(staff, received_on - WEEK)
        with on_the_day(received_on):
            referral_id = _brought_in(_request(drawn))
            db.session.commit()
        everywhere = number // (STEPS + 1) % 3 == 0  # in each third turn, so that these visitors have a caseload too
        travel(Traveller(road, referral_id, chance, received_on, everywhere=everywhere), steps)
    close_meetings(staff, clock.today())
    return count


# How long ago a family asked that has gone so many steps: as in a team that keeps up with its work, only what came
# lately waits to be looked at. The first and the last of each number of steps, in days.
_ASKED = ((1, 4), (5, 9), (9, 20), (22, 32), (28, 45), (40, 150), (55, 110), (90, 200), (200, 300))


def _when(number: int) -> tuple[int, int, int]:
    """(days ago, the family's number, how many steps it has gone): the steps in turn, the days spread over the span."""
    steps, turn = (number * 5) % (STEPS + 1), number // (STEPS + 1)
    first, last = _ASKED[steps]
    return first + (last - first) * (turn % 7) // 6, number, steps


@contextmanager
def on_the_day(day: date, hour: int = 10) -> Iterator[None]:
    """Let the service believe that it is this morning, so that every row bears the day on which it would have come."""
    with clock.frozen(datetime.combine(day, time(hour), clock.LONDON)):
        yield


def _brought_in(request: ReceiveReferral) -> UUID:
    """Take it in as a request, or as a notification where its route is that of notifications."""
    taken = taken_on(request.received_on)
    if taken is None or taken.told.route != request.route:
        return receive(request, by=FAMILY_ITSELF, at=clock.now()).id
    told = request.received_on - timedelta(days=3)
    who = request.referrer
    notification = receive_notification(
        ReceiveNotification(
            arrived_on=request.received_on,
            sender=Sender(
                body_kind="nhs-foundation-trust",
                body=who.organisation or "",
                professional=who.name,
                role=who.role,
                email=who.email,
                telephone=who.telephone,
            ),
            steps=Steps(
                informed=True, informed_on=told, discussed=True, discussed_on=told, organisation_told="none-likely"
            ),
            child=request.child,
            carers=request.carers,
            lives_in_area=True,
            safeguarding=False,
            agreement=True,
            agreed=request.agreed,
            in_their_words=request.in_their_words,
            facts={key: value for key, value in request.facts.items() if key != "agreement"},
        ),
        by=PROFESSIONAL,
        at=clock.now(),
    )
    sender_opened(notification.id, at=clock.now())
    opened = select(Referral.id).where(
        Referral.tenant_id == current_tenant_id(), Referral.notification_id == notification.id
    )
    return db.session.scalars(opened).one()


def _request(drawn: Drawn) -> ReceiveReferral:
    chance = drawn.chance
    given, family = chance.choice(words.GIVEN), words.FAMILY[drawn.number % len(words.FAMILY)]
    carer = f"{chance.choice(words.CARERS)} {family}"
    months = chance.randint(4, 27)
    born = drawn.received_on - timedelta(days=months * 30 + chance.randint(0, 28))
    professional = drawn.referrer != "parent"
    address = f"{chance.randint(1, 90)} {chance.choice(words.STREETS)}"
    postcode = f"{chance.choice(drawn.districts)} {chance.randint(1, 9)}ZZ" if drawn.districts else NOWHERE
    return ReceiveReferral(
        route=drawn.route.key,
        received_on=drawn.received_on,
        received_how="online",
        referrer=_referrer(drawn, carer),
        child=NewChild(
            given_name=given,
            family_name=family,
            date_of_birth=born,
            address=address,
            postcode=postcode,
            setting_name="Acorns Nursery (invented)" if drawn.referrer == "senco" else None,
            invented=True,
        ),
        carers=(_carer(carer, family, f"{address}\n{postcode}", chance),),
        agreed=AgreedBy(carer, "mother", drawn.received_on, "in conversation" if professional else "on the form"),
        in_their_words=chance.choice(words.IN_THEIR_WORDS).format(name=given),
        early_help_reference=f"EHA-{drawn.number:04d}" if professional else None,
        early_help_discussed_on=drawn.received_on - timedelta(days=6) if professional else None,
        facts=_facts(drawn, professional),
    )


def _referrer(drawn: Drawn, carer: str) -> Referrer:
    if drawn.referrer == "parent":
        return Referrer("parent", carer)
    title = drawn.referrer.replace("-", " ").capitalize()
    return Referrer(
        drawn.referrer,
        f"{drawn.chance.choice(words.CARERS)} Invented",
        role=title,
        organisation="Example Trust (invented)",
        email=f"referrer{drawn.number}@trust.example",
        telephone="01632 960999",
    )


def _carer(name: str, family: str, address: str, chance: random.Random) -> NewCarer:
    reachable = chance.random() < 0.6
    return NewCarer(
        name=name,
        relationship_to_child=chance.choice(words.RELATIONSHIPS),
        parental_responsibility=True,
        email=f"{family.lower()}{chance.randint(1, 99)}@family.example" if reachable else None,
        telephone=f"01632 960{chance.randint(100, 899)}",
        address=address,
        email_is_safe=reachable and chance.random() < 0.9,
        interpreter=chance.choice((None, None, None, None, "Polish", "Urdu", "British Sign Language")),
        main_contact=True,
    )


def _facts(drawn: Drawn, professional: bool) -> dict[str, Any]:
    """A parent ticks areas and measures nothing; a professional may have measured."""
    chance = drawn.chance
    concerns = chance.sample(AREAS_OF_CONCERN, chance.randint(1, 3))
    measured = professional and chance.random() < 0.5
    return {
        "agreement": {"parent": True, "home_based": True},
        "child": {
            "lives_in_area": True,
            "delay": {area: {"percent": chance.choice((40, 50, 55, 60))} if measured else None for area in concerns},
            "significant_need": True if professional and chance.random() < 0.7 else None,
        },
        "evidence": list(chance.choice(EVIDENCE)) if professional else [],
    }
