"""A council's manifest, `tenant.toml`, with its pages, school terms and services: data only, never a secret.

The file, table by table (tenants/README.md tells it with an example):

    slug, name, plugin, hosts, mail_from   who the council is, where its site is, whom its e-mails come from
    [brand]            colour
    [contact]          telephone, email, address, words
    [[safeguarding]]   key, name, phone, when: the lead, the front door, out of hours; 999 is always shown first
    [[help]]           key (sendiass, local-offer, complaints, ask-again), name, says, telephone, email, url
    [privacy]          controller, lawful_basis, contact
    [accessibility]    contact
    [letters]          opening, closing, sign_off
    [notifications]    trusted_domains, first_of_all: whose work addresses count, and whom parents turn to first
    [texts]            secret_name, template_id: the council's service at GOV.UK Notify, for texts to its own staff
    [[area]]           key, name, telephone, email, postcode_districts: area teams; other postcodes have none
    [[identity_provider]]  key, name, issuer, client_id, auth_method, secret_name (where the process finds the secret),
                       [rules] claim, scope, [[rules.groups]] value, role, area; [demands] acr, amr
    [[assumption]]     term, says: what no published source states
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Annotated, Any

from marshmallow import fields, validate

from portage.core.access import Role
from portage.policy.terms import Day, part, schema_for, text, texts, whole
from portage.tenants.instruments import Instrument

SAFEGUARDING = ("lead", "front-door", "out-of-hours")
HELP = ("sendiass", "local-offer", "complaints", "ask-again")
_ROLES = tuple(role.value for role in Role if role is not Role.OPERATOR)


def _tables(shape: type) -> fields.Field[Any]:
    return fields.List(fields.Nested(lambda: schema_for(shape)()))


def _like(about: str, kind: str, pattern: str) -> fields.Field[Any]:
    """Declare a text of one form; `kind` names the form to a person."""
    form = validate.Regexp(pattern, error=f"Must be {kind}.")
    return fields.String(validate=form, metadata={"about": about, "kind": kind})


def _key(about: str) -> fields.Field[Any]:
    return _like(about, "small letters and digits, such as north-east", r"^[a-z0-9]+(-[a-z0-9]+)*\Z")


def _telephone() -> fields.Field[Any]:
    return _like("Telephone", "a telephone number, such as 01632 960 100", r"^[+(]?[0-9][0-9 ()-]{2,30}\Z")


def _email(about: str = "Mailbox") -> fields.Field[Any]:
    return _like(about, "an e-mail address", r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)*\Z")


def _host() -> fields.Field[Any]:
    label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    return _like("Host name", "a host name in small letters, without a port", rf"^{label}(\.{label})*\Z")


def _district() -> fields.Field[Any]:
    return _like("District", "the first half of a postcode in capitals, such as AB12", r"^[A-Z]{1,2}[0-9][0-9A-Z]?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """The council's look, as far as it may differ."""

    colour: Annotated[str, _like("Main colour", "a colour such as #1d4f7a", r"^#[0-9a-fA-F]{6}\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the council's team when an edition names no other way."""

    telephone: Annotated[str | None, _telephone()] = None
    email: Annotated[str | None, _email()] = None
    address: Annotated[str | None, text("Postal address")] = None
    words: Annotated[str | None, text("How to get in touch, in a sentence")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguarding:
    """One place to turn to with a worry about a child's safety."""

    key: Annotated[str, text("Which place", one_of=SAFEGUARDING)]
    name: Annotated[str, text("Name of the place or the team, as families read it")]
    phone: Annotated[str, _telephone()]
    when: Annotated[str | None, text("When it answers, in words")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Somewhere that letters and pages point to."""

    key: Annotated[str, text("Which help", one_of=HELP)]
    name: Annotated[str, text("Name, as families read it")]
    says: Annotated[str, text("What it is for, in a sentence")]
    telephone: Annotated[str | None, _telephone()] = None
    email: Annotated[str | None, _email()] = None
    url: Annotated[
        str | None, _like("Address of its page", "an address that begins with https://", r"^https://\S+\Z")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Who answers for the families' data, and on what ground."""

    controller: Annotated[str, text("Who is responsible for the data: the controller, by its full name")]
    lawful_basis: Annotated[str, text("Lawful basis, in a sentence")]
    contact: Annotated[str, text("How to reach the data protection officer")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessibility:
    """Whom to tell about a page that does not work."""

    contact: Annotated[str, text("How to ask for another format or report a problem")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The council's own sentences in its letters."""

    opening: Annotated[str, text("First sentence of an outcome letter; {child} stands for the child's name")]
    closing: Annotated[str, text("Last sentence of a letter")]
    sign_off: Annotated[str, text("Who signs: the team, under a letter")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """What the council adds to health notifications, where its policy takes any."""

    trusted_domains: Annotated[
        tuple[str, ...],
        fields.List(_host(), metadata={"about": "Domains whose work addresses count as verified once confirmed"}),
    ] = ()
    first_of_all: Annotated[str | None, text("Whom parents turn to first, in a sentence")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The council's service at GOV.UK Notify, for texts to people who work here; the key is never in this file."""

    secret_name: Annotated[str | None, text("Name under which the process finds the key")] = None
    template_id: Annotated[
        str | None,
        _like("Template of the text", "the id of a template", r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTeam:
    """A team for a part of the council's area, picked by the district of a postcode."""

    key: Annotated[str, _key("Short name of the team, by which rules of sign-in name it")]
    name: Annotated[str, text("Name of the team, as families and staff read it")]
    telephone: Annotated[str | None, _telephone()] = None
    email: Annotated[str | None, _email()] = None
    postcode_districts: Annotated[
        tuple[str, ...], fields.List(_district(), metadata={"about": "Districts of postcodes that the team works in"})
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """People in a group of the provider have a role here."""

    value: Annotated[str, text("Value that the claim holds for these people: the name or id of their group")]
    role: Annotated[str, text("Role that they have here", one_of=_ROLES)]
    area: Annotated[str | None, text("Key of the area team that they work in; left out = the whole council")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRules:
    """From claims to roles."""

    claim: Annotated[str, text("Name of the claim that holds a person's groups")] = "groups"
    scope: Annotated[str, text("What the provider is asked for so that the claim comes; must hold openid")] = (
        "openid profile email"
    )
    groups: Annotated[tuple[GroupRule, ...], _tables(GroupRule)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """How people must have signed in at the provider."""

    acr: Annotated[tuple[str, ...], texts("Classes of sign-in (acr) that are accepted; none = any")] = ()
    amr: Annotated[tuple[str, ...], texts("Methods of sign-in (amr) that are accepted; none = any")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An OpenID provider of the council; the secret itself is never in this file."""

    key: Annotated[str, _key("Short name of the provider, part of the address of sign-in")]
    name: Annotated[str, text("Name on the sign-in page")]
    issuer: Annotated[
        str,
        _like(
            "Address of the provider, exactly as it names itself (issuer)",
            "an address that begins with https://",
            r"^https?://\S+\Z",
        ),
    ]
    client_id: Annotated[str, text("Name under which the provider knows this service (client id)")]
    auth_method: Annotated[
        str, text("How this service proves itself to the provider", one_of=("client_secret_basic", "private_key_jwt"))
    ]
    secret_name: Annotated[str, text("Name under which the process finds the secret")]
    rules: Annotated[ProviderRules, part(ProviderRules)] = field(default_factory=ProviderRules)
    demands: Annotated[Demands, part(Demands)] = field(default_factory=Demands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """Something in the manifest that no published source states."""

    term: Annotated[str, text("Path of the field, such as brand.colour, or calendar for terms.toml")]
    says: Annotated[str, text("Why it stands as it does")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantTables:
    """The file `tenant.toml`, table by table."""

    slug: Annotated[str, _key("Short name in commands, the name of this folder")]
    name: Annotated[str, text("Name of the council, in full")]
    plugin: Annotated[str, text("Policy that it is built on: a plugin that is installed")]
    hosts: Annotated[
        tuple[str, ...],
        fields.List(
            _host(),
            validate=validate.Length(min=1, error="Must name at least one host."),
            metadata={"about": "Host names of the council's site; the first stands in e-mails and letters"},
        ),
    ]
    mail_from: Annotated[str, _email("Address that e-mails come from")]
    brand: Annotated[Brand, part(Brand)]
    contact: Annotated[Contact, part(Contact)] = field(default_factory=Contact)
    safeguarding: Annotated[tuple[Safeguarding, ...], _tables(Safeguarding)]
    help: Annotated[tuple[Help, ...], _tables(Help)]
    privacy: Annotated[Privacy, part(Privacy)]
    accessibility: Annotated[Accessibility, part(Accessibility)]
    letters: Annotated[Letters, part(Letters)]
    notifications: Annotated[Notified, part(Notified)] = field(default_factory=Notified)
    texts: Annotated[Texts, part(Texts)] = field(default_factory=Texts)
    area: Annotated[tuple[AreaTeam, ...], _tables(AreaTeam)] = ()
    identity_provider: Annotated[tuple[Provider, ...], _tables(Provider)] = ()
    assumption: Annotated[tuple[Assumed, ...], _tables(Assumed)] = ()


_IN_TABLES_OF_THEIR_OWN = {"slug", "name", "plugin", "area", "identity_provider"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the council's own words: key, title and Markdown without the title."""

    key: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolTerm:
    """One school term, or half of one, both days included."""

    name: Annotated[str, text("Name of the term")]
    first_day: Annotated[date, Day(metadata={"about": "First day"})]
    last_day: Annotated[date, Day(metadata={"about": "Last day"})]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTables:
    """The file `terms.toml`: school terms in their order; a holiday is the gap between two."""

    closures: Annotated[
        tuple[date, ...], fields.List(Day(), metadata={"about": "Days within terms on which nobody visits"})
    ] = ()
    term: Annotated[tuple[SchoolTerm, ...], _tables(SchoolTerm)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedService:
    """One service that may help families, with which the council's directory begins."""

    name: Annotated[str, text("Name, as families know it")]
    what_for: Annotated[str, text("What it is for, in a sentence")]
    age_from_months: Annotated[int | None, whole("First age that it is for, in months", least=0, most=300)] = None
    age_to_months: Annotated[int | None, whole("Last age that it is for, in months", least=0, most=300)] = None
    telephone: Annotated[str | None, _telephone()] = None
    email: Annotated[str | None, _email()] = None
    web_page: Annotated[
        str | None, _like("Address of its page", "an address that begins with https://", r"^https?://\S+\Z")
    ] = None
    area: Annotated[str | None, text("Where it works; left out = the whole council")] = None
    last_checked_on: Annotated[date | None, Day(metadata={"about": "Day on which somebody last checked it"})] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTables:
    """The file `services.toml`, which a council may leave out."""

    service: Annotated[tuple[ListedService, ...], _tables(ListedService)] = ()


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """The council's terms in order, and days on which nobody visits."""

    terms: tuple[SchoolTerm, ...]
    closures: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a council's folder says besides its policy."""

    tables: TenantTables
    pages: tuple[Page, ...]
    calendar: SchoolCalendar
    services: tuple[ListedService, ...] = ()
    instruments: tuple[Instrument, ...] = ()

    @property
    def profile(self) -> dict[str, Any]:
        """Return what the tenant's row keeps, as JSON: words, colours, contacts and term dates."""
        kept = {each.name for each in dataclass_fields(TenantTables)} - _IN_TABLES_OF_THEIR_OWN
        told = asdict(self.tables)
        terms = [
            {"name": term.name, "first_day": term.first_day.isoformat(), "last_day": term.last_day.isoformat()}
            for term in self.calendar.terms
        ]
        closures = [day.isoformat() for day in self.calendar.closures]
        return {**{key: _plain(told[key]) for key in sorted(kept)}, "calendar": {"closures": closures, "term": terms}}


def _plain(told: Any) -> Any:
    """Turn tuples into lists and drop what is not said, so that the result is JSON and stays short."""
    if isinstance(told, dict):
        return {key: _plain(value) for key, value in told.items() if value is not None}
    return [_plain(each) for each in told] if isinstance(told, list | tuple) else told
