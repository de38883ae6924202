"""What several pages ask: the route in force today, this browser's mark, an area team's contacts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from portage.core import clock
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import viewer
from portage.core.tenancy import current_tenant_id
from portage.editions.operations import edition_on
from portage.policy import Edition, NoEditionInForce, Notifications, Policy, Route, Step
from portage.referrals.operations.drafts import browser_hash
from portage.tenants.models import Area


@dataclass(frozen=True, slots=True)
class Asked:
    """A way to ask as the edition in force today words it."""

    policy: Policy[Any]
    edition: Edition
    route: Route
    sends: str = "the request"  # what the last button sends

    @property
    def address(self) -> str:
        """Where its pages begin."""
        return f"/ask/{self.route.key}"

    @property
    def key(self) -> str:
        """The route's key, as its address has it."""
        return self.route.key

    @property
    def path(self) -> tuple[Step, ...]:
        """What happens to a request by this route, step by step."""
        return self.policy.path(self.edition.terms, self.route.key)


def asked_route(key: str) -> Asked:
    """The route of that key; raises `NotHere` where the council has none such, or no rules in force yet.

    The route of health notifications is none: they have pages of their own, because a notification is no request.
    """
    try:
        policy, edition = edition_on(clock.today())
        if notified_route(policy, edition) == key:
            raise NotHere
        return Asked(policy, edition, policy.route(edition.terms, key))
    except (NoEditionInForce, KeyError):
        raise NotHere from None


def notified_route(policy: Policy[Any], edition: Edition) -> str | None:
    """The route whose path health notifications take; nobody asks by it."""
    told = policy.notifications(edition.terms)
    return told.route if told else None


def routes_today() -> tuple[Route, ...]:
    """Every way to ask that the edition in force today has; none before the first."""
    try:
        policy, edition = edition_on(clock.today())
    except NoEditionInForce:
        return ()
    return policy.routes(edition.terms)


def notified_today() -> Notifications | None:
    """How health notifications are taken today; None where the council takes none."""
    try:
        policy, edition = edition_on(clock.today())
    except NoEditionInForce:
        return None
    return policy.notifications(edition.terms)


def asking_routes() -> tuple[Route, ...]:
    """The ways by which somebody asks: every route but that of health notifications."""
    try:
        policy, edition = edition_on(clock.today())
    except NoEditionInForce:
        return ()
    apart = notified_route(policy, edition)
    return tuple(route for route in policy.routes(edition.terms) if route.key != apart)


def browser() -> bytes:
    """The mark of this browser: its form token is bound to a cookie that nobody else has."""
    return browser_hash(viewer().csrf)


def contacts_of(area_id: UUID | None) -> Row[str, str | None, str | None] | None:
    """Name, telephone and mailbox of an area team."""
    if area_id is None:
        return None
    wanted = select(Area.name, Area.telephone, Area.email).where(
        Area.tenant_id == current_tenant_id(), Area.id == area_id
    )
    return db.session.execute(wanted).one_or_none()
