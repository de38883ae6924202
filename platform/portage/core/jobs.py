"""The register of effects: what each kind of outbox row does, and what happens by the calendar."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from portage.core.clock import LONDON
from portage.core.tenancy import current_tenant_id


@dataclass(frozen=True, slots=True)
class Again:
    """An effect's answer when it is to be tried later; what it wrote is kept. `because` holds nothing of a family."""

    because: str


class NoSubject(LookupError):
    """This council has no row with the subject's id: the effect does nothing and the row is not counted as done."""


Effect = Callable[[UUID], Again | None]
WhenDead = Callable[[UUID], None]

_effects: dict[str, Effect] = {}
_when_dead: dict[str, WhenDead] = {}
_told_of_dead: list[Callable[[str, UUID], None]] = []


def effect(kind: str, *, when_dead: WhenDead | None = None) -> Callable[[Effect], Effect]:
    """Register the work behind a kind of outbox row; it is called with the subject's id inside the council's scope.

    It may run more than once (a worker can die after the effect and before the commit), so it must be repeatable, and
    it raises `NoSubject` for an id that the council does not have. `when_dead` is called with the same id when all
    attempts are used up.
    """

    def keep(work: Effect) -> Effect:
        if kind in _effects:
            raise RuntimeError(f"two effects are registered for {kind!r}")
        _effects[kind] = work
        if when_dead is not None:
            _when_dead[kind] = when_dead
        return work

    return keep


def effect_for(kind: str) -> Effect:
    """The work behind a kind; raises KeyError for an unknown kind, which is a bug."""
    return _effects[kind]


def known_kinds() -> frozenset[str]:
    """Every kind that has an effect."""
    return frozenset(_effects)


def on_dead_letter(tell: Callable[[str, UUID], None]) -> Callable[[str, UUID], None]:
    """Let `tell(kind, subject_id)` know of each row that is given up, inside its council's scope."""
    _told_of_dead.append(tell)
    return tell


def mourn(kind: str, subject_id: UUID) -> None:
    """Call what was registered for a row that is given up."""
    if kind in _when_dead:
        _when_dead[kind](subject_id)
    for tell in _told_of_dead:
        tell(kind, subject_id)


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that each council gets by the calendar: `period` names the present period, None while it is not due."""

    kind: str
    period: Callable[[datetime], str | None]


_periodic: list[Periodic] = []


def periodic_work() -> tuple[Periodic, ...]:
    """Everything that happens by the calendar."""
    return tuple(_periodic)


def daily(at: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run once a day for each council: at this time in London (`"07:00"`), or as soon as the scheduler is there."""
    start = time.fromisoformat(at)

    def period(now: datetime) -> str | None:
        local = now.astimezone(LONDON)
        return local.date().isoformat() if local.time() >= start else None

    return _register(period)


def every(*, minutes: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run once in each period of so many minutes for each council."""

    def period(now: datetime) -> str | None:
        return str(int(now.timestamp()) // (minutes * 60))

    return _register(period)


def _register(period: Callable[[datetime], str | None]) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def keep(work: Callable[[], None]) -> Callable[[], None]:
        kind = f"periodic.{work.__module__.removeprefix('portage.')}.{work.__name__}"

        @effect(kind)
        def run(subject_id: UUID) -> None:
            if subject_id != current_tenant_id():  # the subject of calendar work is the council itself
                raise NoSubject(kind)
            work()

        _periodic.append(Periodic(kind, period))
        return work

    return keep
