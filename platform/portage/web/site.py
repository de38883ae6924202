"""What the frame of a page says about the council in whose site it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app, g

from portage.core import clock
from portage.editions.operations import edition_on
from portage.policy import (
    Edition,
    EditionInvalid,
    NoEditionInForce,
    Notifications,
    Policy,
    Programme,
    Route,
    Service,
)
from portage.policy.standin import StandIn
from portage.web.brand import Brand

PLATFORM = "Portage platform"


@dataclass(frozen=True, slots=True)
class Source:
    """The document that the rules in force restate, and since when."""

    title: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Site:
    """One council's words for the frame of its pages; without a council, the platform's own."""

    council: str = PLATFORM
    service: str = "Operator"
    phone: str | None = None
    email: str | None = None
    brand: Brand = field(default_factory=lambda: Brand.of(None))
    source: Source | None = None
    tenant: bool = False
    invented: bool = False
    home: str = "/operator"
    policy_service: Service | None = None
    policy: Policy[Any] | None = None
    edition: Edition | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    sign_out: str = "/operator/sign-out"

    @property
    def safeguarding(self) -> tuple[Mapping[str, str], ...]:
        """Whom to call about a child in danger, after 999: name, phone, when."""
        return tuple(self.profile.get("safeguarding", ()))

    def assumed(self, term: str) -> str | None:
        """Why something in the council's manifest is an assumption; None where a source states it."""
        return next((each["says"] for each in self.profile.get("assumption", ()) if each["term"] == term), None)

    @property
    def stood_in(self) -> bool:
        """Whether the council's rules cannot be applied just now, and only its own words are shown."""
        return isinstance(self.policy, StandIn)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways to ask that the policy in force offers."""
        return self.policy.routes(self.edition.terms) if self.policy and self.edition else ()

    @property
    def volunteers(self) -> bool:
        """Whether the policy in force provides for volunteers."""
        return bool(self.policy and self.edition and self.policy.support_pattern(self.edition.terms).volunteers)

    @property
    def takes_volunteers(self) -> bool:
        """Whether people can offer to volunteer on this site."""
        if self.policy is None or self.edition is None or not self.volunteers:
            return False
        visitors = self.policy.arrangements(self.edition.terms).visitors
        return visitors is not None and visitors.interest_form

    @property
    def notifications(self) -> Notifications | None:
        """How health bodies notify the council of a child; None where they do not."""
        return self.policy.notifications(self.edition.terms) if self.policy and self.edition else None

    @property
    def asking_routes(self) -> tuple[Route, ...]:
        """The ways by which somebody asks for support: health notifications are none of them."""
        apart = self.notifications.route if self.notifications else None
        return tuple(route for route in self.routes if route.key != apart)

    @property
    def programmes(self) -> tuple[Programme, ...]:
        """What else the service does."""
        return self.policy.programmes(self.edition.terms) if self.policy and self.edition else ()


def site() -> Site:
    """The site of this request, read once."""
    if "site" not in g:
        g.site = _read()
    found: Site = g.site
    return found


def _read() -> Site:
    invented = current_app.extensions["portage.settings"].demo
    council = g.get("council")
    if council is None:
        return Site(invented=invented)
    try:
        policy, edition = edition_on(clock.today())
    except (NoEditionInForce, EditionInvalid):
        return council_site(council.name, council.profile, None, None, invented=invented)
    return council_site(council.name, council.profile, policy, edition, invented=invented)


def council_site(
    name: str,
    profile: Mapping[str, Any],
    policy: Policy[Any] | None,
    edition: Edition | None,
    *,
    invented: bool = False,
) -> Site:
    """A council's site from its manifest and the policy in force, if any edition is in force yet."""
    contact = profile.get("contact", {})
    service = policy.service(edition.terms) if policy and edition else None
    return Site(
        council=name,
        service=service.name if service else profile.get("service", "Portage"),
        phone=(service and service.telephone) or contact.get("telephone"),
        email=(service and service.email) or contact.get("email"),
        brand=Brand.of(profile.get("brand", {}).get("colour")),
        source=Source(edition.source, edition.effective_from) if edition else None,
        tenant=True,
        invented=invented,
        home="/",
        sign_out="/sign-out",
        policy_service=service,
        policy=policy,
        edition=edition,
        profile=profile,
    )
