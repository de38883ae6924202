"""Keeping the directory: a service is added, changed, checked, withdrawn and brought back by a person."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import here
from portage.directory.models import Service
from portage.families.names import search_form


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said of a service; ages in months, the last one included."""

    name: str
    what_for: str
    age_from_months: int | None = None
    age_to_months: int | None = None
    telephone: str | None = None
    email: str | None = None
    web_page: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why nobody is pointed to a service any more, and the version that the person saw."""

    reason: str
    version: int


def service_here(service_id: UUID, *, lock: bool = False) -> Service:
    """A service of this council; raises `NotHere`."""
    return here(Service, service_id, lock=lock)


def add_service(new: Particulars, *, by: Actor, on: date | None, feed_key: str | None = None) -> Service:
    """Put a service into the directory; `on` is the day on which it was checked, None when nobody checked it yet."""
    service = Service(feed_key=feed_key, last_checked_on=on, last_checked_by=by.person_id if on else None)
    write(service, new)
    db.session.add(service)
    db.session.flush()
    return service


def change_service(service_id: UUID, changed: Particulars, *, version: int, by: Actor, on: date) -> Service:
    """Write down what changed; whoever changes an entry has checked it. Raises `ChangedMeanwhile`."""
    service = _as_seen(service_id, version, [("Name", changed.name), ("What it is for", changed.what_for)])
    write(service, changed)
    service.last_checked_on, service.last_checked_by = on, by.person_id
    db.session.flush()
    return service


def check_service(service_id: UUID, *, version: int, by: Actor, on: date) -> Service:
    """Note that a person looked, and every particular is right."""
    service = _as_seen(service_id, version, [("Checked", "Everything is right")])
    service.last_checked_on, service.last_checked_by = on, by.person_id
    db.session.flush()
    return service


def withdraw_service(service_id: UUID, withdrawal: Withdrawal, *, by: Actor, on: date) -> Service:
    """Take a service out of the directory: nobody is pointed to it from now on, and old decisions still name it."""
    service = _as_seen(service_id, withdrawal.version, [("Withdrawn because", withdrawal.reason)])
    service.withdrawn_on, service.withdrawn_by, service.withdrawn_because = on, by.person_id, withdrawal.reason
    db.session.flush()
    return service


def point_first(service_id: UUID, *, first: bool, version: int) -> Service:
    """Let the first pointers to parents name a service, or name it no longer."""
    service = _as_seen(service_id, version, [("In the first pointers", "Yes" if first else "No")])
    service.first_pointer = first
    db.session.flush()
    return service


def bring_back(service_id: UUID, *, version: int, by: Actor, on: date) -> Service:
    """Put a withdrawn service back: whoever does that has checked it."""
    service = _as_seen(service_id, version, [("Back in the directory", "Yes")])
    service.withdrawn_on = service.withdrawn_by = service.withdrawn_because = None
    service.last_checked_on, service.last_checked_by = on, by.person_id
    db.session.flush()
    return service


def write(service: Service, said: Particulars) -> None:
    """Set every particular, with the name in the form in which it is searched."""
    for name, value in asdict(said).items():
        setattr(service, name, value)
    service.search_name = search_form(said.name)


def _as_seen(service_id: UUID, version: int, yours: list[tuple[str, str]]) -> Service:
    service = service_here(service_id, lock=True)
    if service.version != version:
        theirs = [("Name", service.name), ("What it is for", service.what_for)]
        raise ChangedMeanwhile(theirs=theirs, yours=yours, back=f"/services/{service_id}")
    return service
