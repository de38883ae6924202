"""The conditions as terms: each is a table that an edition states or leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from portage.policy import AREAS, EVIDENCE
from portage.policy.arrangements import LATER
from portage.policy.terms import choice, choices, part, table, text, texts, whole, yes_no

UNITS: Final = {"months": "months", "years": "years"}
LAST_DAYS: Final = {
    "included": "up to and including the day a child becomes that old",
    "before": "until the day before a child becomes that old",
}
EVENTS: Final = {
    "funded-place": "the start of the funded place that follows a birthday",
    "compulsory-school-age": "compulsory school age",
    "end-of-reception": "the end of the reception year in which a child has a birthday",
    "start-of-nursery": "the start of a nursery class, on the 1 September after a birthday",
}
ENTRY_UNITS: Final = {"months": "months", "school-terms": "school terms", "school-years": "school years"}
FRACTIONS: Final = {
    "1/5": "a fifth of age", "1/4": "a quarter of age", "1/3": "a third of age", "2/5": "two fifths of age",
    "1/2": "half of age", "2/3": "two thirds of age", "3/4": "three quarters of age",
}  # fmt: skip
COMPARED: Final = {"at-least": "at least", "more-than": "more than"}
EFFECTS: Final = {"condition": "a condition of the offer", "person": "a person weighs it and decides"}
HOURS_EFFECTS: Final = {**EFFECTS, "visits": "visits change, and it is no condition"}
SIGNATURES: Final = {"parent": "a parent or carer", "professional": "the professional who asks"}
AREA_WORDS: Final = {area.key: area.formal for area in AREAS}
EVIDENCE_WORDS: Final = {kind.key: kind.formal for kind in EVIDENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class OldestTerms:
    """An age at which it ends."""

    age: Annotated[int, whole("Oldest age", least=1, most=72, unit="see unit")]
    unit: Annotated[str, choice("Unit of the oldest age", UNITS)]
    last_day: Annotated[str, choice("The last day", LAST_DAYS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class YoungestTerms:
    """An age at which it begins, that day included."""

    age: Annotated[int, whole("Youngest age", least=1, most=71, unit="see unit")]
    unit: Annotated[str, choice("Unit of the youngest age", UNITS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilTerms:
    """A date that ends it instead of an age."""

    event: Annotated[str, choice("What ends it", EVENTS)]
    birthday: Annotated[int, whole("Birthday that the date is reckoned from", least=2, most=6, unit="years")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeTerms:
    """The age; where both an oldest age and a date are given, the earlier one ends it."""

    youngest: Annotated[YoungestTerms | None, part(YoungestTerms)] = None
    oldest: Annotated[OldestTerms | None, part(OldestTerms)] = None
    until: Annotated[UntilTerms | None, part(UntilTerms)] = None
    looks_again: Annotated[
        tuple[str, ...], choices("When a person looks at the age again, after the day of the request", LATER)
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTerms:
    """The latest day to ask, before school can start on the 1 September after the fourth birthday."""

    number: Annotated[int, whole("How long before school", least=1, most=36, unit="see unit")]
    unit: Annotated[str, choice("What that number counts", ENTRY_UNITS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandTerms:
    """Other figures of delay from an age on."""

    from_months: Annotated[int, whole("From the age of", least=1, most=71, unit="months")]
    percent: Annotated[int | None, whole("Delay in percent of age", least=1, most=100, unit="percent")] = None
    fraction: Annotated[str | None, choice("Delay as a fraction of age", FRACTIONS)] = None
    months: Annotated[int | None, whole("Delay in months", least=1, most=60, unit="months")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayTerms:
    """The delay; where more than one figure is given, any of them is enough."""

    percent: Annotated[int | None, whole("Delay in percent of age", least=1, most=100, unit="percent")] = None
    fraction: Annotated[str | None, choice("Delay as a fraction of age", FRACTIONS)] = None
    months: Annotated[int | None, whole("Delay in months", least=1, most=60, unit="months")] = None
    compared: Annotated[str, choice("How the delay is compared with the figure", COMPARED)]
    by_age: Annotated[Mapping[str, BandTerms], table(BandTerms)] = field(default_factory=dict)
    in_areas: Annotated[int, whole("In how many areas", least=1, most=9, unit="areas")]
    areas_compared: Annotated[str, choice("How the number of areas is compared", COMPARED)]
    areas: Annotated[tuple[str, ...], choices("Areas of development that count", AREA_WORDS)]
    among: Annotated[tuple[str, ...], choices("One of the areas must be among", AREA_WORDS)] = ()
    expected: Annotated[bool, yes_no("A delay that a professional expects counts as well")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionTerms:
    """A diagnosis or a condition that is likely to delay development."""

    named: Annotated[tuple[str, ...], texts("Conditions that count as soon as they are named")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningTerms:
    """Scores of the Ages and Stages Questionnaire (ASQ)."""

    at_most: Annotated[int, whole("A score counts that is at most", least=0, most=60, unit="points")]
    in_parts: Annotated[int, whole("In how many of the five parts", least=1, most=5, unit="parts")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensoryTerms:
    """A hearing or sight loss together with a delay."""

    in_areas: Annotated[int, whole("Areas with the delay beside the loss", least=1, most=9, unit="areas")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWays:
    """Other ways in: any one of them is enough instead of the delay."""

    condition: Annotated[ConditionTerms | None, part(ConditionTerms)] = None
    screening: Annotated[ScreeningTerms | None, part(ScreeningTerms)] = None
    sensory_loss: Annotated[SensoryTerms | None, part(SensoryTerms)] = None
    professional_judgement: Annotated[bool, yes_no("A professional's judgement of significant need is enough")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidenceTerms:
    """Where the family lives."""

    area_name: Annotated[str, text("The area in which the family lives")]
    left_out: Annotated[tuple[str, ...], texts("Parts of it that the service leaves out")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursTerms:
    """A cap on the time in an early years setting."""

    fewer_than_hours: Annotated[int | None, whole("Fewer hours a week than", least=1, most=60, unit="hours")] = None
    fewer_than_sessions: Annotated[
        int | None, whole("Fewer sessions a week than", least=1, most=14, unit="sessions")
    ] = None
    funded_at_two_exempt: Annotated[bool, yes_no("Funded hours of two-year-olds are not counted")] = False
    effect: Annotated[str, choice("What follows when there are more", HOURS_EFFECTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesTerms:
    """Other services: not both at once, or universal support first."""

    not_with: Annotated[tuple[str, ...], texts("Services that this one does not run beside")] = ()
    universal_first: Annotated[bool, yes_no("Support that is open to every family is tried first")] = False
    effect: Annotated[str, choice("What follows otherwise", EFFECTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTerms:
    """Papers and signatures, for the routes that need them."""

    kinds: Annotated[tuple[str, ...], choices("Papers of which one is needed", EVIDENCE_WORDS)] = ()
    signatures: Annotated[tuple[str, ...], choices("Whose signature is needed", SIGNATURES)] = ()
    within_weeks: Annotated[
        int | None,
        whole("May follow within; then a person closes the request or gives more time", least=1, most=52, unit="weeks"),
    ] = None
    warn_days: Annotated[
        int | None, whole("The family is told so many days before that time runs out", least=1, most=60, unit="days")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscretionTerms:
    """What the service leaves to its own discretion."""

    says: Annotated[str, text("What a person decides, in one sentence")]


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityTerms:
    """Every condition, in the order of their findings; one that is left out is not tested."""

    age: Annotated[AgeTerms | None, part(AgeTerms)] = None
    latest_entry: Annotated[EntryTerms | None, part(EntryTerms)] = None
    delay: Annotated[DelayTerms | None, part(DelayTerms)] = None
    ways_in: Annotated[OtherWays | None, part(OtherWays)] = None
    residence: Annotated[ResidenceTerms | None, part(ResidenceTerms)] = None
    hours: Annotated[HoursTerms | None, part(HoursTerms)] = None
    other_services: Annotated[ServicesTerms | None, part(ServicesTerms)] = None
    evidence: Annotated[EvidenceTerms | None, part(EvidenceTerms)] = None
    discretion: Annotated[DiscretionTerms | None, part(DiscretionTerms)] = None
