"""Which reviews come: a page of its own, the first page of the day, and the page of a child's support."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.identity import Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.policy.dates import in_words
from portage.reviews.due import overdue
from portage.reviews.operations.coming import PAGE, ComingWanted, Rows, coming
from portage.reviews.operations.packs import PURPOSES, STATUS_WORDS
from portage.reviews.operations.writing import KINDS
from portage.reviews.story import story_of
from portage.support.pattern import support_by

routes = Routes("reviews_coming", __name__)
FIRST = 5  # how many stand on the first page of the day
AGREED = {"visitor": "not shown to the family yet", "family": "waits for the family", "agreed": "agreed by both"}


@routes.get("/reviews", can=Can.WRITE_REVIEW, audience=Audience.STAFF, audit="reviews.seen", rate=Rate.PAGE)
def all_coming() -> ResponseReturnValue:
    """The reviews that come near or are overdue: one's own, and for a manager those of the area."""
    wanted = _wanted(viewer(), page_in(request.args))
    rows, total, late = coming(wanted)
    return render_template(
        "reviews/coming.html",
        rows=rows,
        total=total,
        late=late,
        kinds=KINDS,
        page=wanted.page,
        pages=max(1, -(-total // PAGE)),
        page_address=_page_address,
        manages=wanted.person_id is None,
    )


def _page_address(page: int) -> str:
    return url_for("reviews_coming.all_coming", page=page)


def _wanted(who: Viewer, page: int = 1) -> ComingWanted:
    manages = Can.ALLOCATE in who.can
    return ComingWanted(clock.today(), None if manages else who.person_id, who.areas if manages else frozenset(), page)


@adds_to("today", order=33)
def on_the_first_page(who: Viewer, _subject: UUID | None) -> Section | None:
    """Overdue reviews first, then those that come near; nothing where there are none."""
    if Can.WRITE_REVIEW not in who.can:
        return None
    rows, total, late = coming(_wanted(who))
    if not rows:
        return None
    entries = tuple(_entry(row.episode_id, f"{row.given_name} {row.family_name}", row.due_on) for row in rows[:FIRST])
    title = f"Reviews: {late} overdue" if late else "Reviews that come"
    return Section(title, entries, more=Entry(f"All {total} reviews that come" if total > FIRST else "All", "/reviews"))


def _entry(episode_id: UUID, name: str, due_on: date) -> Entry:
    late = overdue(clock.today(), due_on)
    words = f"overdue: it was due on {in_words(due_on)}" if late else f"due on {in_words(due_on)}"
    return Entry(name, f"/episodes/{episode_id}/reviews/new", words, red=late)


@adds_to("episode", order=30)
def reviews_of_the_episode(who: Viewer, episode_id: UUID | None) -> Section | None:
    """The review that comes, the focus of now, and the reviews that were held."""
    if episode_id is None:
        return None
    rows = _story(episode_id)
    held = [row for row in rows if row.what == "review"]
    entries = [_due(row) for row in rows if row.what == "due" and not _closed(rows)]
    if held and held[0].words and not _closed(rows):
        entries.append(Entry("Focus now", quiet=held[0].words))
    for row in held:
        kind, _, state = row.state.partition(":")
        entries.append(Entry(in_words(row.day), f"/reviews/{row.id}", f"{KINDS[kind]}, {AGREED[state]}"))
    more = Entry("Write a review", f"/episodes/{episode_id}/reviews/new")
    return Section("Reviews", tuple(entries), "No review yet.", more if Can.WRITE_REVIEW in who.can else None)


@adds_to("episode", order=40)
def what_is_shared(who: Viewer, episode_id: UUID | None) -> Section | None:
    """Packs for a child's next setting, and the log of everything that was shared."""
    if episode_id is None:
        return None
    rows = _story(episode_id)
    entries = [
        Entry(f"For {row.words}", f"/packs/{row.id}", STATUS_WORDS[row.state]) for row in rows if row.what == "pack"
    ]
    count = next(row.count for row in rows if row.what == "shared")
    entries.append(Entry("What was shared, with whom and why", f"/episodes/{episode_id}/shared", f"{count} in the log"))
    if Can.WRITE_REVIEW in who.can:
        entries.append(Entry("The family’s own space", f"/episodes/{episode_id}/own-space", "send them a link to it"))
    edition_id = next(row.id for row in rows if row.what == "episode")
    more = Entry("Put together what the next setting is told", f"/episodes/{episode_id}/packs/new")
    may = Can.WRITE_REVIEW in who.can and shares_on_leaving(edition_id)
    return Section("Leaving and sharing", tuple(entries), more=more if may else None)


def shares_on_leaving(edition_id: UUID | None) -> bool:
    """Whether a policy asks families at all about telling somebody how a child gets on."""
    support = support_by(edition_id, on=clock.today())
    return any(question.purpose in PURPOSES for question in support.policy.sharing(support.edition.terms))


@adds_to("episode-closing", order=20)
def before_leaving(_: Viewer, episode_id: UUID | None) -> Section | None:
    """Whether the leaving was talked about with the family, and what the next setting is told."""
    if episode_id is None:
        return None
    rows = _story(episode_id)
    held = any(row.what == "review" and row.state.startswith("leaving:") for row in rows)
    if held:
        entries = [Entry("The leaving review was held and is on record.")]
    else:
        entries = [
            Entry("There is no leaving review yet. It celebrates, and says how to go on."),
            Entry("Write the leaving review first", f"/episodes/{episode_id}/reviews/new?kind=leaving"),
        ]
    entries += [
        Entry(f"For {row.words}", f"/packs/{row.id}", STATUS_WORDS[row.state]) for row in rows if row.what == "pack"
    ]
    edition_id = next(row.id for row in rows if row.what == "episode")
    more = Entry("Put together what the next setting is told", f"/episodes/{episode_id}/packs/new")
    return Section("Leaving", tuple(entries), more=more if shares_on_leaving(edition_id) else None)


def _due(row: Row[*tuple[Any, ...]]) -> Entry:
    late = overdue(clock.today(), row.day)
    words = f"Overdue: a review was due on {in_words(row.day)}" if late else f"A review is due on {in_words(row.day)}"
    return Entry(words, quiet=row.words, red=late)


def _closed(rows: Rows) -> bool:
    return any(row.what == "episode" and row.state == "closed" for row in rows)


def _story(episode_id: UUID) -> Rows:
    """The story of the episode that this page is about, asked once for all its sections."""
    asked: dict[UUID, Rows] = g.setdefault("review_story", {})
    if episode_id not in asked:
        asked[episode_id] = story_of(episode_id)
    return asked[episode_id]
