"""The register of effects: what each kind of outbox row does. The relay, the worker and the sweeper read it."""

from collections.abc import Callable
from uuid import UUID

Effect = Callable[[UUID], None]

_effects: dict[str, Effect] = {}


def effect(kind: str) -> Callable[[Effect], Effect]:
    """Register the work behind a kind of outbox row; it is called with the subject's id inside the council's scope.

    It may run more than once (a worker can die after the effect and before the commit), so it must be repeatable.
    """

    def keep(work: Effect) -> Effect:
        if kind in _effects:
            raise RuntimeError(f"two effects are registered for {kind!r}")
        _effects[kind] = work
        return work

    return keep


def effect_for(kind: str) -> Effect:
    """The work behind a kind; an unknown kind is a bug."""
    return _effects[kind]


def known_kinds() -> frozenset[str]:
    """Every kind that has an effect."""
    return frozenset(_effects)
