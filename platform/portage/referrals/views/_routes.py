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
from portage.policy import Edition, NoEditionInForce, Policy, Route, Step
from portage.referrals.operations.drafts import browser_hash
from portage.tenants.models import Area


@dataclass(frozen=True, slots=True)
class Asked:
    """A way to ask as the edition in force today words it."""

    policy: Policy[Any]
    edition: Edition
    route: Route

    @property
    def key(self) -> str:
        """The route's key, as its address has it."""
        return self.route.key

    @property
    def path(self) -> tuple[Step, ...]:
        """What happens to a request by this route, step by step."""
        return self.policy.path(self.edition.terms, self.route.key)


def asked_route(key: str) -> Asked:
    """The route of that key; raises `NotHere` where the council has none such, or no rules in force yet."""
    try:
        policy, edition = edition_on(clock.today())
        return Asked(policy, edition, policy.route(edition.terms, key))
    except (NoEditionInForce, KeyError):
        raise NotHere from None


def routes_today() -> tuple[Route, ...]:
    """Every way to ask that the edition in force today has; none before the first."""
    try:
        policy, edition = edition_on(clock.today())
    except NoEditionInForce:
        return ()
    return policy.routes(edition.terms)


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
