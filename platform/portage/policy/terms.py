"""The terms of an edition: what a council's policy states, each value declared once and checked by marshmallow."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_type_hints

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from portage.policy.shapes import ClockUnit, CountsFrom, SharingPurpose

MODES: dict[str, str] = {
    "home": "at home", "setting": "in the early years setting", "telephone": "by telephone", "video": "by video call",
    "group": "in a group", "family-hub": "in a family hub",
}  # fmt: skip
LONGEST_CHOSEN_BY: dict[str, str] = {
    "received": "the day the request was received",
    "decision": "the day of the decision",
    "first-visit": "the day of the first home visit",
}

FOLLOWS: dict[str, str] = {
    "nothing": "nothing by itself: it is kept, and a person reads it",
    "panel": "the panel looks at the child at its next meeting",
    "request": "a request for the child begins",
}
REQUEST_DAYS: dict[str, str] = {
    "agreement": "the day the parents agreed, or the day the notification arrived if that was later",
    "arrival": "the day the notification arrived",
}


class ShapeSchema(Schema):
    """Loads one table of terms into its frozen shape; an unknown term is an error."""

    shape: ClassVar[type]

    class Meta:
        unknown = RAISE

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> object:
        """Build the shape, with lists made into tuples."""
        return self.shape(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})


def declared_types(shape: type) -> Mapping[str, Any]:
    """Return the types of a dataclass's fields with what annotates them."""
    return _worked_out(shape)


@cache  # it takes a millisecond, and pages that describe an edition ask for each of its tables
def _worked_out(shape: Any) -> Mapping[str, Any]:
    return get_type_hints(shape, include_extras=True)


@cache
def schema_for(shape: Any) -> type[ShapeSchema]:
    """Return the schema of a dataclass whose fields are annotated with the functions below; no default = required."""
    annotated = declared_types(shape)
    declared = {}
    for each in dataclasses.fields(shape):
        term: fields.Field[Any] = annotated[each.name].__metadata__[0]
        term.required = each.default is MISSING and each.default_factory is MISSING
        declared[each.name] = term
    return type("TermsSchema", (ShapeSchema,), {**declared, "shape": shape})


class YesNo(fields.Boolean):
    """True or false and nothing else: 1 is a number, and "yes" is a text."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def text(about: str, *, one_of: tuple[str, ...] = ()) -> fields.Field[Any]:
    """Declare a term that is a text, free or one of a list."""
    checks = [validate.Length(min=1), *([validate.OneOf(one_of)] if one_of else [])]
    return fields.String(validate=checks, metadata={"about": about})


def choice(about: str, words: Mapping[str, str]) -> fields.Field[Any]:
    """Declare a term that is one key of a closed list, with the words that people read for each."""
    return fields.String(validate=validate.OneOf(tuple(words)), metadata={"about": about, "words": words})


def choices(about: str, words: Mapping[str, str], *, ordered: bool = False) -> fields.Field[Any]:
    """Declare a term that is a list of such keys without doubles; `ordered` where the first of them comes first."""
    said = {"about": about, "words": words, "ordered": ordered}
    return fields.List(choice(about, words), validate=_no_doubles, metadata=said)


def whole(about: str, *, least: int, most: int, unit: str = "") -> fields.Field[Any]:
    """Declare a term that is a whole number within limits."""
    within = validate.Range(min=least, max=most)
    return fields.Integer(strict=True, validate=within, metadata={"about": about, "unit": unit})


def yes_no(about: str) -> fields.Field[Any]:
    """Declare a term that is true or false."""
    return YesNo(metadata={"about": about})


class Day(fields.Date):
    """A day; a time of day beside it is refused, not dropped."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if isinstance(value, datetime):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


def texts(about: str, *, one_of: tuple[str, ...] = ()) -> fields.Field[Any]:
    """Declare a term that is a list of texts without doubles, in the order of showing."""
    return fields.List(text(about, one_of=one_of), validate=_no_doubles, metadata={"about": about})


