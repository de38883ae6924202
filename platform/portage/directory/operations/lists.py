"""Lists of services that wait for a person: what taking one would do, and taking it."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core import outbox
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.directory.entries import Entry, Problem
from portage.directory.models import Service, ServiceList
from portage.directory.operations.keeping import Particulars, add_service, write
from portage.families.names import search_form

READ_FEED = "directory.read-feed"  # the outbox row's subject is the list
RECENT = 10
NO_LONGER = "It is no longer in the feed that it came from."
CHANGES = ("new", "changed", "back", "gone", "same")  # in the order in which a person reads them
Key = tuple[str, str]


class NotReady(PortageError):
    """A list that was taken already, put away, or could not be read."""

    code = "list-not-ready"
    message = "This list was taken or put away already."


@dataclass(frozen=True, slots=True)
class Proposed:
    """What taking one entry would do: `change` is one of `CHANGES`, `key` names it in the form."""

    key: str
    change: str
    entry: Entry
    service_id: UUID | None
    differs: tuple[str, ...] = ()  # the particulars that would change


def keep_file(name: str, found: Iterable[Entry], problems: Iterable[Problem], *, by: UUID, at: datetime) -> ServiceList:
    """Keep what a spreadsheet says until a person takes it."""
    return _keep(
        ServiceList(
            kind="file", name=name[:200], asked_by=by, asked_at=at, status="ready",
            rows=[entry.as_json() for entry in found], problems=[problem.as_json() for problem in problems],
        )
    )  # fmt: skip


def ask_for_feed(address: str, *, by: UUID, at: datetime) -> ServiceList:
    """Let the worker read a feed, page by page; nothing is taken from it before a person does."""
    kept = _keep(ServiceList(kind="feed", name=address, asked_by=by, asked_at=at, status="reading", next_page=1))
    outbox.put(READ_FEED, kept.id, dedupe=f"{READ_FEED}:{kept.id}:1")
    return kept


def list_here(list_id: UUID, *, lock: bool = False) -> ServiceList:
    """A list of this council; raises `NotHere`."""
    return here(ServiceList, list_id, lock=lock)


def recent_lists() -> list[ServiceList]:
    """The latest lists, newest first."""
    wanted = scoped(ServiceList).order_by(ServiceList.asked_at.desc(), ServiceList.id.desc()).limit(RECENT)
    return list(db.session.scalars(wanted))


def proposal(kept: ServiceList) -> list[Proposed]:
    """What taking a list would do now, held against the directory as it is."""
    known = list(db.session.scalars(scoped(Service)))
    by_feed = {service.feed_key: service for service in known if service.feed_key}
    by_name = {_key(service.name, service.area): service for service in sorted(known, key=_withdrawn_first)}
    proposed = []
    for number, row in enumerate(kept.rows):
        entry = Entry.from_json(row)
        service = by_feed.get(entry.feed_key) if entry.feed_key else None
        if service is None:
            service = by_name.get(_key(entry.particulars.name, entry.particulars.area))
            if service is not None and entry.feed_key and service.feed_key:
                service = None  # two of one name in the feed are two services
        proposed.append(_proposed(str(number), entry, service))
    proposed += _gone(kept, by_feed, {each.service_id for each in proposed})
    return sorted(proposed, key=lambda each: (CHANGES.index(each.change), search_form(each.entry.particulars.name)))


def take(list_id: UUID, chosen: Collection[str], *, version: int, by: Actor, at: datetime, on: date) -> int:
    """Put the chosen entries into the directory; answers how many changed it. A list is taken once."""
    kept = _ready(list_id, version)
    done = 0
    for proposed in proposal(kept):
        if proposed.key in chosen and proposed.change != "same":
            _carry_out(proposed, by, on)
            done += 1
    kept.status, kept.taken_by, kept.taken_at = "taken", by.person_id, at
    db.session.flush()
    return done


def put_away(list_id: UUID, *, version: int) -> None:
    """Take nothing from a list."""
    _ready(list_id, version).status = "put-away"
    db.session.flush()


def _keep(kept: ServiceList) -> ServiceList:
    db.session.add(kept)
    db.session.flush()
    return kept


def _ready(list_id: UUID, version: int) -> ServiceList:
    kept = list_here(list_id, lock=True)
    if kept.status not in ("ready", "failed", "reading"):
        raise NotReady
    if kept.version != version:
        raise ChangedMeanwhile(theirs=[("List", kept.status)], yours=[], back=f"/services/lists/{list_id}")
    return kept


def _carry_out(proposed: Proposed, by: Actor, on: date) -> None:
    entry = proposed.entry
    if proposed.service_id is None:
        # Whoever takes a list has not checked each entry: the day is the one that the list says, and nobody's.
        source = Actor(None, by.label)
        add_service(entry.particulars, by=source, on=entry.last_checked_on, feed_key=entry.feed_key)
        return
    service = db.session.get_one(Service, (current_tenant_id(), proposed.service_id))
    if proposed.change == "gone":
        service.withdrawn_on, service.withdrawn_by, service.withdrawn_because = on, by.person_id, NO_LONGER
        return
    write(service, entry.particulars)
    service.feed_key = entry.feed_key or service.feed_key
    service.withdrawn_on = service.withdrawn_by = service.withdrawn_because = None
    if entry.last_checked_on and entry.last_checked_on > (service.last_checked_on or date.min):
        service.last_checked_on, service.last_checked_by = entry.last_checked_on, None


def _proposed(key: str, entry: Entry, service: Service | None) -> Proposed:
    if service is None:
        return Proposed(key, "new", entry, None)
    differs = tuple(name for name, value in asdict(entry.particulars).items() if value != getattr(service, name))
    newer = (entry.last_checked_on or date.min) > (service.last_checked_on or date.min)
    known_to_feed = entry.feed_key in (None, service.feed_key)
    change = "back" if service.withdrawn_on else "changed" if differs or newer or not known_to_feed else "same"
    return Proposed(key, change, entry, service.id, (*differs, *(("last_checked_on",) if newer else ())))


def _gone(kept: ServiceList, by_feed: dict[str, Service], seen: set[UUID | None]) -> list[Proposed]:
    """Services that came from this very feed before and are not in it any more, once the feed was read whole."""
    if kept.kind != "feed" or kept.next_page is not None or kept.status == "failed":
        return []
    host = feed_prefix(kept.name)
    return [
        Proposed(f"gone-{service.id}", "gone", _entry_of(service), service.id)
        for key, service in by_feed.items()
        if key.startswith(host) and service.id not in seen and service.withdrawn_on is None
    ]


def feed_prefix(address: str) -> str:
    """How the keys of one feed's services begin: its address without what was asked of it."""
    return f"{address.partition('?')[0].rstrip('/')}#"


def _entry_of(service: Service) -> Entry:
    said = {name: getattr(service, name) for name in Particulars.__dataclass_fields__}
    return Entry(Particulars(**said), service.last_checked_on, service.feed_key)


def _key(name: str, area: str | None) -> Key:
    return search_form(name), search_form(area or "")


def _withdrawn_first(service: Service) -> bool:
    return service.withdrawn_on is None  # the later of two of one name is found: the one that is in the directory
