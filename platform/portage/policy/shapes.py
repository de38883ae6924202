"""What pages, letters and clocks need to know of a policy, as plain frozen shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AskKind = Literal["areas", "evidence", "yes-no", "hours", "date", "text", "long-text"]
DecidedBy = Literal["officer", "panel"]
ClockUnit = Literal["calendar", "working"]
CountsFrom = Literal["received", "evidence", "panel", "decision", "assessment", "leaving"]
SharingPurpose = Literal["share", "ask", "tell", "leaving"]
StepKey = Literal[
    "request",
    "first-signposting",
    "assessment",
    "panel",
    "decision",
    "tell-outcome",
    "offer",
    "introductory-visit",
    "observation",
    "allocation",
    "next-steps",
    "play-plan",
    "review",
    "meeting",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a person can tick, in a parent's words and in a professional's."""

    key: str
    label: str
    formal: str
    hint: str = ""

    def label_for(self, referrer: str) -> str:
        """Return the words for this person: a parent's own, or a professional's."""
        return self.label if referrer == "parent" else self.formal


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something that the family agrees to, or does not, when a request is made."""

    key: str  # the fact is `agreement.<key>`: `parent` or `home_based`
    question: str  # asked of a professional about the family
    question_to_parent: str  # asked of a parent about themselves
    rule: str | None
    required: bool = True

    @property
    def fact(self) -> str:
        """Return the path of the fact that answers this question."""
        return f"agreement.{self.key}"

    def question_for(self, referrer: str) -> str:
        """Return the question in the words for this person."""
        return self.question_to_parent if referrer == "parent" else self.question


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a route's form, in a parent's words and in a professional's."""

    key: str
    kind: AskKind
    question: str
    formal: str
    hint: str = ""
    options: tuple[Option, ...] = ()
    fact: str | None = None  # path of the fact that the answer becomes, if it becomes one
    required: bool = False

    def question_for(self, referrer: str) -> str:
        """Return the question in the words for this person."""
        return self.question if referrer == "parent" else self.formal


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of a request, from asking to support."""

    key: StepKey
    name: str
    sentence: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One way to ask: its form, who may use it, what is asked, and what follows."""

    key: str
    name: str
    form_name: str
    for_whom: str
    referrers: tuple[str, ...]
    rule: str  # the requirement that describes this route
    finding: str | None  # the rule that this route adds to the findings
    agreements: tuple[Agreement, ...]
    asks: tuple[Ask, ...]
    statutory: bool
    needs_evidence: bool
    decided_by: DecidedBy
    assessment_first: bool  # an assessment is recorded before any offer


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of help that may be offered."""

    key: str
    name: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a visitor comes, as a key for machines and words for people."""

    key: str
    name: str
    every_weeks: tuple[int, ...]  # the choices when a series is planned; empty = by need


@dataclass(frozen=True, slots=True)
class Element:
    """One named part of a home visit."""

    key: str
    name: str
    explanation: str


@dataclass(frozen=True, slots=True)
class SupportPattern:
    """How support runs: how long, how often, what a visit is made of, where it may be."""

    longest_months: int | None
    visit_minutes: int | None
    frequency: Frequency | None
    elements: tuple[Element, ...]
    modes: tuple[str, ...]  # home, setting, telephone, video, group, family-hub
    block: str | None  # "school-term" where visits run in blocks
    same_day_and_time: bool
    review_when: str
    play_plan: str | None
    between_visits: str | None
    training: str  # the training that a visitor must have on record
    volunteers: bool
    longest_chosen_by: str = "received"  # the day whose edition gives the longest support: decision, first-visit


@dataclass(frozen=True, slots=True)
class Clock:
    """A time within which something is to be done, and where that time comes from."""

    key: str
    name: str
    days: int
    unit: ClockUnit
    counts_from: CountsFrom
    rule: str | None
    source: str
    assumption: str | None  # why this is an assumption; None where a source states it


@dataclass(frozen=True, slots=True)
class SharingQuestion:
    """A permission asked for by itself: one party, one purpose."""

    key: str
    party: str
    purpose: SharingPurpose
    question: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Programme:
    """Something else that the service does beside home visits."""

    key: str
    name: str
    for_whom: str
    what_happens: tuple[str, ...]
    how_to_ask: str
    route: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A titled sentence about how the service works."""

    key: str
    title: str
    text: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """Words that a council sends at one stage of one or more routes."""

    key: str
    routes: tuple[str, ...]
    to: str
    title: str
    text: str
    links: tuple[str, ...]
    rule: str | None


@dataclass(frozen=True, slots=True)
class Notifications:
    """How a council takes health bodies' notifications, and what follows from one by the path of `route`."""

    name: str
    follows: str  # nothing, panel or request
    route: str | None
    agreement_first: bool
    request_day: str  # agreement or arrival
    rule: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """The service as it names itself on every page and letter."""

    name: str
    former_name: str | None
    short_name: str
    aim: str
    quality_mark: str | None
    visitor_title: str
    partners: tuple[str, ...]
    telephone: str | None
    email: str | None
    contact: str
    how_it_works: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a described policy, with the number it cites and whether it is assumed."""

    label: str
    text: str
    rule: str | None = None
    assumption: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One titled part of a described policy."""

    key: str
    title: str
    lines: tuple[Line, ...]
