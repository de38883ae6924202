"""When a review is due: at the end of each block of visits, at the policy's interval, and before support ends (LAN-08).

Pure: it reads no clock and no database. Nothing follows by itself; a person is asked to hold the review.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from portage.policy.dates import add_months, in_words
from portage.support.pattern import Support

BEFORE_LIMIT = timedelta(days=28)  # a review is held so long before the longest support ends
SERVES_LIMIT = timedelta(days=56)  # one that was held so shortly before it serves
NEAR_THE_END = timedelta(days=21)  # one held so shortly before the last visit of a block is the block's review
NOTICE = timedelta(days=14)  # how long before it is due the visitor is asked to plan it
GRACE = timedelta(days=14)  # how long after it was due it is overdue
HALF_TERM = timedelta(days=12)  # a break that is no longer stands inside a term

Terms = Sequence[tuple[date, date]]  # first and last day of each school term that is known


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a policy looks at progress: every so many weeks, months, visits, or blocks of visits.

    `school-terms` and `series` are blocks: the visits of one school term, and visits that were planned together.
    """

    every: int
    unit: str


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """One visit: its day (the day it was done, else planned for), the series it belongs to, whether it took place."""

    day: date
    series_id: UUID | None
    done: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one child's support: first home visit, end, reviews held, and visits since the last of them."""

    first_visit_on: date | None
    until: date | None = None
    last_review: date | None = None
    visits: Sequence[VisitSeen] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Due:
    """A review to hold: which, by which day, and why in a sentence."""

    kind: str
    on: date
    because: str


def rhythm_of(support: Support) -> Rhythm | None:
    """How often this child's policy looks at progress; None where it names no block and no interval."""
    stated = support.policy.arrangements(support.terms)
    block = stated.visits.block if stated.visits else None
    if stated.reviews is not None and stated.reviews.unit != "blocks":
        return Rhythm(stated.reviews.every, stated.reviews.unit)
    every = stated.reviews.every if stated.reviews is not None else 1
    if block is not None:
        return Rhythm(every, block.unit) if block.unit == "school-terms" else Rhythm(every * block.length, block.unit)
    if support.pattern.block == "school-term":
        return Rhythm(every, "school-terms")
    return Rhythm(every, "series") if stated.reviews is not None else None


def next_review(story: Story, rhythm: Rhythm | None, terms: Terms = ()) -> Due | None:
    """The review that is due first; None while the support has not begun, or nothing says when."""
    found = [due for due in (_before_limit(story), _in_rhythm(story, rhythm, terms)) if due is not None]
    return min(found, key=lambda due: due.on, default=None)


def overdue(on: date, due_on: date) -> bool:
    """Whether a review that was due on a day is overdue on another."""
    return on > due_on + GRACE


def _before_limit(story: Story) -> Due | None:
    if story.until is None:
        return None
    if story.last_review is not None and story.last_review >= story.until - SERVES_LIMIT:
        return None
    return Due("limit", story.until - BEFORE_LIMIT, f"The support goes on until {in_words(story.until)}.")


def _in_rhythm(story: Story, rhythm: Rhythm | None, terms: Terms) -> Due | None:
    since = story.last_review or story.first_visit_on
    if rhythm is None or since is None:
        return None
    if rhythm.unit in ("weeks", "months"):
        on = add_months(since, rhythm.every) if rhythm.unit == "months" else since + timedelta(weeks=rhythm.every)
        return Due("interval", on, f"{_number(rhythm.every, rhythm.unit)} since {_what(story)} {in_words(since)}.")
    if rhythm.unit == "visits":
        done = sorted(visit.day for visit in _since(story) if visit.done)
        if len(done) < rhythm.every:
            return None
        because = f"{_number(rhythm.every, 'visits')} were made since {_what(story)} {in_words(since)}."
        return Due("block", done[rhythm.every - 1], because)
    return _after_blocks(story, rhythm, terms)


def _after_blocks(story: Story, rhythm: Rhythm, terms: Terms) -> Due | None:
    """After so many blocks that were not looked at yet: on the last visit of the last of them."""
    blocks: dict[object, list[VisitSeen]] = {}
    whole = whole_terms(terms)
    for visit in _since(story):
        blocks.setdefault(_block(visit, rhythm, whole), []).append(visit)
    ends = sorted(
        max(visit.day for visit in visits)
        for key, visits in blocks.items()
        if key is not None and any(visit.done for visit in visits)
    )
    open_ends = [end for end in ends if story.last_review is None or end > story.last_review + NEAR_THE_END]
    if len(open_ends) < rhythm.every:
        return None
    end = open_ends[rhythm.every - 1]
    return Due("block", end, f"A block of visits ends on {in_words(end)}.")


def whole_terms(halves: Terms) -> Terms:
    """School terms as a family counts them, from a calendar that may list each half by itself."""
    terms: list[tuple[date, date]] = []
    for first_day, last_day in sorted(halves):
        if terms and first_day - terms[-1][1] <= HALF_TERM:
            terms[-1] = (terms[-1][0], max(last_day, terms[-1][1]))
        else:
            terms.append((first_day, last_day))
    return terms


def _block(visit: VisitSeen, rhythm: Rhythm, terms: Terms) -> object:
    """What a visit's block is known by: the term that had begun, as far as terms are known; else its series."""
    if rhythm.unit == "school-terms" and terms and terms[0][0] <= visit.day <= terms[-1][1]:
        return max(first_day for first_day, _ in terms if first_day <= visit.day)
    return visit.series_id


def _since(story: Story) -> Iterable[VisitSeen]:
    last = story.last_review
    return (visit for visit in story.visits if last is None or visit.day > last)


def _what(story: Story) -> str:
    return "the review on" if story.last_review else "the first visit on"


def _number(count: int, unit: str) -> str:
    return f"{count} {unit if count != 1 else unit.removesuffix('s')}"