def numbers(about: str, *, least: int, most: int) -> fields.Field[Any]:
    """Declare a term that is a list of whole numbers without doubles."""
    return fields.List(whole(about, least=least, most=most), validate=_no_doubles, metadata={"about": about})


def part(shape: type) -> fields.Field[Any]:
    """Declare a table of terms of its own."""
    return fields.Nested(lambda: schema_for(shape)())


def table(shape: type) -> fields.Field[Any]:
    """Declare a table whose keys name things of one shape, in the order of showing."""
    key = fields.String(validate=validate.Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$"))
    return fields.Dict(keys=key, values=part(shape))


def _no_doubles(items: list[Any]) -> None:
    if len(items) != len(set(items)):
        raise ValidationError("Names something twice.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """How the service names itself."""

    name: Annotated[str, text("Name of the service")]
    former_name: Annotated[str | None, text("Name that people may still know")] = None
    short_name: Annotated[str, text("Name inside a sentence, such as: the service")]
    aim: Annotated[str, text("The aim, in one or two sentences")]
    quality_mark: Annotated[str | None, text("Registration or award that the service holds")] = None
    visitor_title: Annotated[str, text("What a home visitor is called")]
    partners: Annotated[tuple[str, ...], texts("Teams that the service works with")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTerms:
    """How to reach the service, as it says so itself."""

    telephone: Annotated[str | None, text("Telephone number")] = None
    email: Annotated[str | None, text("Mailbox")] = None
    words: Annotated[str, text("How to get in touch, in one sentence")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTerms:
    """The words of one way to ask."""

    name: Annotated[str, text("Name of the route")]
    form_name: Annotated[str, text("Name of the form, as published")]
    for_whom: Annotated[str, text("Who uses it, in one plain sentence")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTerms:
    """Something with a name and an explanation: an offer, or a part of a visit."""

    name: Annotated[str, text("Name")]
    explanation: Annotated[str, text("What it is, in one sentence")]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyTerms:
    """How often a visitor comes."""

    key: Annotated[str, text("Key for machines, such as fortnightly")]
    name: Annotated[str, text("Words for people, such as: usually every two weeks")]
    every_weeks: Annotated[tuple[int, ...], numbers("Choices when planning; none = by need", least=1, most=52)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTerms:
    """How support runs."""

    longest_months: Annotated[int | None, whole("Longest support in months", least=1, most=72, unit="months")] = None
    longest_chosen_by: Annotated[
        str | None, choice("Day that chooses the edition for the longest support", LONGEST_CHOSEN_BY)
    ] = None
    visit_minutes: Annotated[int | None, whole("Length of a visit in minutes", least=5, most=480, unit="minutes")] = (
        None
    )
    frequency: Annotated[FrequencyTerms | None, part(FrequencyTerms)] = None
    elements: Annotated[Mapping[str, NamedTerms], table(NamedTerms)] = field(default_factory=dict)
    in_a_visit: Annotated[Mapping[str, NamedTerms], table(NamedTerms)] = field(default_factory=dict)
    modes: Annotated[tuple[str, ...], texts("Where and how visits take place", one_of=tuple(MODES))]
    block: Annotated[str | None, text("What a block of visits is", one_of=("school-term",))] = None
    same_day_and_time: Annotated[bool, yes_no("Visits are normally on the same day at a set time")] = False
    review_when: Annotated[str, text("When the support is reviewed")]
    play_plan: Annotated[str | None, text("How the play plan is made")] = None
    between_visits: Annotated[str | None, text("What the family does between visits")] = None
    training: Annotated[str, text("Training that a visitor has on record")]
    volunteers: Annotated[bool, yes_no("Trained volunteers may visit as well")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTerms:
    """A time within which something is done."""

    name: Annotated[str, text("What is to be done")]
    days: Annotated[int, whole("Number of days", least=1, most=366, unit="days")]
    unit: Annotated[ClockUnit, text("Kind of days", one_of=get_args(ClockUnit))]
    counts_from: Annotated[CountsFrom, text("What the days count from", one_of=get_args(CountsFrom))]
    routes: Annotated[tuple[str, ...], texts("Routes that it holds for; left out = every route")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingTerms:
    """One permission, for one party and one purpose."""

    party: Annotated[str, text("With whom")]
    purpose: Annotated[SharingPurpose, text("What for", one_of=get_args(SharingPurpose))]
    question: Annotated[str, text("The question to the family")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTerms:
    """Something else that the service does."""

    name: Annotated[str, text("Name")]
    for_whom: Annotated[str, text("For whom it is")]
    what_happens: Annotated[tuple[str, ...], texts("What happens, sentence by sentence")]
    how_to_ask: Annotated[str, text("How to ask for it")]
    route: Annotated[str | None, text("Route by which it is asked for")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTerms:
    """A titled sentence about how the service works."""

    title: Annotated[str, text("Title")]
    says: Annotated[str, text("Sentence")]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTerms:
    """Words sent at one stage."""

    routes: Annotated[tuple[str, ...], texts("Routes that it belongs to")]
    to: Annotated[str, text("Who gets it")]
    title: Annotated[str, text("Title")]
    says: Annotated[str, text("What it says")]
    links: Annotated[tuple[str, ...], texts("Where it points to")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationTerms:
    """What a health body's notification of a child is called, and what follows from it."""

    name: Annotated[str, text("What health professionals call the form")]
    follows: Annotated[str, choice("What follows from a notification", FOLLOWS)]
    route: Annotated[str | None, text("Route whose path a notification takes when something follows")] = None
    agreement_first: Annotated[bool, yes_no("Nothing follows before the parents' agreement is recorded")] = False
    request_day: Annotated[
        str | None, choice("Day of receipt of a request that waited for agreement", REQUEST_DAYS)
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Every value of one edition; a plugin adds its own `eligibility`."""

    service: Annotated[ServiceTerms, part(ServiceTerms)]
    contact: Annotated[ContactTerms, part(ContactTerms)]
    routes: Annotated[Mapping[str, RouteTerms], table(RouteTerms)] = field(default_factory=dict)
    offers: Annotated[Mapping[str, NamedTerms], table(NamedTerms)] = field(default_factory=dict)
    support: Annotated[SupportTerms, part(SupportTerms)]
    clocks: Annotated[Mapping[str, ClockTerms], table(ClockTerms)] = field(default_factory=dict)
    how_it_works: Annotated[Mapping[str, StatementTerms], table(StatementTerms)] = field(default_factory=dict)
    sharing: Annotated[Mapping[str, SharingTerms], table(SharingTerms)] = field(default_factory=dict)
    programmes: Annotated[Mapping[str, ProgrammeTerms], table(ProgrammeTerms)] = field(default_factory=dict)
    messages: Annotated[Mapping[str, MessageTerms], table(MessageTerms)] = field(default_factory=dict)
    notifications: Annotated[NotificationTerms | None, part(NotificationTerms)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionTerms:
    """Something that no source states."""

    term: Annotated[str, text("Path of the term, or effective_from")]
    says: Annotated[str, text("Why it stands as it does")]


def edition_schema(terms: type) -> Schema:
    """Return the schema of a whole edition, as TOML and the database hold it."""
    return Schema.from_dict(
        {
            "effective_from": Day(
                load_default=None, metadata={"about": "The day from which this edition holds; left out = a draft"}
            ),
            "source": fields.String(
                required=True, validate=validate.Length(min=1), metadata={"about": "The document that states the terms"}
            ),
            "assumptions": fields.List(fields.Nested(schema_for(AssumptionTerms)()), load_default=list),
            "terms": fields.Nested(schema_for(terms)(), required=True),
        },
        name="EditionSchema",
    )(unknown=RAISE)
