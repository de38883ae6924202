"""Background work of the directory: a feed is read page by page, and waits for a person."""

from uuid import UUID

from flask import current_app

from portage.accounts.outbound import Reach
from portage.core import clock, outbox
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.jobs import NoSubject, effect
from portage.directory import feed
from portage.directory.models import ServiceList
from portage.directory.operations.lists import READ_FEED, feed_prefix, list_here


def reach() -> Reach:
    """How far a feed may be fetched: public https alone; where the service runs in development, this machine too.

    The hosts that sign-in may pin inside a council's network are no way in for a feed.
    """
    return Reach(loopback=not current_app.extensions["portage.settings"].https)


@effect(READ_FEED)
def read_feed(list_id: UUID) -> None:
    """Read the next page of a feed; another row of the outbox asks for the one after it."""
    try:
        kept = list_here(list_id, lock=True)
    except NotHere:
        raise NoSubject(READ_FEED) from None
    if kept.status != "reading" or kept.next_page is None:
        return
    try:
        page = feed.read_page(kept.name, kept.next_page, reach(), prefix=feed_prefix(kept.name), today=clock.today())
    except feed.FeedRefused as refused:
        kept.status, kept.failed_because = "failed", str(refused)
        db.session.flush()
        return
    _keep(kept, page)


def _keep(kept: ServiceList, page: feed.Page) -> None:
    known = {row["feed_key"] for row in kept.rows}
    fresh = [entry.as_json() for entry in page.found if entry.feed_key not in known]
    rows = [*kept.rows, *fresh]
    kept.problems = [*kept.problems, *(problem.as_json() for problem in page.problems)]
    kept.left_out += page.left_out
    kept.rows = rows[: feed.MOST_ROWS]
    if len(rows) > feed.MOST_ROWS:
        kept.status, kept.failed_because = (
            "failed",
            (
                f"The feed has more than {feed.MOST_ROWS} services for young children. "
                "Ask it for fewer, such as those of one topic: add ?taxonomy_term_id=… to its address."
            ),
        )
    elif page.more:
        number = (kept.next_page or 1) + 1
        kept.next_page = number
        outbox.put(READ_FEED, kept.id, dedupe=f"{READ_FEED}:{kept.id}:{number}")
    else:
        kept.status, kept.next_page = "ready", None
    db.session.flush()
