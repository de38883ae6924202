"""A council's manifest, `tenant.toml`, with its pages and school terms: data only, never a secret.

The file, table by table (tenants/README.md tells it with an example):

    slug, name, plugin, hosts, mail_from   who the council is, where its site is, whom its e-mails come from
    [brand]            colour
    [contact]          telephone, email, address, words
    [[safeguarding]]   key, name, phone, when: the lead, the front door, out of hours; 999 is always shown first
    [[help]]           key (sendiass, local-offer, complaints, ask-again), name, says, telephone, email, url
    [privacy]          controller, lawful_basis, contact
    [accessibility]    contact
    [letters]          sign_off, ask_again, opening, closing
    [[area]]           key, name, telephone, email, postcode_districts: area teams; other postcodes have none
    [[identity_provider]]  key, name, issuer, client_id, auth_method, secret_name (where the process finds the secret),
                       [rules] claim, scope, [[rules.groups]] value, role, area; [demands] acr, amr
    [[assumption]]     term, says: what no published source states
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from portage.policy.terms import part, schema_for, text, texts


class ManifestInvalid(ValueError):
    """A council's folder does not say what the platform needs; the sentence names every wrong field."""


def _tables(shape: type) -> fields.Field[Any]:
    return fields.List(fields.Nested(lambda: schema_for(shape)()))


def _like(about: str, pattern: str) -> fields.Field[Any]:
    return fields.String(validate=validate.Regexp(pattern), metadata={"about": about})


