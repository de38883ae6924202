"""How far a draft has come: its pages, which of them are answered, and the answers as the service reads them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from portage.policy import Route
from portage.referrals.schemas.ask_answers import agrees_by_asking
from portage.referrals.schemas.ask_pages import pages_for
from portage.referrals.schemas.ask_questions import Answers, Page, Sent, as_sent, read_questions, shown

CHECK = "check"
TOLD = "What you told us"
NOBODY = "Nobody else named"
TOO_FAST = timedelta(seconds=15)  # nobody reads and answers a dozen pages in less
Row = tuple[str, str | list[str], str]  # the question, the answer in words, where it is changed
Shown = tuple[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Journey:
    """A draft's pages in order; `answered` holds the answers of every page that is complete."""

    route: Route
    pages: tuple[Page, ...]
    kept: Mapping[str, Sent]  # as typed, by page
    answered: Mapping[str, Answers]
    referrer: str | None

    @property
    def steps(self) -> int:
        """How many pages there are, as far as can be known."""
        return len(self.pages)

    @property
    def first_open(self) -> str:
        """The first page without a full answer; the check when there is none."""
        return next((page.key for page in self.pages if page.key not in self.answered), CHECK)

    @property
    def answers(self) -> Answers:
        """All answers together; the names of questions are unique."""
        return {name: value for page in self.pages for name, value in self.answered.get(page.key, {}).items()}

    @property
    def agrees_by_asking(self) -> bool:
        """Whether sending the request is itself the agreement to it."""
        return self.referrer is not None and agrees_by_asking(self.route, self.referrer)

    def has(self, key: str) -> bool:
        """Whether such a page is part of this request."""
        return self.page(key) is not None

    def page(self, key: str) -> Page | None:
        """The page of that key."""
        return next((page for page in self.pages if page.key == key), None)

    def typed(self, key: str) -> dict[str, Any]:
        """What was typed on a page."""
        return dict(self.kept.get(key, {}))

    def reached(self, key: str) -> bool:
        """Whether every page before this one is answered."""
        return self.first_open == CHECK or self._place(key) <= self._place(self.first_open)

    def step(self, key: str) -> int:
        """The number of a page, counted from 1."""
        return self._place(key) + 1

    def before(self, key: str) -> str | None:
        """The page before, None at the first."""
        place = self._place(key)
        return self.pages[place - 1].key if place else None

    def after(self, key: str) -> str:
        """The page that follows, but none beyond the first that is still open."""
        place = self._place(key) + 1
        following = self.pages[place].key if place < len(self.pages) else CHECK
        return following if following != CHECK and self.reached(following) else self.first_open

    def sections(self, url: Callable[[str], str]) -> list[Shown]:
        """Every answer in words, with the address where it is changed; short pages stand together."""
        found: list[Shown] = []
        for page in self.pages:
            if not page.questions:
                continue
            title = TOLD if page.single else page.title
            rows = self._rows(page, url(page.key))
            if found and found[-1][0] == title:
                found[-1][1].extend(rows)
            else:
                found.append((title, rows))
        return found

    def _rows(self, page: Page, url: str) -> list[Row]:
        answers = self.answered.get(page.key, {})
        if page.optional and not any(answer not in (None, "", []) for answer in answers.values()):
            return [(page.title, NOBODY, url)]
        return [(question.label, shown(question, answers.get(question.name)), url) for question in page.questions]

    def _place(self, key: str) -> int:
        return next((place for place, page in enumerate(self.pages) if page.key == key), len(self.pages))


def journey_of(route: Route, draft: Mapping[str, Any], today: date) -> Journey:
    """Read a draft's answers again as on the day they were typed; what no longer fits is open again."""
    kept: Mapping[str, Sent] = draft.get("pages", {})
    referrer = route.referrers[0] if len(route.referrers) == 1 else kept.get("who", {}).get("referrer")
    return journey_through(pages_for(route, referrer if referrer in route.referrers else None), route, draft, today)


def journey_through(pages: tuple[Page, ...], route: Route, draft: Mapping[str, Any], today: date) -> Journey:
    """The same through pages that somebody else put together."""
    kept: Mapping[str, Sent] = draft.get("pages", {})
    referrer = route.referrers[0] if len(route.referrers) == 1 else kept.get("who", {}).get("referrer")
    answered = {}
    for page in pages:
        if page.key in kept and (answers := _read(page, kept[page.key], today)) is not None:
            answered[page.key] = answers
    return Journey(route, pages, kept, answered, referrer)


def names_on(route: Route, key: str) -> frozenset[str]:
    """The names of the questions that a page of this key may ask, whoever asks."""
    pages = (page for referrer in route.referrers for page in pages_for(route, referrer) if page.key == key)
    return frozenset(question.name for page in pages for question in page.questions)


def typed_under(names: frozenset[str], sent: "MultiDict[str, str]") -> dict[str, Any]:
    """What was sent under these names, dates in their parts, several answers as a list."""
    found = {name: sent.getlist(name) for name in sent if name.partition("-")[0] in names}
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def flags_of(route: Route, answers: Answers, papers: Iterable[str], *, trap: str, took: timedelta) -> tuple[str, ...]:
    """What a person should look at; a flag keeps nothing out."""
    flags = []
    if trap.strip():
        flags.append("hidden-field-filled")
    if took < TOO_FAST:
        flags.append("sent-very-fast")
    return (*flags, *missing_papers(route, answers, papers))


def missing_papers(route: Route, answers: Answers, papers: Iterable[str]) -> tuple[str, ...]:
    """The early help route takes the assessment and plan itself, or its reference (LAN-03)."""
    asks_for_it = any(ask.key == "early_help_reference" for ask in route.asks)
    if asks_for_it and not answers.get("early_help_reference") and "early-help-plan" not in set(papers):
        return ("no-early-help-paper",)
    return ()


def sentences_of(route: Route, problems: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What the policy says of facts that contradict each other, under the names of the questions that gave them."""
    names = {ask.fact: ask.key for ask in route.asks if ask.fact} | {"child.date_of_birth": "born"}
    labels = {ask.fact: ask.formal for ask in route.asks if ask.fact} | {"child.date_of_birth": "Date of birth"}
    found: dict[str, list[str]] = {}
    for path, sentence in problems:
        label = labels.get(path, path)
        said = sentence.replace("received_on", "the day of the request")
        found.setdefault(names.get(path, "_form"), []).append(f"{label}: this {said}.")
    return found


def _read(page: Page, typed: Sent, today: date) -> Answers | None:
    answers, _ = read_questions(page.questions, as_sent(typed), today, page.check)
    return answers