_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
_HOST = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z"
_DISTRICT = r"^[A-Z]{1,2}[0-9][0-9A-Z]?\Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """The council's look, as far as it may differ."""

    colour: Annotated[str, _like("Main colour", r"^#[0-9a-fA-F]{6}\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the council's team when an edition names no other way."""

    telephone: Annotated[str | None, text("Telephone")] = None
    email: Annotated[str | None, text("Mailbox")] = None
    address: Annotated[str | None, text("Postal address")] = None
    words: Annotated[str | None, text("How to get in touch, in a sentence")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguarding:
    """One place to turn to with a worry about a child's safety."""

    key: Annotated[str, text("Which place", one_of=("lead", "front-door", "out-of-hours"))]
    name: Annotated[str, text("Name")]
    phone: Annotated[str, text("Telephone")]
    when: Annotated[str | None, text("When it answers")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Somewhere that letters and pages point to."""

    key: Annotated[str, text("Which help", one_of=("sendiass", "local-offer", "complaints", "ask-again"))]
    name: Annotated[str, text("Name")]
    says: Annotated[str, text("What it is for, in a sentence")]
    telephone: Annotated[str | None, text("Telephone")] = None
    email: Annotated[str | None, text("Mailbox")] = None
    url: Annotated[str | None, _like("Address", r"^https://\S+\Z")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Who answers for the families' data, and on what ground."""

    controller: Annotated[str, text("Controller")]
    lawful_basis: Annotated[str, text("Lawful basis, in a sentence")]
    contact: Annotated[str, text("How to reach the data protection officer")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessibility:
    """Whom to tell about a page that does not work."""

    contact: Annotated[str, text("How to ask for another format or report a problem")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The council's own sentences in its letters."""

    opening: Annotated[str, text("First sentence")]
    closing: Annotated[str, text("Last sentence")]
    sign_off: Annotated[str, text("Under the letter")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTeam:
    """A team for a part of the council's area, picked by the district of a postcode."""

    key: Annotated[str, _like("Key", _KEY)]
    name: Annotated[str, text("Name")]
    telephone: Annotated[str | None, text("Telephone")] = None
    email: Annotated[str | None, text("Mailbox")] = None
    postcode_districts: Annotated[tuple[str, ...], fields.List(_like("District", _DISTRICT))] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """People in a group of the provider have a role here."""

    value: Annotated[str, text("Value of the claim")]
    role: Annotated[str, text("Role")]
    area: Annotated[str | None, text("Key of an area team")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRules:
    """From claims to roles."""

    claim: Annotated[str, text("Name of the claim")] = "groups"
    scope: Annotated[str, text("What is asked for")] = "openid profile email"
    groups: Annotated[tuple[GroupRule, ...], _tables(GroupRule)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """How people must have signed in at the provider."""

    acr: Annotated[tuple[str, ...], texts("Accepted classes")] = ()
    amr: Annotated[tuple[str, ...], texts("Accepted methods")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An OpenID provider of the council; the secret itself is never in this file."""

    key: Annotated[str, _like("Key", _KEY)]
    name: Annotated[str, text("Name on the sign-in page")]
    issuer: Annotated[str, _like("Issuer", r"^https?://\S+\Z")]
    client_id: Annotated[str, text("Client id")]
    auth_method: Annotated[str, text("Method", one_of=("client_secret_basic", "private_key_jwt"))]
    secret_name: Annotated[str, text("Name under which the process finds the secret")]
    rules: Annotated[ProviderRules, part(ProviderRules)] = field(default_factory=ProviderRules)
    demands: Annotated[Demands, part(Demands)] = field(default_factory=Demands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """Something in the manifest that no published source states."""

    term: Annotated[str, text("Path")]
    says: Annotated[str, text("Why it stands as it does")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantTables:
    """The file `tenant.toml`, table by table."""

    slug: Annotated[str, _like("Slug", _KEY)]
    name: Annotated[str, text("Name of the council")]
    plugin: Annotated[str, text("Name of its policy")]
    hosts: Annotated[tuple[str, ...], fields.List(_like("Host name", _HOST), validate=validate.Length(min=1))]
    mail_from: Annotated[str, _like("Address that e-mails come from", r"^[^@\s]+@[^@\s]+\Z")]
    brand: Annotated[Brand, part(Brand)]
    contact: Annotated[Contact, part(Contact)] = field(default_factory=Contact)
    safeguarding: Annotated[tuple[Safeguarding, ...], _tables(Safeguarding)]
    help: Annotated[tuple[Help, ...], _tables(Help)]
    privacy: Annotated[Privacy, part(Privacy)]
    accessibility: Annotated[Accessibility, part(Accessibility)]
    letters: Annotated[Letters, part(Letters)]
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


@dataclass(frozen=True, slots=True)
class SchoolTerm:
    """One term, both days included."""

    name: str
    first_day: date
    last_day: date


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


def read_manifest(folder: Path) -> Manifest:
    """Read a council's folder; raise ManifestInvalid with every wrong field."""
    try:
        tables: TenantTables = schema_for(TenantTables)().load(_toml(folder / "tenant.toml"))
        calendar = read_school_terms(folder / "terms.toml")
    except ValidationError as error:
        raise ManifestInvalid(f"{folder.name}: {error.messages}") from error
    if problems := [*_misfits(tables), *_bad_order(calendar)]:
        raise ManifestInvalid(f"{folder.name}: {' '.join(problems)}")
    pages = tuple(_page(file) for file in sorted((folder / "content").glob("*.md")))
    return Manifest(tables, pages, calendar)


def read_school_terms(file: Path) -> SchoolCalendar:
    """Read a `terms.toml`; raise marshmallow's ValidationError for a wrong field."""
    term = Schema.from_dict({
        "name": fields.String(required=True),
        "first_day": fields.Date(required=True),
        "last_day": fields.Date(required=True),
    })  # fmt: skip
    schema = Schema.from_dict({
        "closures": fields.List(fields.Date(), load_default=list),
        "term": fields.List(fields.Nested(term(unknown=RAISE)), load_default=list),
    })  # fmt: skip
    read: dict[str, Any] = schema(unknown=RAISE).load(_toml(file))
    return SchoolCalendar(tuple(SchoolTerm(**each) for each in read["term"]), tuple(read["closures"]))


def _toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestInvalid(f"{file.parent.name}: {file.name} is missing.") from None
    except tomllib.TOMLDecodeError as error:
        raise ManifestInvalid(f"{file.parent.name}: {file.name} is not TOML: {error}") from error


def _misfits(tables: TenantTables) -> list[str]:
    """Find what single fields cannot show: keys used twice, districts of two teams, rules for unknown teams."""
    districts = [district for area in tables.area for district in area.postcode_districts]
    doubled = {district for district in districts if districts.count(district) > 1}
    keys = {area.key for area in tables.area}
    unknown = {
        rule.area for provider in tables.identity_provider for rule in provider.rules.groups if rule.area is not None
    } - keys
    problems = [f"The district {district} belongs to two area teams." for district in sorted(doubled)]
    problems += [f"A rule of a provider names the area team {key}, which does not exist." for key in sorted(unknown)]
    for name in ("safeguarding", "help", "area", "identity_provider"):
        named = [each.key for each in getattr(tables, name)]
        if len(named) != len(set(named)):
            problems.append(f"Two tables of {name} have the same key.")
    return problems


def _bad_order(calendar: SchoolCalendar) -> list[str]:
    problems = [f"{term.name} ends before it begins." for term in calendar.terms if term.last_day < term.first_day]
    for term, later in pairwise(calendar.terms):
        if later.first_day <= term.last_day:
            problems.append(f"{later.name} begins before {term.name} ends.")
    return problems


def _page(file: Path) -> Page:
    first, _, rest = file.read_text(encoding="utf-8").partition("\n")
    if not first.startswith("# ") or not rest.strip():
        raise ManifestInvalid(f"{file.parent.parent.name}: {file.name} begins with a line `# Title`, then its words.")
    return Page(file.stem, first[2:].strip(), rest.strip() + "\n")


def _plain(told: Any) -> Any:
    """Turn tuples into lists and drop what is not said, so that the result is JSON and stays short."""
    if isinstance(told, dict):
        return {key: _plain(value) for key, value in told.items() if value is not None}
    return [_plain(each) for each in told] if isinstance(told, list | tuple) else told
